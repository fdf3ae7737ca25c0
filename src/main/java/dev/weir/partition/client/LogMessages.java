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
     * Reads batches to the heap, for those who replay a log.
     *
     * @param key the partition
     * @param offset first offset wanted
     * @param maxBytes at least one batch, then as many as fit
     */
    public record ReadLog(PartitionKey key, long offset, int maxBytes) {}

    /**
     * Whole batches below the high watermark.
     *
     * @param error NONE, or why there is nothing
     * @param batches the batches; empty at the high watermark
     * @param logStartOffset first offset of the log
     * @param highWatermark where reading ends
     */
    public record LogBytes(Errors error, ByteBuffer batches, long logStartOffset, long highWatermark) {
        public static LogBytes failed(Errors error) {
            return new LogBytes(error, ByteBuffer.allocate(0), -1, -1);
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
     * Asks for figures.
     *
     * @param each of each partition; else only their number
     */
    public record Measure(boolean each) {}

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
