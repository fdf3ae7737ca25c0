package dev.weir.partition;

import dev.weir.partition.logdirs.LogHome;
import dev.weir.storage.OpenOptions;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * What is known of a log before it is opened.
 *
 * @param recoveryPoint offset below which everything was synced, -1 where unknown
 * @param logStartOffset where it starts, -1 where unknown
 * @param highWatermark offset below which records are committed, 0 where unknown
 * @param cleaned where its last compaction ended, -1 where unknown
 * @param syncFailed whether a sync of it has failed
 */
record KnownOffsets(long recoveryPoint, long logStartOffset, long highWatermark, long cleaned, boolean syncFailed) {
    static final KnownOffsets NOTHING = new KnownOffsets(-1, -1, 0, -1, false);

    /** What the checkpoints of a directory say. */
    static KnownOffsets checkpointed(LogHome home, TopicPartition name) {
        long recoveryPoint = home.recoveryPoints().getOrDefault(name, -1L);
        long start = home.logStartOffsets().getOrDefault(name, -1L);
        long cleaned = home.cleanedOffsets().getOrDefault(name, -1L);
        return home.clean() || recoveryPoint >= 0
                ? new KnownOffsets(recoveryPoint, start, home.highWatermarks().getOrDefault(name, 0L), cleaned, false)
                : new KnownOffsets(-1, start, 0, cleaned, false);
    }

    /** What holds of a log that appears while the broker runs, whatever became of it since the start. */
    static KnownOffsets found(LogHome home, TopicPartition name) {
        return new KnownOffsets(-1, -1, 0, home.cleanedOffsets().getOrDefault(name, -1L), false);
    }

    /** What a log that is given up leaves behind. */
    static KnownOffsets of(Partition partition) {
        return new KnownOffsets(
                partition.log.recoveryPoint(),
                partition.log.logStartOffset(),
                partition.highWatermark(),
                partition.cleanedTo(),
                partition.log.hasFailedSync());
    }

    OpenOptions options(boolean clean, long nowMs, LongUnaryOperator random) {
        return new OpenOptions(clean, recoveryPoint, logStartOffset, cleaned, nowMs, syncFailed, random);
    }
}
