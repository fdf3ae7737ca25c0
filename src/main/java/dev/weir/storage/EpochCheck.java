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
            if (inside && !(tellsEpochOf(start) && beginsBatch(start) && endsBefore(start, entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the batch that holds an offset, or follows where compaction has left none, has the epoch that the checkpoint gives. */
    private boolean tellsEpochOf(long offset) throws IOException {
        BatchScanner batch = batchAt(offset);
        if (batch == null || batch.leaderEpoch() < 0) {
            return true;
        }
        OptionalInt told = log.epochs.epochFor(Math.max(offset, batch.baseOffset()));
        return told.isPresent() && told.getAsInt() == batch.leaderEpoch();
    }

    private boolean beginsBatch(long start) throws IOException {
        BatchScanner batch = batchAt(start);
        return batch == null || batch.baseOffset() >= start;
    }

    private boolean endsBefore(long start, int epoch) throws IOException {
        BatchScanner before = batchAt(start - 1);
        return before == null || before.lastOffset() >= start || before.leaderEpoch() < epoch;
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
