package dev.weir.partition;

import dev.weir.partition.LogMessages.Offsets;
import dev.weir.storage.LogDirectory;
import java.io.IOException;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The checkpoint files of a log directory, each with its own content and its own time to be written. */
enum CheckpointFile {
    /** {@code recovery-point-offset-checkpoint}. */
    RECOVERY_POINTS {
        @Override
        Map<TopicPartition, Long> of(Offsets offsets) {
            return offsets.recoveryPoints();
        }

        @Override
        void write(LogDirectory directory, Map<TopicPartition, Long> content) throws IOException {
            directory.writeRecoveryPoints(content);
        }
    },
    /** {@code log-start-offset-checkpoint}. */
    LOG_STARTS {
        @Override
        Map<TopicPartition, Long> of(Offsets offsets) {
            return offsets.logStartOffsets();
        }

        @Override
        void write(LogDirectory directory, Map<TopicPartition, Long> content) throws IOException {
            directory.writeLogStartOffsets(content);
        }
    },
    /** {@code replication-offset-checkpoint}. */
    HIGH_WATERMARKS {
        @Override
        Map<TopicPartition, Long> of(Offsets offsets) {
            return offsets.highWatermarks();
        }

        @Override
        void write(LogDirectory directory, Map<TopicPartition, Long> content) throws IOException {
            directory.writeHighWatermarks(content);
        }
    },
    /** {@code cleaner-offset-checkpoint}. */
    CLEANED {
        @Override
        Map<TopicPartition, Long> of(Offsets offsets) {
            return offsets.cleaned();
        }

        @Override
        void write(LogDirectory directory, Map<TopicPartition, Long> content) throws IOException {
            directory.writeCleanerOffsets(content);
        }
    };

    /** What goes into the file. */
    abstract Map<TopicPartition, Long> of(Offsets offsets);

    /** Replaces the file. */
    abstract void write(LogDirectory directory, Map<TopicPartition, Long> content) throws IOException;
}
