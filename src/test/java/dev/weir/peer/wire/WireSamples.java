package dev.weir.peer.wire;

import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** One request and its answers for each API of the quorum, with a value in each field. */
final class WireSamples {
    static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(1, 11));
    static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(2, 22));
    static final List<Voter.Endpoint> ENDPOINTS = List.of(
            new Voter.Endpoint("CONTROLLER", "one.example", 9093), new Voter.Endpoint("OTHER", "one.example", 9094));
    static final Optional<String> CLUSTER = Optional.of("cluster");
    static final Voter VOTER = new Voter(ONE, ENDPOINTS);
    static final OffsetAndEpoch END = new OffsetAndEpoch(77, 4);

    private WireSamples() {}

    static List<QuorumRequest> requests() {
        return List.of(
                new Vote(ONE, TWO, 5, END, false, CLUSTER),
                new Vote(ONE, TWO, 5, END, true, Optional.empty()),
                new BeginQuorumEpoch(1, 5, TWO, CLUSTER),
                new EndQuorumEpoch(1, 5, List.of(TWO, ONE)),
                new Fetch(TWO, 5, 77, 4, 70, 500),
                new FetchSnapshot(TWO, 5, END, 1_000),
                new AddVoter(VOTER),
                new RemoveVoter(TWO),
                new UpdateVoter(VOTER));
    }

    static List<QuorumAnswer> answers(QuorumRequest request) {
        if (request instanceof Vote) {
            return List.of(
                    QuorumAnswer.of(new VoteResponse(Errors.NONE, 5, -1, true)),
                    QuorumAnswer.of(new VoteResponse(Errors.FENCED_LEADER_EPOCH, 6, 3, false)));
        } else if (request instanceof BeginQuorumEpoch || request instanceof EndQuorumEpoch) {
            return List.of(
                    QuorumAnswer.of(new EpochResponse(Errors.NONE, 5, 1)),
                    QuorumAnswer.of(new EpochResponse(Errors.INVALID_VOTER_KEY, 6, 3)));
        } else if (request instanceof Fetch) {
            return List.of(
                    new QuorumAnswer(fetched(Errors.NONE, null, null), ByteBuffer.wrap(new byte[] {1, 2, 3})),
                    QuorumAnswer.of(fetched(Errors.NONE, END, null)),
                    QuorumAnswer.of(fetched(Errors.NONE, null, END)),
                    QuorumAnswer.of(fetched(Errors.NOT_LEADER_OR_FOLLOWER, null, null)));
        } else if (request instanceof FetchSnapshot) {
            return List.of(
                    new QuorumAnswer(snapshot(Errors.NONE, 3), ByteBuffer.wrap(new byte[] {1, 2, 3})),
                    QuorumAnswer.of(snapshot(Errors.SNAPSHOT_NOT_FOUND, 0)));
        } else if (request instanceof UpdateVoter) {
            return List.of(
                    QuorumAnswer.of(new VoterChangeResponse(Errors.NONE, 5, 3, "")),
                    QuorumAnswer.of(new VoterChangeResponse(Errors.VOTER_NOT_FOUND, 5, 3, "")));
        }
        return List.of(
                QuorumAnswer.of(new VoterChangeResponse(Errors.NONE, -1, -1, "")),
                QuorumAnswer.of(new VoterChangeResponse(Errors.DUPLICATE_VOTER, -1, -1, "it is one already")));
    }

    private static QuorumResponse fetched(
            Errors error, @Nullable OffsetAndEpoch diverging, @Nullable OffsetAndEpoch snapshot) {
        return new FetchResponse(
                error, 5, 3, 70, Optional.ofNullable(diverging), Optional.ofNullable(snapshot), List.of());
    }

    private static QuorumResponse snapshot(Errors error, long length) {
        return new FetchSnapshotResponse(error, 5, 3, END, 1_000, length, 5_000, Optional.empty());
    }
}
