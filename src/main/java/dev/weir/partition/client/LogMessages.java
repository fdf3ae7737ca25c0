package dev.weir.partition.client;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.protocol.Errors;

/** Requests about whole logs to one shard, and their answers. */
public final class LogMessages {
    private LogMessages() {}

    /**
     * Reads batches to the heap, for a coordinator that replays the log which it leads: up to the log's end, committed or not.
     *
     * @param key the partition
     * @param leaderEpoch in which it is led; in any other the read is refused
     * @param offset first offset wanted
     * @param maxBytes at least one batch, then as many as fit; 0 for the offsets only
     */
    public record ReadLog(PartitionKey key, int leaderEpoch, long offset, int maxBytes) {}

    /**
     * Whole batches of a log.
     *
     * @param error NONE, or why there is nothing
     * @param batches the batches; empty if there is none between the offset asked for and the end
     * @param nextOffset where to read on: the offset after the last batch, or the end of the log if there is none
     * @param logEndOffset where the log ends
     * @param highWatermark offset below which the log is committed
     */
    public record LogBytes(Errors error, ByteBuffer batches, long nextOffset, long logEndOffset, long highWatermark) {
        public static LogBytes failed(Errors error) {
            return new LogBytes(error, ByteBuffer.allocate(0), -1, -1, -1);
        }
    }

    /** Asks for the logs of a shard; an empty list stands for all of them. */
    public record DescribeLogs(List<PartitionKey> keys) {}

    /**
     * One log.
     *
     * @param key the partition
     * @param name its name
     * @param directoryId the log directory that holds it
     * @param sizeBytes bytes of all segments
     * @param offsetLag how far its end is behind the high watermark, or that of a copy behind the log
     * @param future whether it is a copy on its way to another directory
     */
    public record LogDescription(
            PartitionKey key, TopicPartition name, Uuid directoryId, long sizeBytes, long offsetLag, boolean future) {}

    /**
     * Asks for a log to be in a directory.
     *
     * @param key the partition
     * @param name its name
     * @param directory path of the log directory
     */
    public record AlterLogDir(PartitionKey key, TopicPartition name, String directory) {}

    /** Asks for logs to be in directories. */
    public record AlterLogDirs(List<AlterLogDir> entries) {}

    /**
     * Asks for stats.
     *
     * @param each of each partition; else only their number
     */
    public record StatsRequest(boolean each) {}

    /** Asks for the producers that a partition remembers. */
    public record DescribeProducers(PartitionKey key) {}

    /** The producers, or why there are none. */
    public record Producers(Errors error, List<ProducerState> producers) {}

    /**
     * Asks for the offsets to checkpoint.
     *
     * @param close whether the shard closes its logs first, to end
     */
    public record Checkpoint(boolean close) {}

    /**
     * Offsets to checkpoint, by the id of the log directory.
     *
     * @param clean whether every log could be closed, where that was asked
     */
    public record Checkpoints(Map<Uuid, Offsets> byDirectory, boolean clean) {}

    /** The offsets of one directory's partitions. */
    public record Offsets(
            Map<TopicPartition, Long> recoveryPoints,
            Map<TopicPartition, Long> logStartOffsets,
            Map<TopicPartition, Long> highWatermarks,
            Map<TopicPartition, Long> cleaned) {
        public static Offsets empty() {
            return new Offsets(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
        }
    }
}
