package dev.weir.partition;

import dev.weir.partition.LogMessages.Offsets;
import dev.weir.storage.LogDirectory;
import java.io.IOException;

/** The checkpoint files of a log directory, each with its own content and its own time to be written. */
enum CheckpointFile {
    /** {@code recovery-point-offset-checkpoint}. */
    RECOVERY_POINTS {
        @Override
        void write(LogDirectory directory, Offsets offsets) throws IOException {
            directory.writeRecoveryPoints(offsets.recoveryPoints());
        }
    },
    /** {@code log-start-offset-checkpoint}. */
    LOG_STARTS {
        @Override
        void write(LogDirectory directory, Offsets offsets) throws IOException {
            directory.writeLogStartOffsets(offsets.logStartOffsets());
        }
    },
    /** {@code replication-offset-checkpoint}. */
    HIGH_WATERMARKS {
        @Override
        void write(LogDirectory directory, Offsets offsets) throws IOException {
            directory.writeHighWatermarks(offsets.highWatermarks());
        }
    },
    /** {@code cleaner-offset-checkpoint}. */
    CLEANED {
        @Override
        void write(LogDirectory directory, Offsets offsets) throws IOException {
            directory.writeCleanerOffsets(offsets.cleaned());
        }
    };

    /** Replaces the file. */
    abstract void write(LogDirectory directory, Offsets offsets) throws IOException;
}
