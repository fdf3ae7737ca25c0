package dev.weir.quorum;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A replica that knows the newest epoch and no leader in it. It asks the other voters for one.
 *
 * <p>Requests: a pre-vote is granted to a log at least as long; so is the vote of the epoch, once. BeginQuorumEpoch makes it a
 * follower. Fetch and FetchSnapshot are refused with NOT_LEADER_OR_FOLLOWER, or UNKNOWN_LEADER_EPOCH for a newer epoch.
 * EndQuorumEpoch does nothing.
 *
 * <p>Left: to Prospective when the election timeout is over, if it is a voter; to Follower when a leader becomes known.
 */
final class Unattached extends Role {
    private long standAt;
    private long askAt;

    Unattached(int epoch, Optional<ReplicaKey> voted, long standAt) {
        super(epoch, voted);
        this.standAt = standAt;
    }

    @Override
    int leaderId() {
        return ElectionState.NOBODY;
    }

    @Override
    OptionalLong standsAt() {
        return OptionalLong.of(standAt);
    }

    @Override
    boolean grantsPreVote() {
        return true;
    }

    @Override
    void standSooner(Quorum quorum) {
        standAt = Math.min(standAt, quorum.shortly());
    }

    @Override
    void act(Quorum quorum) {
        if (quorum.now() >= standAt && quorum.mayStand()) {
            quorum.stand();
        } else if (quorum.now() >= askAt) {
            askAt = quorum.now() + 5L * quorum.settings().retryBackoffMs();
            quorum.askForLeader(ElectionState.NOBODY);
        }
    }
}
