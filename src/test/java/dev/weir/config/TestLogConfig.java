package dev.weir.config;

import java.util.function.Consumer;
import org.apache.kafka.common.record.TimestampType;

/** The settings of a log for tests: Kafka's defaults, and whatever a test changes, without the bounds that users have. */
public final class TestLogConfig {
    public int segmentBytes = 1 << 30;
    public int indexBytes = 10 << 20;
    public int indexIntervalBytes = 4096;
    public long retentionMs = 604_800_000;
    public long retentionBytes = -1;
    public long deleteRetentionMs = 86_400_000;
    public long minCompactionLagMs;
    public long maxCompactionLagMs = Long.MAX_VALUE;
    public double minCleanableDirtyRatio = 0.5;
    public boolean compact;
    public boolean delete = true;
    public long flushMessages = Long.MAX_VALUE;
    public int maxMessageBytes = 1_048_588;
    public String compressionType = "producer";
    public TimestampType timestampType = TimestampType.CREATE_TIME;
    public long timestampBeforeMaxMs = Long.MAX_VALUE;
    public long timestampAfterMaxMs = 3_600_000;
    public int minInsyncReplicas = 1;
    public boolean uncleanLeaderElection;

    private TestLogConfig() {}

    /** Kafka's defaults with a change. */
    public static LogConfig of(Consumer<TestLogConfig> change) {
        TestLogConfig settings = new TestLogConfig();
        change.accept(settings);
        return settings.build();
    }

    private LogConfig build() {
        return new LogConfigBuilder()
                .segmentBytes(segmentBytes)
                .indexBytes(indexBytes)
                .indexIntervalBytes(indexIntervalBytes)
                .retentionMs(retentionMs)
                .retentionBytes(retentionBytes)
                .deleteRetentionMs(deleteRetentionMs)
                .minCompactionLagMs(minCompactionLagMs)
                .maxCompactionLagMs(maxCompactionLagMs)
                .minCleanableDirtyRatio(minCleanableDirtyRatio)
                .compact(compact)
                .delete(delete)
                .flushMessages(flushMessages)
                .maxMessageBytes(maxMessageBytes)
                .compressionType(compressionType)
                .timestampType(timestampType)
                .timestampBeforeMaxMs(timestampBeforeMaxMs)
                .timestampAfterMaxMs(timestampAfterMaxMs)
                .minInsyncReplicas(minInsyncReplicas)
                .uncleanLeaderElection(uncleanLeaderElection)
                .build();
    }
}
