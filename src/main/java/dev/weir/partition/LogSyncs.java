package dev.weir.partition;

import dev.weir.storage.PartitionLog;
import dev.weir.storage.SyncTask;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The syncs of one shard's logs, at most one under way for each. Owned by the shard; only the tasks run elsewhere. A sync that
 * has failed is never tried again: its log is opened anew, see {@link LogLifecycle#reopen(Partition, String, long)}.
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
        if (partition.syncsBeforeAck() && shard.isWritable(partition.logDir) && partition.syncDue(nowMs)) {
            sync(partition, nowMs);
        }
    }

    /** Starts a sync. */
    void sync(Partition partition, long nowMs) {
        PartitionLog log = partition.log;
        SyncTask task;
        try {
            task = log.beginSync();
        } catch (IOException e) {
            LOG.error("Cannot sync {}", partition.name(), e);
            shard.writeFailed(partition, new LogIoException("cannot sync " + partition.name(), e), nowMs);
            return;
        }
        partition.syncStarted();
        try {
            runner.run(task, (failure, atMs) -> ended(partition, log, task, failure, atMs));
        } catch (RuntimeException | Error e) {
            log.completeSync(task);
            partition.syncEnded();
            throw e;
        }
    }

    private void ended(Partition partition, PartitionLog log, SyncTask task, @Nullable Throwable failure, long nowMs) {
        try {
            log.completeSync(task);
        } finally {
            partition.syncEnded();
        }
        // If the log has moved meanwhile, nothing depends on the old files any more.
        boolean moved = partition.log != log;
        if (shard.find(partition.key) != partition) {
            // It was given up meanwhile, and waits for this.
            shard.syncEnded(partition.key, !moved && log.hasFailedSync());
            shard.giveUp(partition, "it was given up during a sync", nowMs);
        } else if (!moved && failure != null && !partition.isEnded()) {
            failed(partition, failure, nowMs);
        } else if (!moved) {
            shard.giveUpWhereItMust(partition, nowMs);
        }
        shard.afterProgress(partition, nowMs);
    }

    private void failed(Partition partition, Throwable cause, long nowMs) {
        LOG.error("Cannot sync {}", partition.name(), cause);
        IOException failure = cause instanceof IOException io ? io : new IOException(cause);
        shard.writeFailed(partition, new LogIoException("cannot sync " + partition.name(), failure), nowMs);
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
