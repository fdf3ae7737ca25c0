package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import org.jspecify.annotations.Nullable;

/**
 * The log of topics, configurations and other decisions, {@code __cluster_metadata-0}.
 *
 * @param dir {@code metadata.log.dir}: null for the first data directory
 * @param segmentBytes {@code metadata.log.segment.bytes}
 * @param snapshotBytes {@code metadata.log.max.record.bytes.between.snapshots}
 * @param snapshotIntervalMs {@code metadata.log.max.snapshot.interval.ms}
 */
public record MetadataLogSettings(@Nullable String dir, int segmentBytes, long snapshotBytes, long snapshotIntervalMs) {
    static void declare(Declarations to) {
        to.area("Metadata log")
                .fixed(
                        "metadata.log.dir",
                        STRING,
                        null,
                        null,
                        HIGH,
                        "The directory that holds the metadata log. Unset, it is the first of the data"
                                + " directories.")
                .fixed(
                        "metadata.log.segment.bytes",
                        INT,
                        1024 * 1024 * 1024,
                        Bounds.atLeast(8 * 1024 * 1024),
                        HIGH,
                        "The largest size of one segment of the metadata log in bytes.")
                .fixed(
                        "metadata.log.max.record.bytes.between.snapshots",
                        LONG,
                        20L * 1024 * 1024,
                        Bounds.atLeast(1),
                        HIGH,
                        "Bytes of records after which a snapshot is written.")
                .fixed(
                        "metadata.log.max.snapshot.interval.ms",
                        LONG,
                        3_600_000L,
                        Bounds.atLeast(0),
                        HIGH,
                        "Time after which a snapshot is written where there are new records, in milliseconds; 0"
                                + " never writes one for its age.");
    }

    static MetadataLogSettings of(Values values) {
        return new MetadataLogSettings(
                values.textOrNull("metadata.log.dir"),
                values.number("metadata.log.segment.bytes"),
                values.longNumber("metadata.log.max.record.bytes.between.snapshots"),
                values.longNumber("metadata.log.max.snapshot.interval.ms"));
    }
}
