package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.Errors;

/**
 * The role of a replica in one epoch.
 *
 * <pre>
 *                     ┌──────────────── lost ◀───────────────┐
 *                     ▼                                      │
 *   start ──▶ Unattached ── timeout ──▶ Prospective ── majority ──▶ Candidate ── majority ──▶ Leader
 *                 │  ▲                      ▲   │                       │                       │
 *        leader   │  │ higher epoch         │   └── lost, leader known  └─ timeout: Prospective │ no majority,
 *        known    ▼  │                      │                 │                                 │ stop, disk
 *              Follower ── fetch timeout ───┘ ◀───────────────┘                                 ▼
 *                                                            Unattached ◀── timeout ────── Resigned
 * </pre>
 *
 * From every role a message of a higher epoch leads to Follower if it names the leader, else to Unattached. An observer is no
 * role of its own, as in KRaft: it is a replica that isn't among the voters, and is Unattached or Follower without ever
 * standing. A request is refused with FENCED_LEADER_EPOCH in every role if its epoch is older than the role's, and a vote if it
 * names another directory than this one. Votes, and words of who leads, are refused with INCONSISTENT_VOTER_SET if they come in
 * the name of nobody who has a say here ({@link SafetyRules#mayHeed}).
 */
abstract sealed class Role permits Unattached, Prospective, Candidate, Follower, Leader, Resigned {
    private final int epoch;
    private final Optional<ReplicaKey> voted;

    Role(int epoch, Optional<ReplicaKey> voted) {
        this.epoch = epoch;
        this.voted = voted;
    }

    final int epoch() {
        return epoch;
    }

    /** Whom this replica voted for in the epoch. */
    final Optional<ReplicaKey> voted() {
        return voted;
    }

    /** The leader that others are told of, or -1. */
    abstract int leaderId();

    /** The promises to keep on the disk. */
    ElectionState state(ReplicaKey me) {
        return new ElectionState(epoch, leaderId(), voted);
    }

    /** When an election is due here; empty if none is planned. */
    OptionalLong standsAt() {
        return OptionalLong.empty();
    }

    /** Whether a pre-vote is granted to a candidate whose log is at least as long. */
    abstract boolean grantsPreVote();

    /** Whether the vote of this epoch goes to that candidate. One vote, and none if a leader is known already. */
    final boolean grantsVote(Vote vote, ReplicaKey me, boolean upToDate) {
        return voted.map(key -> key.names(vote.candidate()))
                .orElse(upToDate && state(me).leaderId() == ElectionState.NOBODY);
    }

    /** Does what is due: sends requests, minds the deadlines. Called after every event. */
    abstract void act(Quorum quorum);

    /** Ends the role; {@code quorum} has the next one already. */
    void left(Quorum quorum) {}

    /** A candidate with a shorter log, or without the cluster's id, asks: this voter should be quick to stand in its place. */
    void standSooner(Quorum quorum) {}

    void onFetch(Quorum quorum, long requestId, Asker asker, Fetch fetch) {
        quorum.answer(requestId, quorum.noFetch(notLeading(fetch.epoch())));
    }

    void onFetchSnapshot(Quorum quorum, long requestId, FetchSnapshot fetch) {
        quorum.answer(
                requestId,
                new FetchSnapshotResponse(
                        notLeading(fetch.epoch()),
                        epoch,
                        leaderId(),
                        fetch.snapshotId(),
                        fetch.position(),
                        0,
                        0,
                        Optional.empty()));
    }

    void onVoterChange(Quorum quorum, long requestId, QuorumRequest change) {
        quorum.answer(requestId, quorum.voterChange(Errors.NOT_LEADER_OR_FOLLOWER, "this replica does not lead"));
    }

    /** The leader hands over; the first of {@code successors} stands at once. */
    void onEndQuorumEpoch(Quorum quorum, int resignedId, List<ReplicaKey> successors) {}

    void onLeaderLost(Quorum quorum, int lostId, int rank) {}

    void onVote(Quorum quorum, int from, VoteResponse response) {}

    void onEpoch(Quorum quorum, int from, EpochResponse response) {}

    void onRecords(Quorum quorum, int from, FetchResponse response) {}

    void onSnapshot(Quorum quorum, int from, FetchSnapshotResponse response) {}

    void onVoterChanged(Quorum quorum, int from, VoterChangeResponse response) {}

    final Errors notLeading(int requestEpoch) {
        if (requestEpoch < epoch) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        return requestEpoch > epoch ? Errors.UNKNOWN_LEADER_EPOCH : Errors.NOT_LEADER_OR_FOLLOWER;
    }
}
