package dev.weir.storage;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Compares the leader epochs of a checkpoint with those in the batches, and makes them anew. */
final class EpochCheck {
    private final LogState log;

    EpochCheck(LogState log) {
        this.log = log;
    }

    /** Whether every epoch begins where the checkpoint says, as far as the batches can tell. */
    boolean holds() throws IOException {
        if (!tellsEpochOf(log.logStartOffset) || !tellsEpochOf(log.logEndOffset - 1)) {
            return false;
        }
        for (Map.Entry<Integer, Long> entry : log.epochs.starts().entrySet()) {
            long start = entry.getValue();
            boolean inside = start > log.logStartOffset && start < log.logEndOffset;
            if (inside && !(tellsEpochOf(start) && beginsBatch(start) && endsBefore(start))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the batch that holds an offset, or follows where compaction has left none, has the epoch that the checkpoint gives. */
    private boolean tellsEpochOf(long offset) throws IOException {
        BatchScanner batch = batchAt(offset);
        return batch == null || tells(batch, Math.max(offset, batch.baseOffset()));
    }

    private boolean tells(BatchScanner batch, long offset) throws IOException {
        OptionalInt told = log.epochs.epochFor(offset);
        return batch.leaderEpoch() < 0 || (told.isPresent() && told.getAsInt() == batch.leaderEpoch());
    }

    private boolean beginsBatch(long start) throws IOException {
        BatchScanner batch = batchAt(start);
        return batch == null || batch.baseOffset() >= start;
    }

    /** Whether the last batch before an epoch, which compaction may have left far below it, is of the epoch before. */
    private boolean endsBefore(long start) throws IOException {
        for (LogSegment segment :
                log.segments.headMap(start, false).descendingMap().values()) {
            BatchScanner before = segment.lastBelow(start);
            if (before != null) {
                return before.lastOffset() < log.logStartOffset || tells(before, before.lastOffset());
            }
        }
        return true;
    }

    private @Nullable BatchScanner batchAt(long offset) throws IOException {
        return log.segmentFor(offset).locate(offset);
    }

    /** Reads the epochs out of every batch header of the log. */
    static LeaderEpochs rebuild(LogState log) throws IOException {
        LeaderEpochs epochs = LeaderEpochs.empty(log.files(), log.directory);
        for (LogSegment segment : log.segments.values()) {
            BatchScanner scanner = segment.scanner(0, BatchScanner.HEADER_BLOCK);
            while (scanner.next()) {
                epochs.note(scanner.leaderEpoch(), scanner.baseOffset());
            }
        }
        return epochs;
    }
}
