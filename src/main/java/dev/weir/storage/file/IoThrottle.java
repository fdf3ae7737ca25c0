package dev.weir.storage.file;

/**
 * Spreads I/O over time: after each piece it says how long to wait before the next, so that no more than a number of bytes
 * moves in a second. What was not used is not saved up for longer than {@link #BURST_NANOS}. Thread safe: those who
 * share it share the rate. The caller brings the time.
 */
public final class IoThrottle {
    private static final long SECOND_NANOS = 1_000_000_000L;
    /** Time's worth of bytes that may go at once after a pause. */
    public static final long BURST_NANOS = 300_000_000L;

    private double bytesPerSecond;
    private long freeAtNanos;
    private boolean started;
    private int changes;

    /** @param bytesPerSecond {@code log.cleaner.io.max.bytes.per.second}; beyond any disk's speed it never waits */
    public IoThrottle(double bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Takes a rate for everything from now on. Where it is another one, nobody need wait for what the old one has cost. */
    public synchronized void rate(double newBytesPerSecond) {
        if (newBytesPerSecond != bytesPerSecond) {
            bytesPerSecond = newBytesPerSecond;
            started = false;
            changes++;
        }
    }

    /** Counts the changes of the rate. */
    synchronized int changes() {
        return changes;
    }

    /** Accounts for bytes moved by {@code nowNanos}; answers the nanoseconds to wait, 0 for none. */
    public synchronized long spend(long bytes, long nowNanos) {
        if (!started || freeAtNanos - nowNanos < -BURST_NANOS) {
            freeAtNanos = nowNanos - (started ? BURST_NANOS : 0);
            started = true;
        }
        freeAtNanos += (long) Math.min(bytes / bytesPerSecond * SECOND_NANOS, Long.MAX_VALUE / 4.0);
        return Math.max(0, freeAtNanos - nowNanos);
    }
}
