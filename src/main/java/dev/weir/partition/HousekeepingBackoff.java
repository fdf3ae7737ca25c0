package dev.weir.partition;

/**
 * The time until a shard does its housekeeping again: a second while something waits for the clock, longer if nothing does,
 * since waking two threads is most of an idle broker's work. Owned by the shard.
 */
final class HousekeepingBackoff {
    static final long BUSY_MS = 1_000;
    static final long QUIET_MS = 5_000;

    private boolean quiet;
    private boolean ended;

    /** Returns how long to wait after a round for the next one; -1 for none. */
    long next(boolean busy) {
        quiet = !busy;
        if (ended) {
            return -1;
        }
        return busy ? BUSY_MS : QUIET_MS;
    }

    /** Ends a quiet time, since something may need housekeeping; returns whether the wait must begin again, and be shorter. */
    boolean wake() {
        boolean wasQuiet = quiet && !ended;
        quiet = false;
        return wasQuiet;
    }

    boolean isEnded() {
        return ended;
    }

    /** Ends all rounds. */
    void end() {
        ended = true;
    }
}
