package dev.weir.quorum;

import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.OptionalLong;

/**
 * A voter that asks whether it would be elected, before it disturbs anyone (KIP-996). The epoch stays, and so do the leader and
 * the vote it had.
 *
 * <p>Requests: a pre-vote is granted to a log at least as long; so is the vote of the epoch, if it has not voted and knows no
 * leader: it is Unattached then. BeginQuorumEpoch makes it a follower. Fetch and FetchSnapshot are refused.
 *
 * <p>Left: to Candidate with a majority; else to Follower of the leader it had, or to Unattached without one.
 */
final class Prospective extends Role {
    private final int leaderId;
    private final boolean leaderIsLost;
    private final Ballot ballot;
    private final long deadline;

    Prospective(Role before, boolean leaderIsLost, Ballot ballot, long deadline) {
        super(before.epoch(), before.voted());
        this.leaderId = before.leaderId();
        this.leaderIsLost = leaderIsLost;
        this.ballot = ballot;
        this.deadline = deadline;
    }

    @Override
    int leaderId() {
        return leaderId;
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
            quorum.becomeCandidate();
        } else if (ballot.lost() || quorum.now() >= deadline) {
            lose(quorum);
        } else {
            quorum.askForVotes(ballot, true);
        }
    }

    @Override
    void onVote(Quorum quorum, int from, VoteResponse response) {
        ballot.count(from, response.granted());
    }

    private void lose(Quorum quorum) {
        if (leaderId < 0) {
            quorum.become(new Unattached(epoch(), voted(), quorum.afterBackoff()));
            return;
        }
        Follower follower = new Follower(epoch(), leaderId, voted(), quorum.fetchDeadline());
        if (leaderIsLost) {
            follower.doubt(quorum.afterBackoff());
        }
        quorum.become(follower);
    }
}
