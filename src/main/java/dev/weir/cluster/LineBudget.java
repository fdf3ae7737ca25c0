package dev.weir.cluster;

/** A limit on lines in the log: so many in each period, and no more. Safe for any thread. */
final class LineBudget {
    private final int lines;
    private final long periodMs;
    private long beganMs;
    private int taken;
    private boolean begun;

    LineBudget(int lines, long periodMs) {
        this.lines = lines;
        this.periodMs = periodMs;
    }

    /** Whether one more line may be written at that time, which is monotonic. */
    synchronized boolean takes(long nowMs) {
        if (!begun || nowMs - beganMs >= periodMs) {
            begun = true;
            beganMs = nowMs;
            taken = 0;
        }
        if (taken == lines) {
            return false;
        }
        taken++;
        return true;
    }
}
