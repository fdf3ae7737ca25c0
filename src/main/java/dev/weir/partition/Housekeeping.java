package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ImageChange;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a shard does by the clock: syncs that are due, retention, rolls, removal of deleted files. Owned by the shard. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final ShardState shard;
    private final AppendPath appends;
    private final LogLifecycle lifecycle;
    private final DeletedLogs deleted;
    private final LogMoves moves;
    private final Set<Uuid> withoutRoom = new HashSet<>();
    private long nextRetentionMs;
    private long nextExpiryMs;

    Housekeeping(ShardState shard, AppendPath appends, LogLifecycle lifecycle, DeletedLogs deleted, LogMoves moves) {
        this.shard = shard;
        this.appends = appends;
        this.lifecycle = lifecycle;
        this.deleted = deleted;
        this.moves = moves;
    }

    /**
     * The health of a log directory; returns whether its retention is due at once, as it has just stopped to take writes. While it
     * takes none, what is deleted in it is removed without {@code file.delete.delay.ms}: a reader that is served keeps its file.
     */
    boolean health(Uuid directoryId, boolean writable) {
        if (writable) {
            withoutRoom.remove(directoryId);
            return false;
        }
        boolean news = withoutRoom.add(directoryId);
        if (news) {
            nextRetentionMs = 0;
        }
        return news;
    }

    /** The metadata has changed; returns whether that may free room in a log directory that takes no writes, so at once. */
    boolean mayFreeRoom(ImageChange change) {
        boolean frees = !change.changedConfigs().isEmpty()
                || change.changedTopics().stream()
                        .anyMatch(id -> change.after().topic(id).isEmpty());
        if (withoutRoom.isEmpty() || !frees) {
            return false;
        }
        nextRetentionMs = 0;
        return true;
    }

    /** Does what is due; {@code sync} starts a sync. Answers whether something is left that will be due before long. */
    boolean tick(long nowMs, ObjLongConsumer<Partition> sync) {
        // A log that has something staged cannot be cut.
        appends.writeStaged(nowMs);
        boolean retentionDue = nowMs >= nextRetentionMs;
        BrokerConfig settings = shard.settings();
        if (retentionDue) {
            nextRetentionMs = nowMs + settings.maintenance().retentionCheckMs();
        }
        boolean expiryDue = nowMs >= nextExpiryMs;
        if (expiryDue) {
            nextExpiryMs = nowMs + settings.producer().idExpirationCheckMs();
        }
        boolean busy = false;
        for (Partition partition : List.copyOf(shard.partitions())) {
            if (partition.isEnded()) {
                continue;
            }
            partition.acks.dropSettled();
            try {
                if (partition.syncDue(nowMs)) {
                    sync.accept(partition, nowMs);
                }
                if (retentionDue) {
                    retain(partition, nowMs);
                }
                if (expiryDue) {
                    partition.producers.removeExpired(nowMs, settings.producer().idExpirationMs());
                }
                busy |= partition.log.unlinkDeleted(needsRoom(partition.logDir) ? Long.MAX_VALUE : nowMs) > 0;
            } catch (RuntimeException | Error e) {
                LOG.error("Cleaning up {} failed unexpectedly", partition.name(), e);
                shard.giveUpWhereItMust(partition, nowMs);
            } catch (IOException e) {
                LOG.error("Cannot clean up {}", partition.name(), e);
                shard.writeFailed(partition, new LogIoException("cannot clean up " + partition.name(), e), nowMs);
            }
            busy |= partition.waitsForClock();
        }
        deleted.removeDue(nowMs, this::needsRoom);
        lifecycle.retryBlocked(nowMs);
        lifecycle.tellLost();
        moves.tick();
        return busy || deleted.any() || moves.any() || !shard.offline().isEmpty();
    }

    private boolean needsRoom(LogDirAtStart logDir) {
        return withoutRoom.contains(logDir.id());
    }

    private void retain(Partition partition, long nowMs) throws IOException {
        partition.log.rollIfNeeded(nowMs);
        if (partition.log.deleteOldSegments(nowMs, partition.highWatermark()) > 0) {
            partition.clamp();
        }
    }
}
