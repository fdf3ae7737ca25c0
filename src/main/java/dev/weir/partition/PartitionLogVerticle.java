package dev.weir.partition;

import dev.weir.bus.BusException;
import dev.weir.bus.EarliestTimer;
import dev.weir.bus.LocalBus;
import dev.weir.config.CleanerSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.ImageClient;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FollowerClient;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.OffsetMessages;
import dev.weir.partition.client.PartitionAddresses;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.partition.logdirs.LogDirsVerticle;
import dev.weir.storage.SyncTask;
import dev.weir.storage.file.IoThrottle;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One shard of partitions. A worker verticle with one thread of its own, which owns the shard's logs and may block on their
 * files; it drives {@link AppendPath}, {@link FetchPath} and the rest, and holds the one timer that everything waiting
 * shares. Syncs run on a pool beside it. It ends by closing its logs, when {@link LogDirsVerticle} asks for the last
 * checkpoint.
 */
public final class PartitionLogVerticle extends VerticleBase {
    private final HousekeepingBackoff backoff = new HousekeepingBackoff();
    private final LocalBus bus;
    private final ShardOptions options;
    private final WorkerExecutor syncPool;
    private final WorkerExecutor cleanerPool;
    private final Runnable onOpened;
    private final LogDirsClient directories;
    private final ShardState shard;
    private final AppendPath appends;
    private final FetchPath fetches;
    private final FollowerPath followers;
    private final ReplicaFetches replicaFetches;
    private final RecordDeletions deletions;
    private final OffsetQueries offsets;
    private final LogQueries logs;
    private final LogMoves moves;
    private final LogLifecycle lifecycle;
    private final Housekeeping housekeeping;
    private final LogSyncs syncs;
    private final InSyncReplicas inSync;
    private final AlterPartitionRoute controller;
    private final Cleaner cleaner;
    private final EarliestTimer timer;
    private long housekeepingTimer;
    private long nextCleaningMs;
    private long clockMs;
    private long clockNanos = System.nanoTime();
    private boolean writeScheduled;
    private boolean isrScheduled;
    private boolean replicasScheduled;

    /**
     * A shard that opens its logs when it starts, and has started when it is in step with the newest image.
     *
     * @param image by which the log directories were settled, and the logs are opened
     * @param syncPool where fsync runs; shared by the shards
     * @param cleanerPool where compaction runs; shared by the shards
     * @param cleanerThrottle bounds the I/O of compaction; shared by the shards
     * @param cleanerSlots bounds how many compactions run at once; shared by the shards
     * @param controller decides on the ISRs
     * @param onOpened told of each partition opened at start, from the shard's thread
     */
    public PartitionLogVerticle(
            LocalBus bus,
            ShardOptions options,
            ClusterImage image,
            OpenFileCache files,
            WorkerExecutor syncPool,
            WorkerExecutor cleanerPool,
            IoThrottle cleanerThrottle,
            CleanerSlots cleanerSlots,
            AlterPartitionRoute controller,
            Runnable onOpened) {
        this.bus = bus;
        this.options = options;
        this.syncPool = syncPool;
        this.cleanerPool = cleanerPool;
        this.controller = controller;
        this.onOpened = onOpened;
        this.directories = new LogDirsClient(bus);
        this.shard = new ShardState(options.brokerId(), image, options.settings(), new Events());
        this.inSync = new InSyncReplicas(options.brokerId(), shard, this::scheduleIsr);
        this.appends = new AppendPath(shard);
        FetchReader reader = new FetchReader(shard);
        this.fetches = new FetchPath(shard, reader);
        this.deletions = new RecordDeletions(shard);
        this.replicaFetches = new ReplicaFetches(shard, reader, inSync, deletions);
        this.offsets = new OffsetQueries(shard);
        Placement placement = new Placement(options.logDirs(), options.failed(), options.loads(), shard);
        LogOpener opener = new LogOpener(
                options,
                shard,
                placement,
                files,
                bound -> ThreadLocalRandom.current().nextLong(bound),
                UUID::randomUUID);
        DeletedLogs deleted = new DeletedLogs(options.retryMs());
        ShardContext shardContext = new Context();
        this.followers = new FollowerPath(shard, new CutCheckpoints(shard, shardContext));
        this.moves = new LogMoves(options, shard, appends, opener, placement, deleted, shardContext);
        this.logs = new LogQueries(shard, moves);
        this.lifecycle = new LogLifecycle(options, shard, appends, opener, placement, deleted, moves, shardContext);
        this.housekeeping = new Housekeeping(shard, appends, lifecycle, deleted, moves);
        this.syncs = new LogSyncs(shard, this::runSync);
        this.cleaner = new Cleaner(shard, cleanerThrottle, cleanerSlots);
        Deadlines deadlines = shard.deadlines();
        this.timer = new EarliestTimer(this::now, deadlines::nextMs, deadlines::expire);
    }

