package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

import java.util.List;

/**
 * Where data lies.
 *
 * @param logDirs {@code log.dirs}, else {@code log.dir}: the directories that share the partitions, as they were written;
 *     never empty, no two alike
 * @param reserveBytes {@code log.dir.reserve.bytes}: free space below which a directory takes no more writes
 */
public record DataSettings(List<String> logDirs, long reserveBytes) {
    static final String LOG_DIR = "log.dir";
    static final String LOG_DIRS = "log.dirs";

    static void declare(Declarations to) {
        to.area("Data directories")
                .fixed(
                        LOG_DIRS,
                        LIST,
                        null,
                        Bounds.nonEmptyList(),
                        HIGH,
                        "The directories that hold the data; partitions are spread over them. Unset, it is `log.dir`.")
                .fixed(
                        LOG_DIR,
                        LIST,
                        List.of("./data"),
                        Bounds.nonEmptyList(),
                        HIGH,
                        "The directory that holds the data, used when `log.dirs` is not set.")
                .fixed(
                        "log.dir.reserve.bytes",
                        LONG,
                        64L * 1024 * 1024,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "Free space, in bytes, below which a data directory takes no more records until there is room again;"
                                + " reading goes on. Kafka has no such setting.");
    }

    static DataSettings of(Values values) {
        List<String> several = values.listOrNull(LOG_DIRS);
        return new DataSettings(
                several == null ? values.list(LOG_DIR) : several, values.longNumber("log.dir.reserve.bytes"));
    }
}
