package dev.weir.quorum;

import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A voter that stands for election in an epoch of its own and has voted for itself.
 *
 * <p>Requests: the vote of the epoch is its own; a pre-vote is granted to a log at least as long. BeginQuorumEpoch of the same
 * epoch makes it a follower. Fetch and FetchSnapshot are refused.
 *
 * <p>Left: to Leader with a majority; to Prospective when the election timeout is over, or after a pause if a majority has
 * refused, so that one with a longer log may stand.
 */
final class Candidate extends Role {
    private final Ballot ballot;
    private long deadline;
    private boolean lost;

    Candidate(int epoch, ReplicaKey me, Ballot ballot, long deadline) {
        super(epoch, Optional.of(me));
        this.ballot = ballot;
        this.deadline = deadline;
    }

    @Override
    int leaderId() {
        return ElectionState.NOBODY;
    }

    @Override
    OptionalLong standsAt() {
        return OptionalLong.of(deadline);
    }

    @Override
    boolean grantsPreVote() {
        return true;
    }

    @Override
    void act(Quorum quorum) {
        if (ballot.won()) {
            quorum.becomeLeader(granting());
        } else if (quorum.now() >= deadline) {
            quorum.become(new Unattached(epoch(), voted(), quorum.now()));
        } else if (ballot.lost()) {
            backOff(quorum);
        } else {
            quorum.askForVotes(ballot, false);
        }
    }

    @Override
    void onVote(Quorum quorum, int from, VoteResponse response) {
        ballot.count(from, response.granted());
    }

    private void backOff(Quorum quorum) {
        if (!lost) {
            lost = true;
            deadline = Math.min(deadline, quorum.afterBackoff());
        }
    }

    private List<Integer> granting() {
        return ballot.granting();
    }
}
