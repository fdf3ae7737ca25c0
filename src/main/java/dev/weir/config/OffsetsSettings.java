package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.SHORT;

import java.util.OptionalInt;

/**
 * The topic of committed offsets and how long they live.
 *
 * @param topicPartitions {@code offsets.topic.num.partitions}
 * @param topicReplicationFactor {@code offsets.topic.replication.factor}; empty where it goes by the number of voters
 * @param topicSegmentBytes {@code offsets.topic.segment.bytes}
 * @param topicCompressionCodec {@code offsets.topic.compression.codec}
 * @param retentionMinutes {@code offsets.retention.minutes}
 * @param retentionCheckMs {@code offsets.retention.check.interval.ms}
 * @param loadBufferBytes {@code offsets.load.buffer.size}
 * @param commitTimeoutMs {@code offsets.commit.timeout.ms}
 * @param metadataMaxBytes {@code offset.metadata.max.bytes}
 */
public record OffsetsSettings(
        int topicPartitions,
        OptionalInt topicReplicationFactor,
        int topicSegmentBytes,
        int topicCompressionCodec,
        int retentionMinutes,
        long retentionCheckMs,
        int loadBufferBytes,
        int commitTimeoutMs,
        int metadataMaxBytes) {
    static void declare(Declarations to) {
        to.area("Committed offsets")
                .fixed(
                        "offsets.topic.num.partitions",
                        INT,
                        50,
                        Bounds.atLeast(1),
                        HIGH,
                        "Partitions of `__consumer_offsets`. Must not change once the topic is there.")
                .fixed(
                        "offsets.topic.replication.factor",
                        SHORT,
                        null,
                        Bounds.atLeast(1),
                        HIGH,
                        "Replicas of `__consumer_offsets`; unset, as many as there are voters, three at most. The topic is"
                                + " created once as many brokers are up, and gets more replicas when there are more voters.")
                .fixed(
                        "offsets.topic.segment.bytes",
                        INT,
                        100 * 1024 * 1024,
                        Bounds.atLeast(1),
                        HIGH,
                        "The segment size of `__consumer_offsets` in bytes. Small segments are compacted sooner"
                                + " and load faster.")
                .fixed(
                        "offsets.topic.compression.codec",
                        INT,
                        0,
                        Bounds.between(0, 4),
                        HIGH,
                        "How batches in `__consumer_offsets` are compressed: 0 none, 1 gzip, 2 snappy, 3 lz4, 4"
                                + " zstd.")
                .fixed(
                        "offsets.retention.minutes",
                        INT,
                        10_080,
                        Bounds.atLeast(1),
                        HIGH,
                        "How long the offsets of an empty group, or of a topic that a group no longer reads, are"
                                + " kept, in minutes.")
                .fixed(
                        "offsets.retention.check.interval.ms",
                        LONG,
                        600_000L,
                        Bounds.atLeast(1),
                        HIGH,
                        "Time between two looks for expired offsets, in milliseconds.")
                .fixed(
                        "offsets.load.buffer.size",
                        INT,
                        5 * 1024 * 1024,
                        Bounds.atLeast(1),
                        HIGH,
                        "Bytes of one read while a coordinator loads its groups, of which 1 MiB at most is used. A larger batch is"
                                + " still read.")
                .fixed(
                        "offsets.commit.timeout.ms",
                        INT,
                        5_000,
                        Bounds.atLeast(1),
                        HIGH,
                        "The longest time until a commit is in the log or fails, in milliseconds.")
                .fixed(
                        "offset.metadata.max.bytes",
                        INT,
                        4_096,
                        Bounds.atLeast(0),
                        HIGH,
                        "The longest metadata that a client may store with an offset, in bytes.");
    }

    static OffsetsSettings of(Values values) {
        return new OffsetsSettings(
                values.number("offsets.topic.num.partitions"),
                values.numberOrNone("offsets.topic.replication.factor"),
                values.number("offsets.topic.segment.bytes"),
                values.number("offsets.topic.compression.codec"),
                values.number("offsets.retention.minutes"),
                values.longNumber("offsets.retention.check.interval.ms"),
                values.number("offsets.load.buffer.size"),
                values.number("offsets.commit.timeout.ms"),
                values.number("offset.metadata.max.bytes"));
    }
}
