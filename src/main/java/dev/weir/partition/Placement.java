package dev.weir.partition;

import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.FailedLogDir;
import dev.weir.partition.logdirs.LogDirAtStart;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Which log directory a new partition goes to. Owned by the shard. */
final class Placement {
    private final List<LogDirAtStart> logDirs;
    private final List<FailedLogDir> failed;
    private final DirectoryLoads loads;
    private final ShardState shard;

    Placement(List<LogDirAtStart> logDirs, List<FailedLogDir> failed, DirectoryLoads loads, ShardState shard) {
        this.logDirs = logDirs;
        this.failed = failed;
        this.loads = loads;
        this.shard = shard;
    }

    /** The log directory of this path. */
    Optional<LogDirAtStart> find(String path) {
        return normal(path).flatMap(wanted -> logDirs.stream()
                .filter(logDir -> logDir.path().equals(wanted))
                .findFirst());
    }

    /** Whether the log directory of this path could not be used at start. */
    boolean hasFailed(String path) {
        return normal(path)
                .filter(wanted -> failed.stream().anyMatch(dir -> dir.path().equals(wanted)))
                .isPresent();
    }

    private static Optional<Path> normal(String path) {
        try {
            return Optional.of(Path.of(path).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    void wish(TopicPartition name, LogDirAtStart logDir) {
        loads.wish(name, logDir);
    }

    /** The directory for a new partition, which counts there from now on. */
    LogDirAtStart take(TopicPartition name) {
        List<LogDirAtStart> writable =
                logDirs.stream().filter(shard::isWritable).toList();
        return loads.take(name, writable.isEmpty() ? logDirs : writable);
    }

    void add(LogDirAtStart logDir) {
        loads.add(logDir);
    }

    /** A partition has left a directory. */
    void release(LogDirAtStart logDir) {
        loads.release(logDir);
    }
}
