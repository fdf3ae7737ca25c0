package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.config.LogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.FailedLogDir;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.producer.ProducerStateManager;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What a shard is told at its start.
 *
 * @param brokerId this broker
 * @param shard which shard, from 0
 * @param shards how many there are
 * @param logDirs the log directories
 * @param failed log directories that could not be used at start
 * @param loads how full they are, shared by the shards
 * @param openFiles most files that the shard keeps open
 * @param retryMs how long to wait before a failed removal is tried again
 * @param settings the broker's settings with what an image alters
 * @param configs the configuration of a topic's logs in an image
 * @param producers makes the producer state of a new partition
 */
public record ShardOptions(
        int brokerId,
        int shard,
        int shards,
        List<LogDirAtStart> logDirs,
        List<FailedLogDir> failed,
        DirectoryLoads loads,
        int openFiles,
        long retryMs,
        Function<ClusterImage, BrokerConfig> settings,
        BiFunction<ClusterImage, String, LogConfig> configs,
        ProducerStateFactory producers) {

    /** The ids of the log directories. */
    List<Uuid> directoryIds() {
        return logDirs.stream().map(LogDirAtStart::id).toList();
    }

    /** Makes the producer state of one partition. */
    @FunctionalInterface
    public interface ProducerStateFactory {
        ProducerStateManager create(TopicPartition partition);
    }
}
