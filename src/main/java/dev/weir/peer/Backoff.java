package dev.weir.peer;

/**
 * The wait between attempts to connect: it doubles with each failure up to a bound, and is shortened at random by up to half,
 * so that peers do not come all at once. Owned by its connection.
 */
final class Backoff {
    private final int firstMs;
    private final int maxMs;
    private int failures;

    Backoff(int firstMs, int maxMs) {
        this.firstMs = firstMs;
        this.maxMs = maxMs;
    }

    /** Returns how long to wait after one more failure. {@code random} is at least 0 and below 1. */
    int failed(double random) {
        long doubled = (long) firstMs << Math.min(failures, 30);
        failures++;
        return (int) Math.max(1, Math.min(doubled, maxMs) * (1 - random / 2));
    }

    /** The peer has answered. */
    void succeeded() {
        failures = 0;
    }
}
