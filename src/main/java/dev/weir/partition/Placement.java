package dev.weir.partition;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Which log directory a new partition goes to. Owned by the shard. */
final class Placement {
    private final List<LogHome> homes;
    private final DirectoryLoads loads;
    private final ShardState shard;

    Placement(List<LogHome> homes, DirectoryLoads loads, ShardState shard) {
        this.homes = homes;
        this.loads = loads;
        this.shard = shard;
    }

    /** The log directory of this path. */
    Optional<LogHome> find(String path) {
        try {
            Path wanted = Path.of(path).toAbsolutePath().normalize();
            return homes.stream().filter(home -> home.path().equals(wanted)).findFirst();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    void wish(TopicPartition name, LogHome home) {
        loads.wish(name, home);
    }

    /** The directory for a new partition, which counts there from now on. */
    LogHome take(TopicPartition name) {
        List<LogHome> writable = homes.stream().filter(shard::isWritable).toList();
        return loads.take(name, writable.isEmpty() ? homes : writable);
    }

    void add(LogHome home) {
        loads.add(home);
    }

    /** A partition has left a directory. */
    void release(LogHome home) {
        loads.release(home);
    }
}
