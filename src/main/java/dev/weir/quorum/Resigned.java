package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/**
 * The leader of this epoch after it has given up, or after a restart: what it had not synced may be gone, so it neither appends
 * in this epoch again nor lets anyone else lead in it. It tells the voters with EndQuorumEpoch.
 *
 * <p>Requests: the vote of the epoch was its own; a pre-vote is granted to a log at least as long. Fetch and FetchSnapshot are
 * refused with NOT_LEADER_OR_FOLLOWER, naming no leader.
 *
 * <p>Left: to Unattached in the next epoch when the election timeout is over.
 */
final class Resigned extends Role {
    private final List<ReplicaKey> successors;
    private final Set<Integer> told = new HashSet<>();
    private final long deadline;

    Resigned(int epoch, Optional<ReplicaKey> voted, List<ReplicaKey> successors, long deadline) {
        super(epoch, voted);
        this.successors = successors;
        this.deadline = deadline;
    }

    @Override
    int leaderId() {
        return ElectionState.NOBODY;
    }

    @Override
    ElectionState state(ReplicaKey me) {
        return new ElectionState(epoch(), me.id(), voted());
    }

    @Override
    boolean grantsPreVote() {
        return true;
    }

    @Override
    void act(Quorum quorum) {
        if (quorum.now() >= deadline) {
            if (!quorum.hasNextEpoch()) {
                return;
            }
            quorum.become(new Unattached(epoch() + 1, Optional.empty(), quorum.electionDeadline()));
            return;
        }
        quorum.sendToVoters(
                voter -> !told.contains(voter.id()),
                voter -> new EndQuorumEpoch(quorum.me().id(), epoch(), successors));
    }

    @Override
    void onEpoch(Quorum quorum, int from, EpochResponse response) {
        if (response.error() == Errors.NONE) {
            told.add(from);
        }
    }
}
