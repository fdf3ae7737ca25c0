package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;

/**
 * The changes of the voters that a leader is asked for (KIP-853): one voter at a time, so that any two majorities in succession
 * share a voter. The new set counts from when it is appended; the request is answered when it is committed. Only an update, which
 * changes no majority, is answered at once.
 */
final class VoterChanges {
    private final Leader leader;
    private final List<Pending> pending = new ArrayList<>();

    VoterChanges(Leader leader) {
        this.leader = leader;
    }

    void request(Quorum quorum, long requestId, QuorumRequest request) {
        VoterSet voters = quorum.log().voters();
        if (!voters.pinned()) {
            refuse(quorum, requestId, Errors.UNSUPPORTED_VERSION, "the directories of the voters are not known yet");
        } else if (!areAllowed(quorum)) {
            refuse(quorum, requestId, Errors.REQUEST_TIMED_OUT, "the change before is not committed yet");
        } else if (request instanceof AddVoter add) {
            add(quorum, requestId, voters, add.voter());
        } else if (request instanceof RemoveVoter remove) {
            remove(quorum, requestId, voters, remove.voter());
        } else if (request instanceof UpdateVoter update) {
            update(quorum, requestId, voters, update.voter());
        }
    }

    /** Whether the voters may change now. */
    boolean areAllowed(Quorum quorum) {
        return quorum.rules().mayChangeVoters(quorum.log().votersOffset(), leader.committed() >= 0, leader.committed());
    }

    /** Answers what is committed. */
    void onCommitted(Quorum quorum, long offset) {
        finish(quorum, p -> p.offset() < offset, Errors.NONE, "");
    }

    /** Answers what has taken too long; it may be committed all the same. */
    void expire(Quorum quorum) {
        finish(quorum, p -> quorum.now() >= p.deadline(), Errors.REQUEST_TIMED_OUT, "the change is not committed yet");
    }

    void fail(Quorum quorum) {
        finish(quorum, p -> true, Errors.NOT_LEADER_OR_FOLLOWER, "this replica does not lead any more");
    }

    private void add(Quorum quorum, long requestId, VoterSet voters, Voter voter) {
        Optional<Voter> present = voters.voter(voter.id());
        if (present.isPresent()) {
            refuse(quorum, requestId, Errors.DUPLICATE_VOTER, "there is a voter of that id: " + present.get());
        } else if (!voter.key().pinned()) {
            refuse(quorum, requestId, Errors.INVALID_REQUEST, "a voter needs a directory id");
        } else if (!leader.replication().caughtUp(voter.key(), quorum)) {
            refuse(quorum, requestId, Errors.REQUEST_TIMED_OUT, "the replica has not caught up yet");
        } else {
            change(quorum, requestId, voters.with(voter));
        }
    }

    private void remove(Quorum quorum, long requestId, VoterSet voters, ReplicaKey key) {
        if (!voters.contains(key)) {
            refuse(quorum, requestId, Errors.VOTER_NOT_FOUND, "that replica is no voter: " + key);
        } else if (voters.size() == 1) {
            refuse(quorum, requestId, Errors.INVALID_REQUEST, "the last voter stays");
        } else {
            change(quorum, requestId, voters.without(key.id()));
        }
    }

    private void update(Quorum quorum, long requestId, VoterSet voters, Voter voter) {
        if (!voter.levels().includePinned() || voter.endpoints().isEmpty()) {
            refuse(quorum, requestId, Errors.INVALID_REQUEST, "a voter listens somewhere, and can run at this level");
        } else if (!voters.contains(voter.key())) {
            refuse(quorum, requestId, Errors.VOTER_NOT_FOUND, "that replica is no voter: " + voter.key());
        } else {
            if (!voters.voter(voter.id()).equals(Optional.of(voter))) {
                leader.append(quorum, 1, new LogBatch.Voters(voters.with(voter)));
            }
            // At once, since the voter does not fetch before it has the answer.
            quorum.answer(requestId, quorum.voterChange(Errors.NONE, ""));
        }
    }

    private void change(Quorum quorum, long requestId, VoterSet voters) {
        long deadline = quorum.now() + quorum.settings().requestTimeoutMs();
        pending.add(new Pending(requestId, quorum.log().endOffset(), deadline));
        leader.append(quorum, 1, new LogBatch.Voters(voters));
    }

    private void finish(Quorum quorum, Predicate<Pending> which, Errors error, String message) {
        List<Pending> done = pending.stream().filter(which).toList();
        pending.removeAll(done);
        done.forEach(p -> quorum.answer(p.requestId(), quorum.voterChange(error, message)));
    }

    private static void refuse(Quorum quorum, long requestId, Errors error, String message) {
        quorum.answer(requestId, quorum.voterChange(error, message));
    }

    private record Pending(long requestId, long offset, long deadline) {}
}
