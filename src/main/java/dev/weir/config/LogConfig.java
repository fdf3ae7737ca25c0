package dev.weir.config;

import org.apache.kafka.common.record.TimestampType;

/**
 * The settings that one partition's log obeys: the broker's defaults with the topic's own values over them. Immutable; a
 * change of a topic's configuration hands the owner of the log a new one.
 *
 * @param segmentBytes {@code segment.bytes}: a segment is rolled before it would exceed this size, in bytes
 * @param segmentMs {@code segment.ms}: a segment is rolled at this age, counted in record time, in milliseconds
 * @param segmentJitterMs {@code segment.jitter.ms}: the most that is subtracted from {@code segmentMs} at random
 * @param indexBytes {@code segment.index.bytes}: the most bytes of one offset index
 * @param indexIntervalBytes {@code index.interval.bytes}: log bytes between two index entries
 * @param retentionMs {@code retention.ms}: age at which a segment is deleted; -1 keeps it for ever
 * @param retentionBytes {@code retention.bytes}: size above which old segments are deleted; -1 for no bound
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}: time between renaming a file to {@code .deleted} and unlinking it
 * @param deleteRetentionMs {@code delete.retention.ms}: how long a tombstone outlives its compaction
 * @param minCompactionLagMs {@code min.compaction.lag.ms}: age below which a record is not compacted
 * @param maxCompactionLagMs {@code max.compaction.lag.ms}: age above which a log is compacted whatever its dirty ratio
 * @param minCleanableDirtyRatio {@code min.cleanable.dirty.ratio}: share of dirty bytes above which a log is compacted
 * @param compact whether {@code cleanup.policy} holds {@code compact}
 * @param delete whether {@code cleanup.policy} holds {@code delete}
 * @param flushMessages {@code flush.messages}: records after which the log is synced; 1 means before each acknowledgement
 * @param flushMs {@code flush.ms}: the longest a record stays unsynced, in milliseconds
 * @param maxMessageBytes {@code max.message.bytes}: the largest batch accepted
 * @param compressionType {@code compression.type}: producer, uncompressed, gzip, snappy, lz4 or zstd
 * @param gzipLevel {@code compression.gzip.level}
 * @param lz4Level {@code compression.lz4.level}
 * @param zstdLevel {@code compression.zstd.level}
 * @param timestampType {@code message.timestamp.type}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
 * @param minInsyncReplicas {@code min.insync.replicas}
 * @param uncleanLeaderElection {@code unclean.leader.election.enable}
 * @param preallocate {@code preallocate}
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int indexBytes,
        int indexIntervalBytes,
        long retentionMs,
        long retentionBytes,
        long fileDeleteDelayMs,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        double minCleanableDirtyRatio,
        boolean compact,
        boolean delete,
        long flushMessages,
        long flushMs,
        int maxMessageBytes,
        String compressionType,
        int gzipLevel,
        int lz4Level,
        int zstdLevel,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        int minInsyncReplicas,
        boolean uncleanLeaderElection,
        boolean preallocate) {}
