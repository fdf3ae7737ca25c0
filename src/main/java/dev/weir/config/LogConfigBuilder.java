package dev.weir.config;

import org.apache.kafka.common.record.TimestampType;

/**
 * The settings of a log by name, from Kafka's defaults on. Mutable; for one thread, and for one {@link LogConfig}. The methods
 * are named as the record's components, which say what each means. Bounds are checked where users set them, not here.
 */
public final class LogConfigBuilder {
    private int segmentBytes = 1 << 30;
    private long segmentMs = 604_800_000;
    private long segmentJitterMs;
    private int indexBytes = 10 << 20;
    private int indexIntervalBytes = 4096;
    private long retentionMs = 604_800_000;
    private long retentionBytes = -1;
    private long fileDeleteDelayMs = 60_000;
    private long deleteRetentionMs = 86_400_000;
    private long minCompactionLagMs;
    private long maxCompactionLagMs = Long.MAX_VALUE;
    private double minCleanableDirtyRatio = 0.5;
    private boolean compact;
    private boolean delete = true;
    private long flushMessages = Long.MAX_VALUE;
    private long flushMs = Long.MAX_VALUE;
    private int maxMessageBytes = 1_048_588;
    private String compressionType = "producer";
    private int gzipLevel = -1;
    private int lz4Level = 9;
    private int zstdLevel = 3;
    private TimestampType timestampType = TimestampType.CREATE_TIME;
    private long timestampBeforeMaxMs = Long.MAX_VALUE;
    private long timestampAfterMaxMs = 3_600_000;
    private int minInsyncReplicas = 1;
    private boolean uncleanLeaderElection;
    private boolean preallocate;

    public LogConfigBuilder segmentBytes(int value) {
        segmentBytes = value;
        return this;
    }

    public LogConfigBuilder segmentMs(long value) {
        segmentMs = value;
        return this;
    }

    public LogConfigBuilder segmentJitterMs(long value) {
        segmentJitterMs = value;
        return this;
    }

    public LogConfigBuilder indexBytes(int value) {
        indexBytes = value;
        return this;
    }

    public LogConfigBuilder indexIntervalBytes(int value) {
        indexIntervalBytes = value;
        return this;
    }

    public LogConfigBuilder retentionMs(long value) {
        retentionMs = value;
        return this;
    }

    public LogConfigBuilder retentionBytes(long value) {
        retentionBytes = value;
        return this;
    }

    public LogConfigBuilder fileDeleteDelayMs(long value) {
        fileDeleteDelayMs = value;
        return this;
    }

    public LogConfigBuilder deleteRetentionMs(long value) {
        deleteRetentionMs = value;
        return this;
    }

    public LogConfigBuilder minCompactionLagMs(long value) {
        minCompactionLagMs = value;
        return this;
    }

    public LogConfigBuilder maxCompactionLagMs(long value) {
        maxCompactionLagMs = value;
        return this;
    }

    public LogConfigBuilder minCleanableDirtyRatio(double value) {
        minCleanableDirtyRatio = value;
        return this;
    }

    public LogConfigBuilder compact(boolean value) {
        compact = value;
        return this;
    }

    public LogConfigBuilder delete(boolean value) {
        delete = value;
        return this;
    }

    public LogConfigBuilder flushMessages(long value) {
        flushMessages = value;
        return this;
    }

    public LogConfigBuilder flushMs(long value) {
        flushMs = value;
        return this;
    }

    public LogConfigBuilder maxMessageBytes(int value) {
        maxMessageBytes = value;
        return this;
    }

    public LogConfigBuilder compressionType(String value) {
        compressionType = value;
        return this;
    }

    public LogConfigBuilder gzipLevel(int value) {
        gzipLevel = value;
        return this;
    }

    public LogConfigBuilder lz4Level(int value) {
        lz4Level = value;
        return this;
    }

    public LogConfigBuilder zstdLevel(int value) {
        zstdLevel = value;
        return this;
    }

    public LogConfigBuilder timestampType(TimestampType value) {
        timestampType = value;
        return this;
    }

    public LogConfigBuilder timestampBeforeMaxMs(long value) {
        timestampBeforeMaxMs = value;
        return this;
    }

    public LogConfigBuilder timestampAfterMaxMs(long value) {
        timestampAfterMaxMs = value;
        return this;
    }

    public LogConfigBuilder minInsyncReplicas(int value) {
        minInsyncReplicas = value;
        return this;
    }

    public LogConfigBuilder uncleanLeaderElection(boolean value) {
        uncleanLeaderElection = value;
        return this;
    }

    public LogConfigBuilder preallocate(boolean value) {
        preallocate = value;
        return this;
    }

    /** Returns the settings as they are now. */
    public LogConfig build() {
        return new LogConfig(
                segmentBytes,
                segmentMs,
                segmentJitterMs,
                indexBytes,
                indexIntervalBytes,
                retentionMs,
                retentionBytes,
                fileDeleteDelayMs,
                deleteRetentionMs,
                minCompactionLagMs,
                maxCompactionLagMs,
                minCleanableDirtyRatio,
                compact,
                delete,
                flushMessages,
                flushMs,
                maxMessageBytes,
                compressionType,
                gzipLevel,
                lz4Level,
                zstdLevel,
                timestampType,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                minInsyncReplicas,
                uncleanLeaderElection,
                preallocate);
    }
}
