package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

/**
 * The work on logs that goes on behind requests.
 *
 * @param retentionCheckMs {@code log.retention.check.interval.ms}
 * @param recoveryCheckpointMs {@code log.flush.offset.checkpoint.interval.ms}
 * @param startOffsetCheckpointMs {@code log.flush.start.offset.checkpoint.interval.ms}
 * @param highWatermarkCheckpointMs {@code replica.high.watermark.checkpoint.interval.ms}
 * @param moveBytesPerSecond {@code replica.alter.log.dirs.io.max.bytes.per.second}
 * @param strayDeleteDelayMs {@code log.stray.delete.delay.ms}
 */
public record MaintenanceSettings(
        long retentionCheckMs,
        int recoveryCheckpointMs,
        int startOffsetCheckpointMs,
        long highWatermarkCheckpointMs,
        long moveBytesPerSecond,
        long strayDeleteDelayMs) {
    static void declare(Declarations to) {
        to.area("Log maintenance")
                .fixed(
                        "log.retention.check.interval.ms",
                        LONG,
                        300_000L,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "Time between two looks for segments to delete, in milliseconds.")
                .fixed(
                        "log.flush.offset.checkpoint.interval.ms",
                        INT,
                        60_000,
                        Bounds.atLeast(0),
                        HIGH,
                        "Time between two writes of the recovery points, in milliseconds. After an unclean stop"
                                + " each log is checked from there. Compaction's"
                                + " progress is written with them.")
                .fixed(
                        "log.flush.start.offset.checkpoint.interval.ms",
                        INT,
                        60_000,
                        Bounds.atLeast(0),
                        HIGH,
                        "Time between two writes of the log start offsets, in milliseconds.")
                .fixed(
                        "replica.high.watermark.checkpoint.interval.ms",
                        LONG,
                        5_000L,
                        Bounds.atLeast(1),
                        HIGH,
                        "Time between two writes of the high watermarks, in milliseconds.")
                .fixed(
                        "log.stray.delete.delay.ms",
                        LONG,
                        86_400_000L,
                        Bounds.atLeast(-1),
                        MEDIUM,
                        "How long the log of a topic that was deleted while the broker was down is kept, as a directory that"
                                + " ends in -stray, in milliseconds. -1 keeps it until somebody removes it, as Apache Kafka"
                                + " does.")
                .live(
                        "replica.alter.log.dirs.io.max.bytes.per.second",
                        LONG,
                        Long.MAX_VALUE,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The most bytes that moves between log directories copy in a second.")
                .live(
                        ClusterTopicSettings.LEADER_RATE,
                        LONG,
                        Long.MAX_VALUE,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most bytes that followers are sent in a second of the replicas that their topics throttle. Kept"
                                + " for tools that set it: one broker has no followers.")
                .live(
                        ClusterTopicSettings.FOLLOWER_RATE,
                        LONG,
                        Long.MAX_VALUE,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most bytes that followers fetch in a second of the replicas that their topics throttle. Kept for"
                                + " tools that set it: one broker is no follower.");
    }

    static MaintenanceSettings of(Values values) {
        return new MaintenanceSettings(
                values.longNumber("log.retention.check.interval.ms"),
                values.number("log.flush.offset.checkpoint.interval.ms"),
                values.number("log.flush.start.offset.checkpoint.interval.ms"),
                values.longNumber("replica.high.watermark.checkpoint.interval.ms"),
                values.longNumber("replica.alter.log.dirs.io.max.bytes.per.second"),
                values.longNumber("log.stray.delete.delay.ms"));
    }
}
