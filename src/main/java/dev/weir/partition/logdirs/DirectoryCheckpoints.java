package dev.weir.partition.logdirs;

import dev.weir.partition.client.LogMessages.Checkpoints;
import dev.weir.partition.client.LogMessages.Offsets;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the checkpoint files of the log directories, which cover the partitions of all shards. Owned by {@link LogDirsVerticle}. */
public final class DirectoryCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryCheckpoints.class);

    private final List<LogDirAtStart> logDirs;
    /** What each file holds since it was written here: it is not written again until that changes. */
    private final Map<Uuid, Map<CheckpointFile, Map<TopicPartition, Long>>> onDisk = new HashMap<>();

    public DirectoryCheckpoints(List<LogDirAtStart> logDirs) {
        this.logDirs = logDirs;
    }

    /** Every file of every directory. */
    public static Map<Uuid, Set<CheckpointFile>> all(List<LogDirAtStart> logDirs) {
        return of(logDirs, EnumSet.allOf(CheckpointFile.class));
    }

    /** Some files of every directory. */
    static Map<Uuid, Set<CheckpointFile>> of(List<LogDirAtStart> logDirs, Set<CheckpointFile> files) {
        Map<Uuid, Set<CheckpointFile>> wanted = new HashMap<>();
        logDirs.forEach(logDir -> wanted.put(logDir.id(), files));
        return wanted;
    }

    /** Replaces the files that are wanted, by directory; answers the directories where that failed. */
    public Set<Uuid> write(List<Checkpoints> ofShards, Map<Uuid, Set<CheckpointFile>> wanted) {
        Set<Uuid> failed = new HashSet<>();
        for (LogDirAtStart logDir : logDirs) {
            try {
                for (CheckpointFile file : wanted.getOrDefault(logDir.id(), Set.of())) {
                    write(logDir, file, merged(logDir.id(), file, ofShards));
                }
            } catch (IOException e) {
                LOG.error("Cannot write the checkpoints of {}: {}", logDir.path(), e.getMessage());
                failed.add(logDir.id());
            }
        }
        return failed;
    }

    private void write(LogDirAtStart logDir, CheckpointFile file, Map<TopicPartition, Long> content)
            throws IOException {
        Map<CheckpointFile, Map<TopicPartition, Long>> known =
                onDisk.computeIfAbsent(logDir.id(), id -> new EnumMap<>(CheckpointFile.class));
        if (content.equals(known.get(file))) {
            return;
        }
        known.remove(file);
        file.write(logDir.directory(), content);
        known.put(file, content);
    }

    private static Map<TopicPartition, Long> merged(Uuid directory, CheckpointFile file, List<Checkpoints> ofShards) {
        Map<TopicPartition, Long> merged = new HashMap<>();
        for (Checkpoints shard : ofShards) {
            Offsets own = shard.byDirectory().get(directory);
            if (own != null) {
                merged.putAll(file.of(own));
            }
        }
        return merged;
    }
}
