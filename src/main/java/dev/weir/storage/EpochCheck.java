package dev.weir.storage;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the leader epochs of a checkpoint with those in the batches, and makes them anew. */
final class EpochCheck {
    private final LogState log;

    EpochCheck(LogState log) {
        this.log = log;
    }

    /** Whether every epoch begins where the checkpoint says. */
    boolean holds() throws IOException {
        BatchScanner first = batchAt(log.logStartOffset);
        if (first != null
                && first.leaderEpoch() >= 0
                && log.epochs.epochFor(log.logStartOffset).isEmpty()) {
            return false;
        }
        for (Map.Entry<Integer, Long> entry : log.epochs.starts().entrySet()) {
            long start = entry.getValue();
            if (start <= log.logStartOffset || start >= log.logEndOffset) {
                continue;
            }
            BatchScanner at = batchAt(start);
            BatchScanner before = batchAt(start - 1);
            boolean tooEarly = at != null && at.leaderEpoch() < entry.getKey();
            boolean tooLate = before != null && before.lastOffset() < start && before.leaderEpoch() >= entry.getKey();
            if (tooEarly || tooLate) {
                return false;
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
