package dev.weir.partition.logdirs;

import dev.weir.bus.LocalBus;
import dev.weir.config.MaintenanceSettings;
import dev.weir.metadata.ImageClient;
import dev.weir.partition.client.LogMessages.Checkpoints;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import dev.weir.partition.logdirs.LogDirsClient.HealthChange;
import dev.weir.storage.directory.DirectoryHealth;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories as wholes: their checkpoints, which cover the partitions of all shards, their health, and the mark of
 * a clean stop. A worker verticle with one thread of its own, since all of this touches the disk.
 */
public final class LogDirsVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirsVerticle.class);

    private static final long ASSIGN_AGAIN_MS = 1_000;

    private final LocalBus bus;
    private final PartitionClient partitions;
    private final List<LogDirAtStart> logDirs;
    private final DirectoryCheckpoints checkpoints;
    private final List<FailedLogDir> failed;
    private final Function<Map<PartitionKey, Uuid>, Future<Boolean>> assigner;
    /** Completes when every shard has opened its logs: no checkpoint is whole before. */
    private final Promise<Boolean> opened = Promise.promise();

    private final DirectoryAssignments assignments = new DirectoryAssignments();
    private final MaintenanceSettings settings;
    private final long reserveBytes;
    private final long probeMs;
    private final Map<Uuid, DirectoryHealth> health = new HashMap<>();
    private final CheckpointRounds rounds = new CheckpointRounds(this::checkpoint);
    private final StrayLogs strays;
    private final List<Long> timers = new ArrayList<>();
    private boolean closing;

    /**
     * The owner of these directories.
     *
     * @param failed log directories that could not be used
     * @param assigner makes the metadata say where logs are; true where it does then
     * @param settings how often to write which checkpoint
     * @param reserveBytes {@code log.dir.reserve.bytes}
     * @param probeMs how often to look at the disk
     */
    public LogDirsVerticle(
            LocalBus bus,
            PartitionClient partitions,
            List<LogDirAtStart> logDirs,
            List<FailedLogDir> failed,
            Function<Map<PartitionKey, Uuid>, Future<Boolean>> assigner,
            MaintenanceSettings settings,
            long reserveBytes,
            long probeMs) {
        this.bus = bus;
        this.partitions = partitions;
        this.logDirs = logDirs;
        this.checkpoints = new DirectoryCheckpoints(logDirs);
        this.failed = failed;
        this.assigner = assigner;
        this.settings = settings;
        this.reserveBytes = reserveBytes;
        this.probeMs = probeMs;
        this.strays = new StrayLogs(logDirs, settings.strayDeleteDelayMs());
        logDirs.forEach(logDir -> health.put(logDir.id(), DirectoryHealth.WRITABLE));
    }

    @Override
    public Future<?> start() {
        bus.serve(LogDirsClient.WRITE_FAILED, failure -> {
            DirectoryHealth old = health.getOrDefault(failure.directoryId(), DirectoryHealth.WRITABLE);
            become(failure.directoryId(), old.writeFailed(failure.failure()));
            return Future.succeededFuture(true);
        });
        bus.serve(LogDirsClient.ASSIGN, assignment -> {
            Promise<Boolean> done = Promise.promise();
            assignments.add(assignment.key(), assignment.directoryId(), () -> done.complete(true));
            assign();
            return done.future();
        });
        bus.serve(LogDirsClient.OPENED, ignored -> {
            opened.tryComplete(true);
            tellOfReadOnly();
            Map<Uuid, Set<CheckpointFile>> stale = new HashMap<>();
            logDirs.stream()
                    .filter(LogDirAtStart::tellsOfLogsThatAreGone)
                    .forEach(logDir -> stale.put(logDir.id(), EnumSet.allOf(CheckpointFile.class)));
            Promise<Boolean> written = Promise.promise();
            if (stale.isEmpty()) {
                written.complete(true);
            } else {
                rounds.ask(stale, written::complete);
            }
            return written.future();
        });
        bus.serve(LogDirsClient.CHECKPOINT, directory -> {
            Promise<Boolean> written = Promise.promise();
            opened.future()
                    .onSuccess(ready ->
                            rounds.ask(Map.of(directory, EnumSet.allOf(CheckpointFile.class)), written::complete));
            return written.future();
        });
        bus.serve(LogDirsClient.CLOSE, this::close);
        bus.serve(
                LogDirsClient.DESCRIBE,
                ignored -> Future.succeededFuture(Stream.concat(
                                logDirs.stream().map(this::describe),
                                failed.stream().map(LogDirsVerticle::describe))
                        .toList()));
        opened.future().onSuccess(ready -> {
            checkpointEvery(
                    settings.recoveryCheckpointMs(),
                    EnumSet.of(CheckpointFile.RECOVERY_POINTS, CheckpointFile.CLEANED));
            checkpointEvery(settings.startOffsetCheckpointMs(), EnumSet.of(CheckpointFile.LOG_STARTS));
            checkpointEvery(settings.highWatermarkCheckpointMs(), EnumSet.of(CheckpointFile.HIGH_WATERMARKS));
            lookAtStrays();
            timers.add(vertx.setPeriodic(settings.retentionCheckMs(), timer -> lookAtStrays()));
        });
        vertx.setPeriodic(probeMs, timer -> logDirs.forEach(this::probe));
        logDirs.forEach(this::probe);
        return Future.succeededFuture();
    }

    /** Not before the logs are open: they are opened when the metadata has reached this broker's registration. */
    private void lookAtStrays() {
        new ImageClient(bus).newest().onSuccess(image -> {
            if (!closing) {
                strays.look(image, System.currentTimeMillis());
            }
        });
    }

    private void assign() {
        assignments.next().ifPresent(batch -> assigner.apply(batch).onComplete(result -> {
            if (result.succeeded() && result.result()) {
                assignments.taken();
                assign();
            } else {
                LOG.warn("Cannot report yet to the controller where {} logs are", batch.size(), result.cause());
                vertx.setTimer(ASSIGN_AGAIN_MS, timer -> {
                    assignments.failed();
                    assign();
                });
            }
        }));
    }

    private void checkpointEvery(long ms, Set<CheckpointFile> files) {
        timers.add(vertx.setPeriodic(
                Math.max(1, ms),
                // Where it fails, the log has said so.
                timer -> rounds.ask(DirectoryCheckpoints.of(logDirs, files), written -> {})));
    }

    private void checkpoint(Map<Uuid, Set<CheckpointFile>> wanted, Consumer<Set<Uuid>> done) {
        partitions.checkpoint(false).onComplete(all -> {
            if (all.succeeded()) {
                done.accept(checkpoints.write(all.result(), wanted));
            } else {
                LOG.error("Cannot write checkpoints", all.cause());
                done.accept(wanted.keySet());
            }
        });
    }

    private Future<Boolean> close(long brokerEpoch) {
        closing = true;
        timers.forEach(vertx::cancelTimer);
        rounds.close();
        return partitions.checkpoint(true).map(all -> {
            boolean written =
                    checkpoints.write(all, DirectoryCheckpoints.all(logDirs)).isEmpty();
            boolean clean = written && all.stream().allMatch(Checkpoints::clean);
            for (LogDirAtStart logDir : logDirs) {
                try {
                    if (clean) {
                        logDir.directory().markCleanShutdown(brokerEpoch);
                    }
                } catch (IOException e) {
                    LOG.error("Cannot mark {} as cleanly closed", logDir.path(), e);
                    clean = false;
                }
            }
            return clean;
        });
    }

    private void probe(LogDirAtStart logDir) {
        DirectoryHealth old = health.getOrDefault(logDir.id(), DirectoryHealth.WRITABLE);
        long free;
        try {
            free = logDir.directory().freeBytes();
        } catch (IOException e) {
            LOG.warn("Cannot measure {}", logDir.path(), e);
            free = 0;
        }
        // A healthy directory is not written to just to see that it can be.
        boolean probeWritten =
                old.writable() || (free >= reserveBytes && logDir.directory().probeWrite());
        become(logDir.id(), old.probed(free, reserveBytes, probeWritten));
    }

    private void become(Uuid directoryId, DirectoryHealth now) {
        DirectoryHealth old = health.put(directoryId, now);
        if (!now.equals(old)) {
            bus.publish(LogDirsClient.HEALTH, new HealthChange(directoryId, now));
        }
        if (old == null || old.writable() != now.writable()) {
            String path = logDirs.stream()
                    .filter(logDir -> logDir.id().equals(directoryId))
                    .map(logDir -> logDir.path().toString())
                    .findFirst()
                    .orElse("?");
            if (now.writable()) {
                LOG.info("Log directory {} takes writes again", path);
            } else {
                LOG.error("Log directory {} is read-only: {}", path, now.reason());
            }
        }
    }

    /** The shards were not there yet when the directories were looked at first. */
    private void tellOfReadOnly() {
        health.forEach((id, now) -> {
            if (!now.writable()) {
                bus.publish(LogDirsClient.HEALTH, new HealthChange(id, now));
            }
        });
    }

    private Directory describe(LogDirAtStart logDir) {
        long total = -1;
        long usable = -1;
        try {
            total = Files.getFileStore(logDir.path()).getTotalSpace();
            usable = logDir.directory().freeBytes();
        } catch (IOException e) {
            LOG.warn("Cannot measure {}: {}", logDir.path(), e.getMessage());
        }
        return new Directory(
                logDir.id(),
                logDir.path(),
                total,
                usable,
                health.getOrDefault(logDir.id(), DirectoryHealth.WRITABLE),
                false);
    }

    private static Directory describe(FailedLogDir dir) {
        return new Directory(Uuid.ZERO_UUID, dir.path(), -1, -1, new DirectoryHealth(false, dir.why()), true);
    }
}
