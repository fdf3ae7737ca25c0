package dev.weir.partition;

import dev.weir.storage.file.IoThrottle;
import java.util.function.LongSupplier;

/** Holds a shard's moves to its share of the broker's rate, which may be altered live. Owned by the shard. */
final class MoveThrottle {
    /** The longest wait in one piece: so long may it take until an altered rate is seen. */
    static final long MOST_MS = 100;

    private static final long MS_NANOS = 1_000_000;

    private final LongSupplier bytesPerSecond;
    private final int shards;
    private final IoThrottle throttle = new IoThrottle(Double.MAX_VALUE);

    /** @param bytesPerSecond the rate of all shards together, as it is now */
    MoveThrottle(LongSupplier bytesPerSecond, int shards) {
        this.bytesPerSecond = bytesPerSecond;
        this.shards = shards;
    }

    /** Accounts for bytes that were copied. */
    void spend(long bytes, long nowMs) {
        takeRate();
        throttle.spend(bytes, nowMs * MS_NANOS);
    }

    /** How long to wait before anything is copied, or before this is asked again. */
    long waitMs(long nowMs) {
        takeRate();
        return Math.min(MOST_MS, throttle.spend(0, nowMs * MS_NANOS) / MS_NANOS);
    }

    private void takeRate() {
        throttle.rate((double) bytesPerSecond.getAsLong() / shards);
    }
}