    @Override
    public Future<?> start() {
        Future<Void> inStep = new ImageClient(bus).follow(shard.image(), change -> {
            // The controller decides on while the logs close: one that is deleted or made meanwhile is the next
            // start's.
            if (backoff.isEnded()) {
                return;
            }
            lifecycle.apply(change, now());
            if (change.brokersChanged()) {
                inSync.brokersChanged(now());
                replicaFetches.brokersChanged();
                deletions.lookAtAll();
            }
            if (housekeeping.mayFreeRoom(change)) {
                nextCleaningMs = 0;
                scheduleHousekeepingNow();
            } else {
                wake();
            }
        });
        bus.subscribe(LogDirsClient.HEALTH, change -> {
            if (backoff.isEnded()) {
                return;
            }
            shard.health(change.directoryId(), change.health());
            if (change.health().writable()) {
                lifecycle.reopen(change.directoryId(), now());
            }
            if (housekeeping.health(change.directoryId(), change.health().writable())) {
                scheduleHousekeepingNow();
            } else {
                wake();
            }
        });
        lifecycle.openAll(now(), onOpened);
        PartitionAddresses addresses = PartitionAddresses.of(options.shard());
        bus.serve(addresses.append(), request -> {
            Promise<List<AppendResult>> answer = Promise.promise();
            appends.append(request, now(), answer::complete);
            try {
                scheduleWrite();
            } catch (RuntimeException | Error e) {
                // The sender takes its memory back when this fails: nothing may be staged in it then.
                appends.writeStaged(now());
                throw e;
            }
            return answer.future();
        });
        bus.serve(addresses.fetch(), query -> {
            Promise<List<FetchAnswer>> answer = Promise.promise();
            fetches.fetch(query, now(), answer::complete);
            timer.arm(vertx);
            return answer.future();
        });
        bus.serve(FollowerClient.address(options.shard()), turn -> {
            Promise<List<Outcome>> answer = Promise.promise();
            wake();
            followers.take(turn, now(), answer::complete);
            timer.arm(vertx);
            return answer.future();
        });
        bus.serve(addresses.replicaFetch(), fetch -> {
            Promise<ReplicaFetch.Answer> answer = Promise.promise();
            replicaFetches.fetch(fetch, now(), answer::complete);
            timer.arm(vertx);
            return answer.future();
        });
        bus.serve(addresses.endWait(), ticket -> {
            fetches.endWait(ticket);
            replicaFetches.endWait(ticket);
            return Future.succeededFuture(true);
        });
        bus.serve(addresses.endReplicaSession(), session -> {
            replicaFetches.endSession(session);
            return Future.succeededFuture(true);
        });
        bus.serve(addresses.listOffsets(), request -> Future.succeededFuture(offsets.listOffsets(request)));
        bus.serve(addresses.epochEnds(), request -> Future.succeededFuture(offsets.endOffsets(request)));
        bus.serve(addresses.deleteRecords(), request -> {
            wake();
            Promise<List<OffsetMessages.DeleteAnswer>> answer = Promise.promise();
            deletions.delete(request, now(), answer::complete);
            timer.arm(vertx);
            return answer.future();
        });
        bus.serve(addresses.readLog(), request -> {
            // The end of the log includes what is only staged yet.
            appends.writeStaged(now());
            return Future.succeededFuture(logs.read(request));
        });
        bus.serve(addresses.describeLogs(), request -> Future.succeededFuture(logs.describe(request)));
        bus.serve(addresses.alterLogDirs(), request -> {
            wake();
            return Future.succeededFuture(request.entries().stream()
                    .map(entry -> moves.alter(entry, now()))
                    .toList());
        });
        bus.serve(addresses.describeProducers(), request -> Future.succeededFuture(logs.producers(request)));
        bus.serve(addresses.stats(), request -> Future.succeededFuture(logs.stats(request)));
        bus.serve(addresses.checkpoint(), this::checkpoint);
        scheduleHousekeeping(HousekeepingBackoff.BUSY_MS);
        return inStep;
    }

    private void scheduleHousekeeping(long delayMs) {
        if (delayMs < 0) {
            return;
        }
        housekeepingTimer = vertx.setTimer(delayMs, timer -> {
            boolean busy = true;
            try {
                busy = housekeeping.tick(now(), syncs::sync);
                clean(now());
                busy |= cleaner.isHeldBack();
            } finally {
                scheduleHousekeeping(backoff.next(busy));
            }
        });
    }

    /** Makes the next round of housekeeping come sooner, since something may need it. */
    private void wake() {
        if (backoff.wake()) {
            vertx.cancelTimer(housekeepingTimer);
            scheduleHousekeeping(HousekeepingBackoff.BUSY_MS);
        }
    }

    /** Makes the next round come at once. */
    private void scheduleHousekeepingNow() {
        if (!backoff.isEnded()) {
            vertx.cancelTimer(housekeepingTimer);
            scheduleHousekeeping(1);
        }
    }

    private Future<LogMessages.Checkpoints> checkpoint(LogMessages.Checkpoint request) {
        if (!request.close()) {
            return Future.succeededFuture(logs.checkpoints(true));
        }
        backoff.end();
        vertx.cancelTimer(housekeepingTimer);
        cleaner.stop();
        appends.writeStaged(now());
        fetches.endAll();
        followers.endAll();
        replicaFetches.endAll();
        deletions.endAll();
        boolean moved = moves.close(now());
        Promise<LogMessages.Checkpoints> closed = Promise.promise();
        ShardClosing.close(
                shard.partitions(), this::runSync, clean -> closed.complete(logs.checkpoints(moved && clean)));
        return closed.future();
    }

