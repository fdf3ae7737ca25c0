package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import dev.weir.quorum.ReplicaKey;
import java.util.Optional;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** RemoveRaftVoter (KIP-853). */
final class RemoveRaftVoterApi
        implements QuorumApi<RemoveVoter, RemoveRaftVoterRequestData, RemoveRaftVoterResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.REMOVE_RAFT_VOTER;
    }

    @Override
    public RemoveRaftVoterRequestData request(RemoveVoter request, Sender sender) {
        return new RemoveRaftVoterRequestData()
                .setClusterId(sender.clusterId())
                .setVoterId(request.voter().id())
                .setVoterDirectoryId(request.voter().directoryId());
    }

    @Override
    public @Nullable String clusterId(RemoveRaftVoterRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<RemoveVoter> read(RemoveRaftVoterRequestData message) {
        return Optional.of(new RemoveVoter(new ReplicaKey(message.voterId(), message.voterDirectoryId())));
    }

    @Override
    public RemoveRaftVoterResponseData response(
            RemoveVoter request, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        VoterChangeResponse response = (VoterChangeResponse) answer.response();
        return new RemoveRaftVoterResponseData()
                .setErrorCode(response.error().code())
                .setErrorMessage(VoterChanges.message(response));
    }

    @Override
    public RemoveRaftVoterResponseData refusal(Errors error) {
        return new RemoveRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(error.message());
    }

    @Override
    public QuorumAnswer answer(RemoveVoter request, RemoveRaftVoterResponseData message) {
        return VoterChanges.answer(message.errorCode(), message.errorMessage());
    }

    @Override
    public Optional<LeaderNode> leader(RemoveRaftVoterResponseData message) {
        return Optional.empty();
    }
}
