package dev.weir.partition;

import dev.weir.partition.logdirs.LogDirAtStart;
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
 * @param end where it ended when this process gave it up, -1 where it has not
 * @param epoch the leader epoch in which records below that end may have been read last, -1 for none
 * @param cutEpoch the leader epoch in which it must not be led again, see {@link ReplicationState#cutIn}; -1 for none
 */
record KnownOffsets(
        long recoveryPoint,
        long logStartOffset,
        long highWatermark,
        long cleaned,
        boolean syncFailed,
        long end,
        int epoch,
        int cutEpoch) {
    static final KnownOffsets NOTHING = atStart(-1, -1, 0, -1);

    private static KnownOffsets atStart(long recoveryPoint, long logStartOffset, long highWatermark, long cleaned) {
        return new KnownOffsets(recoveryPoint, logStartOffset, highWatermark, cleaned, false, -1, -1, -1);
    }

    /** What the checkpoints of a directory say. */
    static KnownOffsets checkpointed(LogDirAtStart logDir, TopicPartition name) {
        long recoveryPoint = logDir.recoveryPoints().getOrDefault(name, -1L);
        long start = logDir.logStartOffsets().getOrDefault(name, -1L);
        long cleaned = logDir.cleanedOffsets().getOrDefault(name, -1L);
        return logDir.clean() || recoveryPoint >= 0
                ? atStart(recoveryPoint, start, logDir.highWatermarks().getOrDefault(name, 0L), cleaned)
                : atStart(-1, start, 0, cleaned);
    }

    /** What holds of a log that appears while the broker runs, whatever became of it since the start. */
    static KnownOffsets found(LogDirAtStart logDir, TopicPartition name) {
        return atStart(-1, -1, 0, logDir.cleanedOffsets().getOrDefault(name, -1L));
    }

    /** What a log that is given up leaves behind. */
    static KnownOffsets of(Partition partition) {
        return new KnownOffsets(
                partition.log.recoveryPoint(),
                partition.log.logStartOffset(),
                partition.highWatermark(),
                partition.cleanedTo(),
                partition.log.hasFailedSync(),
                partition.log.logEndOffset(),
                partition.leaderEpoch(),
                partition.cutEpoch());
    }

    /** The leader epoch in which a log that ends here now must not be led again; -1 where it has lost nothing. */
    int cutAt(long endNow) {
        return endNow < end ? epoch : cutEpoch;
    }

    /** The same of a log of which a sync has failed since. */
    KnownOffsets withFailedSync() {
        return new KnownOffsets(recoveryPoint, logStartOffset, highWatermark, cleaned, true, end, epoch, cutEpoch);
    }

    /** The same with another recovery point. */
    KnownOffsets withRecoveryPoint(long other) {
        return new KnownOffsets(other, logStartOffset, highWatermark, cleaned, syncFailed, end, epoch, cutEpoch);
    }

    OpenOptions options(boolean clean, long nowMs, LongUnaryOperator random) {
        return new OpenOptions(clean, recoveryPoint, logStartOffset, cleaned, nowMs, syncFailed, random);
    }
}
