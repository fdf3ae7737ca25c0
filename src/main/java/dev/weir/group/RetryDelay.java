package dev.weir.group;

/** How long to wait before something is tried again: twice as long as the last time, up to a bound. */
final class RetryDelay {
    /** A partition may hear of its leadership a moment after its coordinator does, so the first wait is short. */
    private static final long FIRST_MS = 10;

    private static final int MOST_DOUBLINGS = 10;

    private int failures;

    long nextMs() {
        return FIRST_MS << Math.min(failures++, MOST_DOUBLINGS);
    }

    /** Something has gone well. */
    void reset() {
        failures = 0;
    }
}
