package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;

/** Every topic setting, declared once, together with the broker settings that give its default. */
final class TopicDeclarations {
    private static final int MIB = 1024 * 1024;

    /** In the order of the documentation. */
    static final List<ResourceSetting> ALL = Stream.of(
                    retention(), segments(), compaction(), records(), safety(), ClusterTopicSettings.all())
            .flatMap(List::stream)
            .toList();

    private TopicDeclarations() {}

    private static List<ResourceSetting> retention() {
        return List.of(
                ResourceSetting.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                LIST,
                                List.of("delete"),
                                Bounds.listOf("compact", "delete"),
                                "What happens to old data: `delete` removes whole segments by age and size, `compact` keeps"
                                        + " the newest record of each key, both together do both, and an empty list keeps"
                                        + " everything.")
                        .from("log.cleanup.policy", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                LONG,
                                168L * BrokerSynonym.HOUR,
                                Bounds.atLeast(-1),
                                "How long a segment is kept after its newest record, in milliseconds, if the cleanup"
                                        + " policy deletes; -1 sets no limit.")
                        .with(new BrokerSynonym("log.retention.ms", LONG, null, HIGH, true, 1))
                        .with(new BrokerSynonym("log.retention.minutes", INT, null, HIGH, false, BrokerSynonym.MINUTE))
                        .with(new BrokerSynonym("log.retention.hours", INT, 168, HIGH, false, BrokerSynonym.HOUR)),
                ResourceSetting.of(
                                TopicConfig.RETENTION_BYTES_CONFIG,
                                LONG,
                                -1L,
                                Bounds.atLeast(-1),
                                "The size in bytes above which a partition's oldest segments are removed, if the cleanup"
                                        + " policy deletes; -1 sets no limit.")
                        .from("log.retention.bytes", HIGH),
                ResourceSetting.of(
                                TopicConfig.FILE_DELETE_DELAY_MS_CONFIG,
                                LONG,
                                60_000L,
                                Bounds.atLeast(0),
                                "Time between marking a file as deleted and removing it, in milliseconds.")
                        .from("log.segment.delete.delay.ms", HIGH));
    }

    private static List<ResourceSetting> segments() {
        return List.of(
                ResourceSetting.of(
                                TopicConfig.SEGMENT_BYTES_CONFIG,
                                INT,
                                1024 * MIB,
                                Bounds.atLeast(MIB),
                                "The largest size of one segment file in bytes. Retention and compaction work on whole"
                                        + " segments.")
                        .from("log.segment.bytes", HIGH),
                ResourceSetting.of(
                                TopicConfig.SEGMENT_MS_CONFIG,
                                LONG,
                                168L * BrokerSynonym.HOUR,
                                Bounds.atLeast(1),
                                "The age, in milliseconds, at which a segment is closed even if it isn't full.")
                        .with(new BrokerSynonym("log.roll.ms", LONG, null, HIGH, true, 1))
                        .with(new BrokerSynonym("log.roll.hours", INT, 168, HIGH, false, BrokerSynonym.HOUR)),
                ResourceSetting.of(
                                TopicConfig.SEGMENT_JITTER_MS_CONFIG,
                                LONG,
                                0L,
                                Bounds.atLeast(0),
                                "The most that is taken off a segment's age limit at random, in milliseconds, so that many"
                                        + " segments don't close at one moment.")
                        .with(new BrokerSynonym("log.roll.jitter.ms", LONG, null, HIGH, true, 1))
                        .with(new BrokerSynonym("log.roll.jitter.hours", INT, 0, HIGH, false, BrokerSynonym.HOUR)),
                ResourceSetting.of(
                                TopicConfig.SEGMENT_INDEX_BYTES_CONFIG,
                                INT,
                                10 * MIB,
                                Bounds.atLeast(4),
                                "The largest size of an offset index in bytes; a full index closes the segment.")
                        .from("log.index.size.max.bytes", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.INDEX_INTERVAL_BYTES_CONFIG,
                                INT,
                                4096,
                                Bounds.atLeast(0),
                                "Log bytes between two entries of the offset index. Less finds a record faster and needs"
                                        + " more index.")
                        .from("log.index.interval.bytes", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.PREALLOCATE_CONFIG,
                                BOOLEAN,
                                false,
                                null,
                                "Taken and kept, and without effect: the space of a segment is not reserved on disk.")
                        .from("log.preallocate", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
                                LONG,
                                Long.MAX_VALUE,
                                Bounds.atLeast(1),
                                "Records after which a log is forced to disk. 1 means that a record is on the disk before it"
                                        + " is acknowledged.")
                        .from("log.flush.interval.messages", HIGH),
                ResourceSetting.of(
                                TopicConfig.FLUSH_MS_CONFIG,
                                LONG,
                                Long.MAX_VALUE,
                                Bounds.atLeast(0),
                                "The longest time that a record waits to be forced to disk, in milliseconds.")
                        .with(new BrokerSynonym("log.flush.interval.ms", LONG, null, HIGH, true, 1))
                        .with(new BrokerSynonym(
                                "log.flush.scheduler.interval.ms", LONG, Long.MAX_VALUE, HIGH, false, 1)));
    }

    private static List<ResourceSetting> compaction() {
        return List.of(
                ResourceSetting.of(
                                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                                DOUBLE,
                                0.5,
                                Bounds.ratio(),
                                "The share of not yet compacted bytes above which a log is compacted.")
                        .from("log.cleaner.min.cleanable.ratio", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                                LONG,
                                0L,
                                Bounds.atLeast(0),
                                "The least age of a record before it may be compacted, in milliseconds.")
                        .from("log.cleaner.min.compaction.lag.ms", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                                LONG,
                                Long.MAX_VALUE,
                                Bounds.atLeast(1),
                                "The age, in milliseconds, at which a record makes its log ready for compaction whatever"
                                        + " the share of dirty bytes.")
                        .from("log.cleaner.max.compaction.lag.ms", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                                LONG,
                                24L * BrokerSynonym.HOUR,
                                Bounds.atLeast(0),
                                "How long a compacted log keeps a deletion marker, in milliseconds. A reader that starts at"
                                        + " offset 0 and takes longer may miss a deletion.")
                        .from("log.cleaner.delete.retention.ms", MEDIUM));
    }

    private static List<ResourceSetting> records() {
        return List.of(
                ResourceSetting.of(
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                INT,
                                MIB + 12,
                                Bounds.atLeast(0),
                                "The largest batch of records accepted, in bytes, after compression.")
                        .from("message.max.bytes", HIGH),
                ResourceSetting.of(
                                TopicConfig.COMPRESSION_TYPE_CONFIG,
                                STRING,
                                "producer",
                                Bounds.oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
                                "How batches are stored. `producer` keeps what the producer chose and costs nothing.")
                        .from("compression.type", HIGH),
                ResourceSetting.of(
                                TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG,
                                INT,
                                -1,
                                Bounds.that("-1 or from 1 to 9", value -> {
                                    int level = (Integer) value;
                                    return level == -1 || (level >= 1 && level <= 9);
                                }),
                                "The level if the compression type is gzip; -1 is the library's choice.")
                        .from("compression.gzip.level", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG,
                                INT,
                                9,
                                Bounds.between(1, 17),
                                "The level if the compression type is lz4.")
                        .from("compression.lz4.level", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG,
                                INT,
                                3,
                                Bounds.between(-131_072, 22),
                                "The level if the compression type is zstd.")
                        .from("compression.zstd.level", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                STRING,
                                "CreateTime",
                                Bounds.oneOf("CreateTime", "LogAppendTime"),
                                "Whether a record's timestamp is the producer's or the broker's at append.")
                        .from("log.message.timestamp.type", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
                                LONG,
                                Long.MAX_VALUE,
                                Bounds.atLeast(0),
                                "How far a producer's timestamp may lie before the broker's clock, in milliseconds; beyond"
                                        + " it the batch is refused.")
                        .from("log.message.timestamp.before.max.ms", MEDIUM),
                ResourceSetting.of(
                                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
                                LONG,
                                BrokerSynonym.HOUR,
                                Bounds.atLeast(0),
                                "How far a producer's timestamp may lie after the broker's clock, in milliseconds; beyond"
                                        + " it the batch is refused.")
                        .from("log.message.timestamp.after.max.ms", MEDIUM));
    }

    private static List<ResourceSetting> safety() {
        return List.of(
                ResourceSetting.of(
                                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                                INT,
                                1,
                                Bounds.atLeast(1),
                                "In-sync replicas without which a produce with acks=all is refused.")
                        .from("min.insync.replicas", HIGH),
                ResourceSetting.of(
                                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                                BOOLEAN,
                                false,
                                null,
                                "Whether a replica that isn't in sync may lead when no other is left; acknowledged records"
                                        + " may then be lost.")
                        .from("unclean.leader.election.enable", HIGH));
    }
}
