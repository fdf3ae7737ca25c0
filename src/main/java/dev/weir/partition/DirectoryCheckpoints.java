package dev.weir.partition;

import dev.weir.partition.LogMessages.Checkpoints;
import dev.weir.partition.LogMessages.Offsets;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the checkpoint files of the log directories, which cover the partitions of all shards. */
final class DirectoryCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryCheckpoints.class);

    private DirectoryCheckpoints() {}

    /** Replaces the files; answers whether all could be written. */
    static boolean write(List<LogHome> homes, List<Checkpoints> ofShards) {
        boolean written = true;
        for (LogHome home : homes) {
            Offsets merged = Offsets.empty();
            for (Checkpoints shard : ofShards) {
                Offsets own = shard.byDirectory().get(home.id());
                if (own != null) {
                    merged.recoveryPoints().putAll(own.recoveryPoints());
                    merged.logStartOffsets().putAll(own.logStartOffsets());
                    merged.highWatermarks().putAll(own.highWatermarks());
                    merged.cleaned().putAll(own.cleaned());
                }
            }
            try {
                home.directory().writeRecoveryPoints(merged.recoveryPoints());
                home.directory().writeLogStartOffsets(merged.logStartOffsets());
                home.directory().writeHighWatermarks(merged.highWatermarks());
                home.directory().writeCleanerOffsets(merged.cleaned());
            } catch (IOException e) {
                LOG.error("Cannot write the checkpoints of {}: {}", home.path(), e.getMessage());
                written = false;
            }
        }
        return written;
    }
}
