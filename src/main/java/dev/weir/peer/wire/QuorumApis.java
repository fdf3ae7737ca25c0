package dev.weir.peer.wire;

import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/** The APIs of the quorum. */
public final class QuorumApis {
    /** Fetch, if it names the metadata log. */
    public static final QuorumApi<Fetch, FetchRequestData, FetchResponseData> FETCH = new FetchApi();

    /** AddRaftVoter. */
    public static final QuorumApi<AddVoter, AddRaftVoterRequestData, AddRaftVoterResponseData> ADD_VOTER =
            new AddRaftVoterApi();

    /** RemoveRaftVoter. */
    public static final QuorumApi<RemoveVoter, RemoveRaftVoterRequestData, RemoveRaftVoterResponseData> REMOVE_VOTER =
            new RemoveRaftVoterApi();

    /** The APIs that only peers use. */
    public static final List<QuorumApi<?, ?, ?>> OF_PEERS = List.of(
            new VoteApi(),
            new BeginQuorumEpochApi(),
            new EndQuorumEpochApi(),
            new FetchSnapshotApi(),
            new UpdateRaftVoterApi());

    private static final Map<Class<? extends QuorumRequest>, QuorumApi<?, ?, ?>> BY_REQUEST = Map.of(
            Vote.class, OF_PEERS.get(0),
            BeginQuorumEpoch.class, OF_PEERS.get(1),
            EndQuorumEpoch.class, OF_PEERS.get(2),
            FetchSnapshot.class, OF_PEERS.get(3),
            UpdateVoter.class, OF_PEERS.get(4),
            Fetch.class, FETCH,
            AddVoter.class, ADD_VOTER,
            RemoveVoter.class, REMOVE_VOTER);

    private QuorumApis() {}

    /** The API that carries such a request. */
    @SuppressWarnings("unchecked")
    public static <Q extends QuorumRequest> QuorumApi<Q, ApiMessage, ApiMessage> of(Q request) {
        return (QuorumApi<Q, ApiMessage, ApiMessage>) Objects.requireNonNull(BY_REQUEST.get(request.getClass()));
    }
}
