package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** The answers to requests, as far as they are the same in every role; the rest is the role's. */
final class RequestAnswers {
    private final Quorum quorum;

    RequestAnswers(Quorum quorum) {
        this.quorum = quorum;
    }

    void answer(Requested asked) {
        long requestId = asked.requestId();
        QuorumRequest request = asked.request();
        if (request instanceof Vote vote) {
            quorum.answer(requestId, vote(vote, asked.asker()));
        } else if (request instanceof BeginQuorumEpoch begin) {
            quorum.answer(requestId, begin(begin, asked.asker()));
        } else if (request instanceof EndQuorumEpoch end) {
            quorum.answer(requestId, end(end, asked.asker()));
        } else if (request instanceof Fetch fetch) {
            fetch(requestId, asked.asker(), fetch);
        } else if (request instanceof FetchSnapshot fetch) {
            quorum.role().onFetchSnapshot(quorum, requestId, fetch);
        } else {
            quorum.role().onVoterChange(quorum, requestId, request);
        }
    }

    /** Answers for a replica that takes no more part. */
    void refuse(long requestId, QuorumRequest request) {
        Errors error = Errors.BROKER_NOT_AVAILABLE;
        if (request instanceof Vote) {
            quorum.answer(requestId, voted(error, false));
        } else if (request instanceof Fetch) {
            quorum.answer(requestId, quorum.noFetch(error));
        } else if (request instanceof FetchSnapshot fetch) {
            quorum.answer(requestId, noSnapshot(error, fetch));
        } else if (request instanceof BeginQuorumEpoch || request instanceof EndQuorumEpoch) {
            quorum.answer(requestId, epoch(error));
        } else {
            quorum.answer(requestId, quorum.voterChange(error, "this replica takes no part"));
        }
    }

    private VoteResponse vote(Vote vote, Asker asker) {
        if (quorum.cluster().contradicts(vote.clusterId())) {
            return voted(Errors.INCONSISTENT_CLUSTER_ID, false);
        }
        OffsetAndEpoch end = vote.logEnd();
        int newestPossible = vote.preVote() ? vote.epoch() : vote.epoch() - 1;
        if (end.offset() < 0 || end.epoch() < 0 || end.epoch() > newestPossible) {
            return voted(Errors.INVALID_REQUEST, false);
        }
        Errors refusal = quorum.admit(vote.speaker(), asker, vote.epoch(), true);
        if (refusal != Errors.NONE) {
            return voted(refusal, false);
        }
        if (vote.epoch() > quorum.role().epoch()) {
            quorum.unattach(vote.epoch());
        }
        if (!vote.voter().names(quorum.me())) {
            return voted(Errors.INVALID_VOTER_KEY, false);
        }
        return voted(Errors.NONE, quorum.mayVote() && granted(vote));
    }

    private boolean granted(Vote vote) {
        Role role = quorum.role();
        boolean mayLead = quorum.rules().mayLead(quorum.cluster(), vote.clusterId());
        boolean upToDate = mayLead && vote.logEnd().compareTo(quorum.log().end()) >= 0;
        if (vote.preVote()) {
            if (!upToDate && quorum.mayStand()) {
                role.standSooner(quorum);
            }
            return upToDate && role.grantsPreVote();
        }
        boolean granted = mayLead && role.grantsVote(vote, quorum.me(), upToDate);
        if (granted && role.voted().isEmpty()) {
            Optional<ReplicaKey> voted = Optional.of(vote.candidate());
            quorum.become(new Unattached(role.epoch(), voted, quorum.electionDeadline()));
        }
        return granted;
    }

    private EpochResponse begin(BeginQuorumEpoch begin, Asker asker) {
        if (quorum.cluster().contradicts(begin.clusterId())) {
            return epoch(Errors.INCONSISTENT_CLUSTER_ID);
        }
        Errors refusal = quorum.admit(begin.speaker(), asker, begin.epoch(), false);
        if (refusal != Errors.NONE) {
            return epoch(refusal);
        }
        quorum.nameCluster(begin.clusterId());
        if (quorum.role() instanceof Prospective asking
                && asking.epoch() == begin.epoch()
                && asking.leaderId() == begin.leaderId()) {
            quorum.follow(begin.epoch(), begin.leaderId());
        }
        quorum.learn(begin.epoch(), begin.leaderId());
        return epoch(begin.voter().names(quorum.me()) ? Errors.NONE : Errors.INVALID_VOTER_KEY);
    }

    private EpochResponse end(EndQuorumEpoch end, Asker asker) {
        Errors refusal = quorum.admit(end.speaker(), asker, end.epoch(), false);
        if (refusal != Errors.NONE) {
            return epoch(refusal);
        }
        quorum.learn(end.epoch(), end.leaderId());
        quorum.role().onEndQuorumEpoch(quorum, end.leaderId(), end.successors());
        return epoch(Errors.NONE);
    }

    private void fetch(long requestId, Asker asker, Fetch fetch) {
        if (fetch.fetchOffset() < 0 || fetch.lastFetchedEpoch() < 0 || fetch.lastFetchedEpoch() > fetch.epoch()) {
            quorum.answer(requestId, quorum.noFetch(Errors.INVALID_REQUEST));
        } else {
            quorum.role().onFetch(quorum, requestId, asker, fetch);
        }
    }

    private VoteResponse voted(Errors error, boolean granted) {
        return new VoteResponse(error, quorum.role().epoch(), quorum.role().leaderId(), granted);
    }

    private EpochResponse epoch(Errors error) {
        return new EpochResponse(error, quorum.role().epoch(), quorum.role().leaderId());
    }

    private FetchSnapshotResponse noSnapshot(Errors error, FetchSnapshot fetch) {
        return new FetchSnapshotResponse(
                error,
                quorum.role().epoch(),
                quorum.role().leaderId(),
                fetch.snapshotId(),
                fetch.position(),
                0,
                0,
                Optional.empty());
    }
}
