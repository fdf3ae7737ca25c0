package dev.weir.quorum;

/** The comparisons on which the safety of the log rests, apart from those on votes. */
class SafetyRules {

    /** Whether a leader may commit up to {@code offset}: only with a record of its own epoch (Raft §5.4.2). */
    boolean mayCommit(long offset, long epochStartOffset) {
        return offset > epochStartOffset;
    }

    /** Whether a follower may truncate to {@code offset}: never what is committed. */
    boolean mayTruncate(long offset, long highWatermark) {
        return offset >= highWatermark;
    }

    /** Whether the voters may change: only if this leader has committed, and the change before is committed too (KIP-853). */
    boolean mayChangeVoters(long lastChangeOffset, boolean committedInThisEpoch, long highWatermark) {
        return committedInThisEpoch && lastChangeOffset < highWatermark;
    }
}
