package dev.weir.storage.directory;

import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition's directory in a log directory.
 *
 * @param partition named by the directory
 * @param kind live, or which suffix it carries
 * @param path of the directory
 */
public record PartitionDirectory(TopicPartition partition, Kind kind, Path path) {
    /** What the suffix of the name says. */
    public enum Kind {
        LIVE,
        /** {@code .<id>-delete}: to be removed. */
        DELETE,
        /** {@code .<id>-future}: being moved here from another log directory. */
        FUTURE,
        /** {@code .<id>-stray}: of a topic this broker does not hold. */
        STRAY
    }
}
