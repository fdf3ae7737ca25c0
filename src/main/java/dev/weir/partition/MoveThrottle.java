package dev.weir.partition;

import dev.weir.storage.IoThrottle;
import org.jspecify.annotations.Nullable;

/** Holds a shard's moves to its share of the broker's rate, which may be altered live. Owned by the shard. */
final class MoveThrottle {
    private static final long MS_NANOS = 1_000_000;

    private final ShardState shard;
    private final int shards;
    private double bytesPerSecond;
    private @Nullable IoThrottle throttle;

    MoveThrottle(ShardState shard, int shards) {
        this.shard = shard;
        this.shards = shards;
    }

    /** How long to wait after these bytes. */
    long spend(long bytes, long nowMs) {
        double now = (double) shard.settings().maintenance().moveBytesPerSecond() / shards;
        IoThrottle current = throttle;
        if (current == null || now != bytesPerSecond) {
            bytesPerSecond = now;
            current = new IoThrottle(now);
            throttle = current;
        }
        return current.spend(bytes, nowMs * MS_NANOS) / MS_NANOS;
    }
}
