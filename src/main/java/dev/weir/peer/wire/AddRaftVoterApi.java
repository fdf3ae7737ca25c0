package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import java.util.Optional;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** AddRaftVoter (KIP-853, 1186). It is answered when the change is committed, also if the request would not wait for that. */
final class AddRaftVoterApi implements QuorumApi<AddVoter, AddRaftVoterRequestData, AddRaftVoterResponseData> {
    private static final int TIMEOUT_MS = 30_000;

    @Override
    public ApiKeys api() {
        return ApiKeys.ADD_RAFT_VOTER;
    }

    @Override
    public AddRaftVoterRequestData request(AddVoter request, Sender sender) {
        AddRaftVoterRequestData message = new AddRaftVoterRequestData()
                .setClusterId(sender.clusterId())
                .setTimeoutMs(TIMEOUT_MS)
                .setVoterId(request.voter().id())
                .setVoterDirectoryId(request.voter().key().directoryId());
        request.voter().endpoints().forEach(endpoint -> message.listeners()
                .add(new AddRaftVoterRequestData.Listener()
                        .setName(endpoint.listener())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())));
        return message;
    }

    @Override
    public @Nullable String clusterId(AddRaftVoterRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<AddVoter> read(AddRaftVoterRequestData message) {
        return Optional.of(new AddVoter(new Voter(
                new ReplicaKey(message.voterId(), message.voterDirectoryId()),
                message.listeners().stream()
                        .map(listener -> new Voter.Endpoint(listener.name(), listener.host(), listener.port()))
                        .toList())));
    }

    @Override
    public AddRaftVoterResponseData response(
            AddVoter request, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        VoterChangeResponse response = (VoterChangeResponse) answer.response();
        return new AddRaftVoterResponseData()
                .setErrorCode(response.error().code())
                .setErrorMessage(VoterChanges.message(response));
    }

    @Override
    public AddRaftVoterResponseData refusal(Errors error) {
        return new AddRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(error.message());
    }

    @Override
    public QuorumAnswer answer(AddVoter request, AddRaftVoterResponseData message) {
        return VoterChanges.answer(message.errorCode(), message.errorMessage());
    }

    @Override
    public Optional<LeaderNode> leader(AddRaftVoterResponseData message) {
        return Optional.empty();
    }
}
