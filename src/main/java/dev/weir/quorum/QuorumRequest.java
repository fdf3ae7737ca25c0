package dev.weir.quorum;

import java.util.List;
import java.util.Optional;

/**
 * A request of KRaft, without what every one of them names alike: topic and endpoints are the driver's, and so is the cluster id,
 * except where a replica may not know it yet.
 */
public sealed interface QuorumRequest {
    /** The id of the replica that the request speaks for, or -1 if it is an administrator's. Anybody may name any id. */
    int speaker();

    /**
     * Asks for a vote, or whether one would be given (KIP-595, 996).
     *
     * @param candidate who asks
     * @param voter who is asked, as the candidate knows it
     * @param epoch that the candidate stands in; of a pre-vote, the newest that it knows
     * @param logEnd the end of the candidate's log
     * @param preVote whether nothing is promised by the answer
     * @param clusterId that the candidate knows
     */
    record Vote(
            ReplicaKey candidate,
            ReplicaKey voter,
            int epoch,
            OffsetAndEpoch logEnd,
            boolean preVote,
            Optional<String> clusterId)
            implements QuorumRequest {
        @Override
        public int speaker() {
            return candidate.id();
        }
    }

    /**
     * Tells a voter who leads.
     *
     * @param leaderId who leads
     * @param epoch in which
     * @param voter the receiver as the leader knows it
     * @param clusterId of the cluster; a receiver that knows none takes it over
     */
    record BeginQuorumEpoch(int leaderId, int epoch, ReplicaKey voter, Optional<String> clusterId)
            implements QuorumRequest {
        @Override
        public int speaker() {
            return leaderId;
        }
    }

    /** Tells the voters that the leader has resigned; the first of {@code successors} stands at once. */
    record EndQuorumEpoch(int leaderId, int epoch, List<ReplicaKey> successors) implements QuorumRequest {
        public EndQuorumEpoch {
            successors = List.copyOf(successors);
        }

        @Override
        public int speaker() {
            return leaderId;
        }
    }

    /**
     * Asks for records, and says that everything below {@code fetchOffset} is synced here.
     *
     * @param replica who asks
     * @param epoch the newest that it knows
     * @param fetchOffset the end of its log
     * @param lastFetchedEpoch the epoch of the last record in its log
     * @param highWatermark that it knows; the answer does not wait if the leader's is higher (KIP-1166)
     * @param maxWaitMs how long the answer may wait for news
     */
    record Fetch(
            ReplicaKey replica, int epoch, long fetchOffset, int lastFetchedEpoch, long highWatermark, int maxWaitMs)
            implements QuorumRequest {
        @Override
        public int speaker() {
            return replica.id();
        }
    }

    /** Asks for the bytes of a snapshot from {@code position} on (KIP-630). */
    record FetchSnapshot(ReplicaKey replica, int epoch, OffsetAndEpoch snapshotId, long position)
            implements QuorumRequest {
        @Override
        public int speaker() {
            return replica.id();
        }
    }

    /** Asks the leader to make a replica that has caught up a voter (KIP-853). */
    record AddVoter(Voter voter) implements QuorumRequest {
        @Override
        public int speaker() {
            return ElectionState.NOBODY;
        }
    }

    /** Asks the leader to make a voter an observer. */
    record RemoveVoter(ReplicaKey voter) implements QuorumRequest {
        @Override
        public int speaker() {
            return ElectionState.NOBODY;
        }
    }

    /** Tells the leader where a voter listens now, and what it can run at. */
    record UpdateVoter(Voter voter) implements QuorumRequest {
        @Override
        public int speaker() {
            return voter.id();
        }
    }
}
