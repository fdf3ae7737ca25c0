package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

/**
 * Compaction.
 *
 * @param enabled {@code log.cleaner.enable}
 * @param threads {@code log.cleaner.threads}
 * @param dedupeBufferBytes {@code log.cleaner.dedupe.buffer.size}
 * @param ioBufferBytes {@code log.cleaner.io.buffer.size}
 * @param loadFactor {@code log.cleaner.io.buffer.load.factor}
 * @param maxBytesPerSecond {@code log.cleaner.io.max.bytes.per.second}
 * @param backoffMs {@code log.cleaner.backoff.ms}
 */
public record CleanerSettings(
        boolean enabled,
        int threads,
        long dedupeBufferBytes,
        int ioBufferBytes,
        double loadFactor,
        double maxBytesPerSecond,
        long backoffMs) {
    static void declare(Declarations to) {
        to.area("Log cleaner")
                .fixed(
                        "log.cleaner.enable",
                        BOOLEAN,
                        true,
                        null,
                        MEDIUM,
                        "Whether logs are compacted at all. Turned off, compacted topics grow for ever.")
                .live(
                        "log.cleaner.threads",
                        INT,
                        1,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "How many logs are compacted at once, at most one for each of `num.io.threads`. 0 for none.")
                .live(
                        "log.cleaner.dedupe.buffer.size",
                        LONG,
                        128L * 1024 * 1024,
                        Bounds.atLeast(1024 * 1024),
                        MEDIUM,
                        "Memory for the newest offset of each key, in bytes, over all cleaner threads.")
                .live(
                        "log.cleaner.io.buffer.size",
                        INT,
                        512 * 1024,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "Memory for reading and writing, in bytes, over all cleaner threads.")
                .live(
                        "log.cleaner.io.buffer.load.factor",
                        DOUBLE,
                        0.9,
                        Bounds.that("more than 0, up to 1", value -> (Double) value > 0 && (Double) value <= 1),
                        MEDIUM,
                        "How full the offset memory may become. Fuller cleans more at once and has more"
                                + " collisions.")
                .live(
                        "log.cleaner.io.max.bytes.per.second",
                        DOUBLE,
                        Double.MAX_VALUE,
                        Bounds.moreThanZero(),
                        MEDIUM,
                        "The most bytes that compaction reads and writes in a second.")
                .live(
                        "log.cleaner.backoff.ms",
                        LONG,
                        15_000L,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "How long the cleaner sleeps when there is nothing to compact, in milliseconds.");
    }

    static CleanerSettings of(Values values) {
        return new CleanerSettings(
                values.flag("log.cleaner.enable"),
                values.number("log.cleaner.threads"),
                values.longNumber("log.cleaner.dedupe.buffer.size"),
                values.number("log.cleaner.io.buffer.size"),
                values.fraction("log.cleaner.io.buffer.load.factor"),
                values.fraction("log.cleaner.io.max.bytes.per.second"),
                values.longNumber("log.cleaner.backoff.ms"));
    }
}
