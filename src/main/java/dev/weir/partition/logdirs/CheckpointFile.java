package dev.weir.partition.logdirs;

import dev.weir.partition.client.LogMessages.Offsets;
import dev.weir.storage.directory.LogDirectory;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/** The checkpoint files of a log directory, each with its own content and its own time to be written. */
@SuppressWarnings("ImmutableEnumChecker") // the functions are references to methods without state
enum CheckpointFile {
    /** {@code recovery-point-offset-checkpoint}. */
    RECOVERY_POINTS(Offsets::recoveryPoints, LogDirectory::writeRecoveryPoints),
    /** {@code log-start-offset-checkpoint}. */
    LOG_STARTS(Offsets::logStartOffsets, LogDirectory::writeLogStartOffsets),
    /** {@code replication-offset-checkpoint}. */
    HIGH_WATERMARKS(Offsets::highWatermarks, LogDirectory::writeHighWatermarks),
    /** {@code cleaner-offset-checkpoint}. */
    CLEANED(Offsets::cleaned, LogDirectory::writeCleanerOffsets);

    private final Function<Offsets, Map<TopicPartition, Long>> content;
    private final Write write;

    CheckpointFile(Function<Offsets, Map<TopicPartition, Long>> content, Write write) {
        this.content = content;
        this.write = write;
    }

    private interface Write {
        void to(LogDirectory directory, Map<TopicPartition, Long> content) throws IOException;
    }

    /** What goes into the file. */
    Map<TopicPartition, Long> of(Offsets offsets) {
        return content.apply(offsets);
    }

    /** Replaces the file. */
    void write(LogDirectory directory, Map<TopicPartition, Long> newContent) throws IOException {
        write.to(directory, newContent);
    }
}
