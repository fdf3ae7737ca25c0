package dev.weir.partition;

import dev.weir.storage.EpochEndOffset;
import java.util.OptionalLong;

/** Where a follower cuts its log, by what the leader has answered (KIP-101, KIP-279). Pure; no high watermark is ever asked. */
final class TruncationPoint {
    private TruncationPoint() {}

    /**
     * Where to cut a log that parts from the leader's. The epoch that the leader names is its largest that is not above the one of
     * this log's last record. So what is left ends in an older epoch, or earlier in the same one, and this comes to an end after as
     * many questions as there are epochs.
     *
     * @param leaders the leader's epoch, and where it ends in its log
     * @param own the end in this log of the largest epoch that is not above the leader's, or undefined
     * @param logEndOffset of this log
     * @return the new end, at most the old one
     */
    static long ofDiverging(EpochEndOffset leaders, EpochEndOffset own, long logEndOffset) {
        if (own.isUndefined()) {
            return Math.min(leaders.endOffset(), logEndOffset);
        }
        if (own.leaderEpoch() != leaders.leaderEpoch()) {
            // The leader's epoch is not in this log: all that comes after an older one is not the leader's.
            return Math.min(own.endOffset(), logEndOffset);
        }
        return Math.min(Math.min(own.endOffset(), leaders.endOffset()), logEndOffset);
    }

    /**
     * Where to start over with a log whose end the leader does not have; empty if it must not. Only a log that ends below the
     * leader's start is given up, and one without records: the leader may have been shorter than the log only when it answered.
     *
     * @param logStartOffset of this log
     * @param logEndOffset of this log
     * @param leaderStartOffset the start of the leader's log, from the answer that said so; -1 if it did not say
     */
    static OptionalLong ofOutOfRange(long logStartOffset, long logEndOffset, long leaderStartOffset) {
        boolean behind = logEndOffset < leaderStartOffset;
        boolean empty = logStartOffset == logEndOffset && logEndOffset != leaderStartOffset;
        return leaderStartOffset >= 0 && (behind || empty) ? OptionalLong.of(leaderStartOffset) : OptionalLong.empty();
    }
}
