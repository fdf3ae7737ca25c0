package dev.weir.quorum;

import java.util.Optional;

/** The comparisons on which the safety of the log rests, apart from those on votes, and that keep strangers out. */
class SafetyRules {

    /** Whether a leader may commit up to {@code offset}: only with a record of its own epoch (Raft §5.4.2). */
    boolean mayCommit(long offset, long epochStartOffset) {
        return offset > epochStartOffset;
    }

    /** Whether a follower may truncate to {@code offset}: never what is committed. */
    boolean mayTruncate(long offset, long highWatermark) {
        return offset >= highWatermark;
    }

    /**
     * Whether a request may move the epoch, get a vote, or name the leader, though the replica that it names is no voter here.
     *
     * @param registered whether that replica is a registered broker: it may be a voter by a record that is not here yet
     * @param candidate whether it asks for a vote
     * @param leaderless whether no leader is known here, or it is in doubt
     * @param lonely whether a voter has heard of no leader for long: then anybody may ask for its vote, without which nobody
     *     may be able to lead
     */
    boolean mayHeed(boolean registered, boolean candidate, boolean leaderless, boolean lonely) {
        return leaderless && (registered || (candidate && lonely));
    }

    /** Whether a candidate that names this cluster, or none, may lead: not without the id that this voter knows. */
    boolean mayLead(ClusterName known, Optional<String> candidates) {
        return known.mayLead(candidates);
    }

    /** Whether the voters may change: only if this leader has committed, and the change before is committed too (KIP-853). */
    boolean mayChangeVoters(long lastChangeOffset, boolean committedInThisEpoch, long highWatermark) {
        return committedInThisEpoch && lastChangeOffset < highWatermark;
    }
}
