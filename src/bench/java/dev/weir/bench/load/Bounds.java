package dev.weir.bench.load;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How long a round lasts: until either bound is reached.
 *
 * @param time at most this long
 * @param bytes at most so much data, so that the page cache can take it
 */
record Bounds(Duration time, long bytes) {

    /** A condition that starts counting now. */
    BooleanSupplier within(LongSupplier bytesSoFar) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() < end && bytesSoFar.getAsLong() < bytes;
    }

    /** For clients and threads of the round: generous, but an end. */
    Duration limit() {
        return time.plusSeconds(60);
    }
}
