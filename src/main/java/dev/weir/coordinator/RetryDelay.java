package dev.weir.coordinator;

/** How long to wait before something is tried again: twice as long as the last time, up to a bound. */
public final class RetryDelay {
    /** A partition may hear of its leadership a moment after its coordinator does, so the first wait is short. */
    private static final long FIRST_MS = 10;

    private static final int MOST_DOUBLINGS = 10;

    private final int mostDoublings;
    private int failures;

    /** From 10 ms to about 10 seconds. */
    public RetryDelay() {
        this(MOST_DOUBLINGS);
    }

    RetryDelay(int mostDoublings) {
        this.mostDoublings = mostDoublings;
    }

    /** The next wait, in milliseconds. */
    public long nextMs() {
        return FIRST_MS << Math.min(failures++, mostDoublings);
    }

    /** Something has gone well. */
    public void reset() {
        failures = 0;
    }
}
