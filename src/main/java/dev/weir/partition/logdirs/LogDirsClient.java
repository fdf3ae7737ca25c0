package dev.weir.partition.logdirs;

import dev.weir.bus.Address;
import dev.weir.bus.Broadcast;
import dev.weir.bus.LocalBus;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.LogIoException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** How other verticles reach {@link LogDirsVerticle}. Immutable; shared by all verticles. */
public final class LogDirsClient {
    public static final Broadcast<HealthChange> HEALTH = new Broadcast<>("log-dirs.health");
    static final Address<WriteFailure, Boolean> WRITE_FAILED = new Address<>("log-dirs.write-failed", 100_000);
    static final Address<Long, Boolean> CLOSE = new Address<>("log-dirs.close", 10);
    static final Address<Boolean, List<Directory>> DESCRIBE = new Address<>("log-dirs.describe", 10_000);

    static final Address<Boolean, Boolean> OPENED = new Address<>("log-dirs.opened", 10);
    static final Address<Assignment, Boolean> ASSIGN = new Address<>("log-dirs.assign", 1_000_000);
    static final Address<Uuid, Boolean> CHECKPOINT = new Address<>("log-dirs.checkpoint", 1_000_000);

    private final LocalBus bus;

    public LogDirsClient(LocalBus bus) {
        this.bus = bus;
    }

    /** The disk refused a write. */
    public void writeFailed(Uuid directoryId, LogIoException failure) {
        bus.ask(WRITE_FAILED, new WriteFailure(directoryId, failure));
    }

    /** Every shard has opened its logs: checkpoints may be written. Completes when they tell of no log that is not there. */
    public Future<Boolean> opened() {
        return bus.ask(OPENED, true);
    }

    /** Makes the metadata say where a log is, or that it is {@link dev.weir.metadata.DirectoryId#LOST}; true once it does. */
    public Future<Boolean> assign(PartitionKey key, Uuid directoryId) {
        return bus.ask(ASSIGN, new Assignment(key, directoryId));
    }

    /** Writes the checkpoints of a directory now, with what the shards know by then; true where that went well. */
    public Future<Boolean> checkpoint(Uuid directoryId) {
        return bus.ask(CHECKPOINT, directoryId);
    }

    /**
     * Closes every log, writes the last checkpoints and marks the directories clean; true where all went well.
     *
     * @param brokerEpoch of this broker, for the marks; -1 if it is not known to be registered
     */
    public Future<Boolean> close(long brokerEpoch) {
        return bus.ask(CLOSE, brokerEpoch);
    }

    /** Every log directory. */
    public Future<List<Directory>> describe() {
        return bus.ask(DESCRIBE, true);
    }

    /**
     * One log directory.
     *
     * @param id its id
     * @param path where it is
     * @param totalBytes size of its file system, -1 where unknown
     * @param usableBytes what is free of it, -1 where unknown
     * @param health whether it takes writes
     * @param offline whether it could not be used at start; it has no id then
     */
    public record Directory(
            Uuid id, Path path, long totalBytes, long usableBytes, DirectoryHealth health, boolean offline) {
        /** Whether it takes writes. */
        public boolean isWritable() {
            return health.writable();
        }
    }

    record Assignment(PartitionKey key, Uuid directoryId) {}

    record WriteFailure(Uuid directoryId, LogIoException failure) {}

    public record HealthChange(Uuid directoryId, DirectoryHealth health) {}
}