    /** All requests that have arrived by the time this runs are staged and share the write. */
    private void scheduleWrite() {
        wake();
        if (!writeScheduled && appends.hasStaged()) {
            context.runOnContext(ignored -> {
                writeScheduled = false;
                appends.writeStaged(now());
            });
            writeScheduled = true;
        }
        timer.arm(vertx);
    }

    /** What comes together until this runs shares the answers. */
    private void answerReplicasSoon() {
        if (!replicasScheduled && replicaFetches.hasReady()) {
            replicasScheduled = true;
            context.runOnContext(ignored -> {
                replicasScheduled = false;
                replicaFetches.answerReady();
            });
        }
    }

    /** What comes together until this runs shares the request. */
    private void scheduleIsr() {
        if (!isrScheduled && !backoff.isEnded()) {
            isrScheduled = true;
            context.runOnContext(ignored -> {
                isrScheduled = false;
                inSync.next().ifPresent(request -> controller
                        .alterPartition(request)
                        .onSuccess(response -> inSync.answered(response, now()))
                        .onFailure(cause -> inSync.failed(BusException.errorOf(cause), now()))
                        .onComplete(done -> timer.arm(vertx)));
            });
        }
    }

    private void runSync(SyncTask task, LogSyncs.Done done) {
        syncPool.executeBlocking(
                        () -> {
                            task.run();
                            return true;
                        },
                        false)
                .onComplete(result -> done.ended(result.cause(), now()));
    }

    private void clean(long nowMs) {
        if (nowMs < nextCleaningMs) {
            return;
        }
        CleanerSettings settings = shard.settings().cleaner();
        nextCleaningMs = nowMs + settings.backoffMs();
        cleaner.next(settings, nowMs)
                .ifPresent(job -> cleanerPool.executeBlocking(job.run(), false).onComplete(result -> {
                    if (result.succeeded()) {
                        cleaner.finish(job, result.result(), now());
                        // Whatever else is due need not wait for the next round.
                        nextCleaningMs = 0;
                        wake();
                    } else {
                        cleaner.fail(job, result.cause());
                    }
                }));
        if (cleaner.isHeldBack()) {
            nextCleaningMs = nowMs;
        }
    }

    /** The wall clock, but it goes on at its speed if the wall clock is set back: nothing that waits must wait longer. */
    private long now() {
        long elapsedMs = (System.nanoTime() - clockNanos) / 1_000_000;
        clockNanos += elapsedMs * 1_000_000;
        clockMs = Math.max(System.currentTimeMillis(), clockMs + elapsedMs);
        return clockMs;
    }

    private static long monotonicNow() {
        return System.nanoTime() / 1_000_000;
    }

    private final class Events implements ShardEvents {
        @Override
        public long monotonicMs() {
            return monotonicNow();
        }

        @Override
        public void writeFailed(LogDirAtStart logDir, LogIoException failure) {
            directories.writeFailed(logDir.id(), failure);
        }

        @Override
        public void placed(Partition partition) {
            directories.assign(partition.key, partition.logDir.id());
        }

        @Override
        public void lost(PartitionKey key, Runnable done) {
            directories.assign(key, DirectoryId.LOST).onComplete(result -> done.run());
        }

        @Override
        public void shortened(PartitionKey key, Offline offline, long recoveryPoint, long nowMs) {
            lifecycle.shortened(key, offline, recoveryPoint, nowMs);
        }

        @Override
        public void progressed(Partition partition, long nowMs) {
            fetches.wake(partition);
            replicaFetches.wake(partition);
            answerReplicasSoon();
            syncs.afterProgress(partition, nowMs);
            followers.progressed(partition);
            inSync.look(partition, nowMs);
            deletions.look(partition.key);
            timer.arm(vertx);
        }

        @Override
        public void givenUp(Partition partition, String why, long nowMs) {
            lifecycle.reopen(partition, why, nowMs);
        }
    }

    private final class Context implements ShardContext {
        @Override
        public void run(SyncTask task, LogSyncs.Done done) {
            runSync(task, done);
        }

        @Override
        public void turnAfter(long ms) {
            if (ms > 0) {
                vertx.setTimer(ms, timer -> moves.turn(now()));
            } else {
                context.runOnContext(ignored -> moves.turn(now()));
            }
        }

        @Override
        public void after(long ms, Runnable action) {
            vertx.setTimer(ms, timer -> action.run());
        }

        @Override
        public void assign(PartitionKey key, LogDirAtStart logDir, Consumer<Boolean> done) {
            directories.assign(key, logDir.id()).onComplete(result -> done.accept(result.succeeded()));
        }

        @Override
        public void writeCheckpoints(LogDirAtStart logDir, Consumer<Boolean> done) {
            directories
                    .checkpoint(logDir.id())
                    .onComplete(result -> done.accept(result.succeeded() && result.result()));
        }
    }
}
