package dev.weir.config;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.COMPRESSION_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.DELETE_RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.FILE_DELETE_DELAY_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.FLUSH_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.INDEX_INTERVAL_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.PREALLOCATE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_INDEX_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_JITTER_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG;

import java.util.List;
import org.apache.kafka.common.record.TimestampType;

/** From the values of the topic settings to the record that a log is handed. */
final class LogConfigs {
    private LogConfigs() {}

    static LogConfig of(Values values) {
        List<String> policy = values.list(CLEANUP_POLICY_CONFIG);
        return new LogConfigBuilder()
                .segmentBytes(values.number(SEGMENT_BYTES_CONFIG))
                .segmentMs(values.longNumber(SEGMENT_MS_CONFIG))
                .segmentJitterMs(values.longNumber(SEGMENT_JITTER_MS_CONFIG))
                .indexBytes(values.number(SEGMENT_INDEX_BYTES_CONFIG))
                .indexIntervalBytes(values.number(INDEX_INTERVAL_BYTES_CONFIG))
                .retentionMs(values.longNumber(RETENTION_MS_CONFIG))
                .retentionBytes(values.longNumber(RETENTION_BYTES_CONFIG))
                .fileDeleteDelayMs(values.longNumber(FILE_DELETE_DELAY_MS_CONFIG))
                .deleteRetentionMs(values.longNumber(DELETE_RETENTION_MS_CONFIG))
                .minCompactionLagMs(values.longNumber(MIN_COMPACTION_LAG_MS_CONFIG))
                .maxCompactionLagMs(values.longNumber(MAX_COMPACTION_LAG_MS_CONFIG))
                .minCleanableDirtyRatio(values.fraction(MIN_CLEANABLE_DIRTY_RATIO_CONFIG))
                .compact(policy.contains(CLEANUP_POLICY_COMPACT))
                .delete(policy.contains(CLEANUP_POLICY_DELETE))
                .flushMessages(values.longNumber(FLUSH_MESSAGES_INTERVAL_CONFIG))
                .flushMs(values.longNumber(FLUSH_MS_CONFIG))
                .maxMessageBytes(values.number(MAX_MESSAGE_BYTES_CONFIG))
                .compressionType(values.text(COMPRESSION_TYPE_CONFIG))
                .gzipLevel(values.number(COMPRESSION_GZIP_LEVEL_CONFIG))
                .lz4Level(values.number(COMPRESSION_LZ4_LEVEL_CONFIG))
                .zstdLevel(values.number(COMPRESSION_ZSTD_LEVEL_CONFIG))
                .timestampType(TimestampType.forName(values.text(MESSAGE_TIMESTAMP_TYPE_CONFIG)))
                .timestampBeforeMaxMs(values.longNumber(MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG))
                .timestampAfterMaxMs(values.longNumber(MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG))
                .minInsyncReplicas(values.number(MIN_IN_SYNC_REPLICAS_CONFIG))
                .uncleanLeaderElection(values.flag(UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG))
                .preallocate(values.flag(PREALLOCATE_CONFIG))
                .build();
    }
}
