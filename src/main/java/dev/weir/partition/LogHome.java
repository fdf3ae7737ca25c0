package dev.weir.partition;

import dev.weir.storage.LogDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

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
 */
public record LogHome(
        LogDirectory directory,
        Uuid id,
        boolean clean,
        Map<TopicPartition, Long> recoveryPoints,
        Map<TopicPartition, Long> logStartOffsets,
        Map<TopicPartition, Long> highWatermarks,
        Map<TopicPartition, Long> cleanedOffsets,
        List<Found> found) {

    /** Where it is. */
    public Path path() {
        return directory.path();
    }

    /**
     * A live partition directory.
     *
     * @param partition its name
     * @param topicId its {@code partition.metadata}; {@link Uuid#ZERO_UUID} where there is none
     */
    public record Found(TopicPartition partition, Uuid topicId) {}
}
