package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.storage.LogIoException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a shard does by the clock: syncs that are due, retention, rolls, removal of deleted files. Owned by the shard. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final ShardState shard;
    private final LogLifecycle lifecycle;
    private long nextRetentionMs;

    Housekeeping(ShardState shard, LogLifecycle lifecycle) {
        this.shard = shard;
        this.lifecycle = lifecycle;
    }

    /** Does what is due; {@code sync} starts a sync. */
    void tick(long nowMs, Consumer<Partition> sync) {
        boolean retentionDue = nowMs >= nextRetentionMs;
        BrokerConfig settings = shard.settings();
        if (retentionDue) {
            nextRetentionMs = nowMs + settings.maintenance().retentionCheckMs();
        }
        for (Partition partition : List.copyOf(shard.partitions())) {
            partition.acks.dropSettled();
            if (partition.syncDue(nowMs)) {
                sync.accept(partition);
            }
            try {
                if (retentionDue) {
                    retain(partition, settings.producer().idExpirationMs(), nowMs);
                }
                partition.log.unlinkDeleted(nowMs);
            } catch (IOException e) {
                LOG.error("Cannot clean up {}", partition.name(), e);
                shard.writeFailed(partition.home, new LogIoException("cannot clean up " + partition.name(), e));
            }
        }
        lifecycle.removeDoomed(nowMs);
    }

    /** A failed fsync says nothing about what is on the disk: the directory is read-only until a probe succeeds. */
    void syncFailed(Partition partition, Throwable cause) {
        LOG.error("Cannot sync {}", partition.name(), cause);
        IOException failure = cause instanceof IOException io ? io : new IOException(cause);
        shard.writeFailed(partition.home, new LogIoException("cannot sync " + partition.name(), failure));
    }

    private void retain(Partition partition, long producerExpirationMs, long nowMs) throws IOException {
        partition.log.rollIfNeeded(nowMs);
        if (partition.log.deleteOldSegments(nowMs, partition.highWatermark()) > 0) {
            partition.clamp();
        }
        partition.producers.removeExpired(nowMs, producerExpirationMs);
    }
}
