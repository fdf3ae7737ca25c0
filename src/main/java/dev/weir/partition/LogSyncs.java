package dev.weir.partition;

import dev.weir.storage.LogIoException;
import dev.weir.storage.SyncTask;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The syncs of one shard's logs, at most one under way for each. Owned by the shard; only the tasks run elsewhere. After a
 * failure the log directory is read-only and the sync is tried again by {@link Housekeeping}, not at once.
 */
final class LogSyncs {
    private static final Logger LOG = LoggerFactory.getLogger(LogSyncs.class);

    private final ShardState shard;
    private final Runner runner;

    LogSyncs(ShardState shard, Runner runner) {
        this.shard = shard;
        this.runner = runner;
    }

    /** Syncs what was promised to be synced before it is acknowledged. */
    void afterProgress(Partition partition, long nowMs) {
        if (partition.syncsBeforeAck() && shard.isWritable(partition.home) && partition.syncDue(nowMs)) {
            sync(partition);
        }
    }

    /** Starts a sync. */
    void sync(Partition partition) {
        SyncTask task;
        try {
            task = partition.log.beginSync();
        } catch (IOException e) {
            failed(partition, e);
            return;
        }
        partition.syncStarted();
        runner.run(task, (failure, nowMs) -> {
            partition.log.completeSync(task);
            partition.syncEnded();
            if (failure != null && !partition.isEnded()) {
                failed(partition, failure);
            }
            shard.afterProgress(partition, nowMs);
        });
    }

    private void failed(Partition partition, Throwable cause) {
        LOG.error("Cannot sync {}", partition.name(), cause);
        IOException failure = cause instanceof IOException io ? io : new IOException(cause);
        shard.writeFailed(partition.home, new LogIoException("cannot sync " + partition.name(), failure));
        partition.syncFailed(String.valueOf(cause.getMessage()));
    }

    /** Where tasks run: not on the shard's thread. */
    @FunctionalInterface
    interface Runner {
        /** Runs the task and reports once, on the shard's thread. */
        void run(SyncTask task, Done done);
    }

    /** Hears how a sync went. */
    @FunctionalInterface
    interface Done {
        /** {@code failure} is null when all is synced. */
        void ended(@Nullable Throwable failure, long nowMs);
    }
}
