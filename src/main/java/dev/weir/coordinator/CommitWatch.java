package dev.weir.coordinator;

import java.util.function.IntSupplier;
import org.apache.kafka.common.protocol.Errors;

/**
 * Waits until a coordinator's log is committed up to the offset where its load has ended, by asking for the high watermark
 * again and again. Owned by the partition's coordinator; one wait is under way at a time.
 */
public final class CommitWatch {
    private static final int MOST_DOUBLINGS = 4;

    private final CoordinatorLog log;
    private final IntSupplier leaderEpoch;
    private final RetryDelay delay = new RetryDelay(MOST_DOUBLINGS);

    /** Grows with each wait that begins or ends: the answers to former ones are not followed up. */
    private int run;

    /** @param leaderEpoch in which the coordinator leads at the moment */
    public CommitWatch(CoordinatorLog log, IntSupplier leaderEpoch) {
        this.log = log;
        this.leaderEpoch = leaderEpoch;
    }

    /**
     * Begins to wait, in the place of any other wait.
     *
     * @param end offset below which everything has to be committed
     * @param committed called once that is so
     * @param notYet called after each look that found otherwise
     */
    public void start(long end, Runnable committed, Runnable notYet) {
        delay.reset();
        look(++run, end, committed, notYet);
    }

    /** Ends the wait without a word. */
    public void end() {
        run++;
    }

    private void look(int mine, long end, Runnable committed, Runnable notYet) {
        log.later(delay.nextMs(), () -> {
            if (mine != run) {
                return;
            }
            log.position(leaderEpoch.getAsInt(), piece -> {
                if (mine != run) {
                    return;
                }
                if (piece.error() == Errors.NONE && piece.highWatermark() >= end) {
                    end();
                    committed.run();
                } else {
                    notYet.run();
                    look(mine, end, committed, notYet);
                }
            });
        });
    }
}
