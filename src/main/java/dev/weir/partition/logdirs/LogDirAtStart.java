package dev.weir.partition.logdirs;

import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.directory.PartitionDirectory;
import dev.weir.storage.file.LogCorruptException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log directory as it was found at start. Immutable; shared by the shards, which use only those methods of the directory
 * that touch a single partition's files.
 *
 * @param directory the directory; its checkpoints belong to {@link LogDirsVerticle}
 * @param id its id in {@code meta.properties}
 * @param clean whether the last stop was clean
 * @param recoveryPoints synced offsets at the last checkpoint
 * @param logStartOffsets log starts at the last checkpoint
 * @param highWatermarks high watermarks at the last checkpoint
 * @param cleanedOffsets where the compaction of each log had come to at the last checkpoint
 * @param found the partitions' directories that were there at start
 * @param futures the directories that partitions were being moved to
 */
public record LogDirAtStart(
        LogDirectory directory,
        Uuid id,
        boolean clean,
        Map<TopicPartition, Long> recoveryPoints,
        Map<TopicPartition, Long> logStartOffsets,
        Map<TopicPartition, Long> highWatermarks,
        Map<TopicPartition, Long> cleanedOffsets,
        List<Found> found,
        List<Found> futures) {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirAtStart.class);

    /** Reads what the last run left in a directory; what it had deleted is removed for good. */
    public static LogDirAtStart read(LogDirectory directory, Uuid id) throws IOException {
        List<Found> found = new ArrayList<>();
        List<Found> futures = new ArrayList<>();
        for (PartitionDirectory partition : directory.partitions()) {
            switch (partition.kind()) {
                case LIVE -> found.add(found(directory, partition));
                case FUTURE -> futures.add(found(directory, partition));
                case DELETE -> removeDeleted(directory, partition.path());
                case STRAY -> {
                    // StrayLogs looks after it, once the metadata is known.
                }
            }
        }
        return new LogDirAtStart(
                directory,
                id,
                directory.wasCleanlyStopped(),
                directory.readRecoveryPoints(),
                directory.readLogStartOffsets(),
                directory.readHighWatermarks(),
                directory.readCleanerOffsets(),
                found,
                futures);
    }

    /** What cannot be removed is in nobody's way. */
    private static void removeDeleted(LogDirectory directory, Path path) {
        try {
            directory.removeDeleted(path);
        } catch (IOException e) {
            LOG.warn("Cannot remove {}: {}", path, e.toString());
        }
    }

    private static Found found(LogDirectory directory, PartitionDirectory partition) throws IOException {
        Uuid topicId = Uuid.ZERO_UUID;
        try {
            topicId = directory.readTopicId(partition.path()).orElse(Uuid.ZERO_UUID);
        } catch (LogCorruptException e) {
            LOG.warn("{}: {}", partition.path(), e.getMessage());
        }
        return new Found(partition.partition(), topicId, partition.path());
    }

    public LogDirAtStart with(List<Found> newFound, List<Found> newFutures) {
        return new LogDirAtStart(
                directory,
                id,
                clean,
                recoveryPoints,
                logStartOffsets,
                highWatermarks,
                cleanedOffsets,
                newFound,
                newFutures);
    }

    /** Whether the checkpoints name logs that were not found: a new log of that name would be taken for the old one. */
    boolean tellsOfLogsThatAreGone() {
        Set<TopicPartition> here = new HashSet<>();
        found.forEach(log -> here.add(log.partition()));
        futures.forEach(copy -> here.add(copy.partition()));
        return !here.containsAll(recoveryPoints.keySet())
                || !here.containsAll(logStartOffsets.keySet())
                || !here.containsAll(highWatermarks.keySet())
                || !here.containsAll(cleanedOffsets.keySet());
    }

    /** Where it is. */
    public Path path() {
        return directory.path();
    }

    /**
     * A partition's directory.
     *
     * @param partition its name
     * @param topicId its {@code partition.metadata}; {@link Uuid#ZERO_UUID} where there is none
     * @param path where it is
     */
    public record Found(TopicPartition partition, Uuid topicId, Path path) {}
}
