package dev.weir.storage;

import java.util.function.LongUnaryOperator;

/**
 * What is known about a partition's directory when its log is opened.
 *
 * @param cleanShutdown whether the log directory held the clean-shutdown marker
 * @param recoveryPoint offset below which everything was synced, of {@code recovery-point-offset-checkpoint}; -1 when
 *     the checkpoint does not name the partition
 * @param logStartOffset of {@code log-start-offset-checkpoint}; -1 when the checkpoint does not name the partition
 * @param cleanedOffset where compaction had come to, of {@code cleaner-offset-checkpoint}; -1 when it does not name the
 *     partition. Only below it may segments leave gaps
 * @param nowMs wall clock
 * @param syncFailed whether a sync of this log failed since the system started: the system may then count bytes above the
 *     recovery point as written that are not, so they are written anew
 * @param jitter answers a random number in {@code [0, bound)} for a positive bound; spreads time-based rolls
 */
public record OpenOptions(
        boolean cleanShutdown,
        long recoveryPoint,
        long logStartOffset,
        long cleanedOffset,
        long nowMs,
        boolean syncFailed,
        LongUnaryOperator jitter) {

    /** A partition of which nothing is known yet. */
    public static OpenOptions fresh(long nowMs) {
        return new OpenOptions(false, -1, -1, -1, nowMs, false, bound -> 0);
    }
}
