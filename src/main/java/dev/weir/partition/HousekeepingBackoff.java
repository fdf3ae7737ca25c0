package dev.weir.partition;

/**
 * Says when a shard is to be looked after next: every second while something waits for the clock, less often when nothing does,
 * since waking two threads is most of an idle broker's work. Owned by the shard.
 */
final class HousekeepingPace {
    static final long BUSY_MS = 1_000;
    static final long QUIET_MS = 5_000;

    private boolean quiet;
    private boolean ended;

    /** After a look: how long to wait for the next one; -1 for none. */
    long next(boolean busy) {
        quiet = !busy;
        if (ended) {
            return -1;
        }
        return busy ? BUSY_MS : QUIET_MS;
    }

    /** Something has happened that may need looking after: whether the wait must be made anew, and shorter. */
    boolean stir() {
        boolean wasQuiet = quiet && !ended;
        quiet = false;
        return wasQuiet;
    }

    boolean isEnded() {
        return ended;
    }

    /** There will be no more looks. */
    void end() {
        ended = true;
    }
}
