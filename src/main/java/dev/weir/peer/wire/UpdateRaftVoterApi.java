package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import java.util.Optional;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** UpdateRaftVoter (KIP-853): a voter tells where it listens now, and what it can run at. */
final class UpdateRaftVoterApi
        implements QuorumApi<UpdateVoter, UpdateRaftVoterRequestData, UpdateRaftVoterResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.UPDATE_RAFT_VOTER;
    }

    @Override
    public UpdateRaftVoterRequestData request(UpdateVoter request, Sender sender) {
        UpdateRaftVoterRequestData message = new UpdateRaftVoterRequestData()
                .setClusterId(sender.clusterId())
                .setCurrentLeaderEpoch(sender.epoch())
                .setVoterId(request.voter().id())
                .setVoterDirectoryId(request.voter().key().directoryId())
                .setKRaftVersionFeature(new UpdateRaftVoterRequestData.KRaftVersionFeature()
                        .setMinSupportedVersion(request.voter().levels().min())
                        .setMaxSupportedVersion(request.voter().levels().max()));
        request.voter().endpoints().forEach(endpoint -> message.listeners()
                .add(new UpdateRaftVoterRequestData.Listener()
                        .setName(endpoint.listener())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())));
        return message;
    }

    @Override
    public @Nullable String clusterId(UpdateRaftVoterRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<UpdateVoter> read(UpdateRaftVoterRequestData message) {
        short min = message.kRaftVersionFeature().minSupportedVersion();
        short max = message.kRaftVersionFeature().maxSupportedVersion();
        if (min < 0 || max < min) {
            return Optional.empty();
        }
        return Optional.of(new UpdateVoter(new Voter(
                new ReplicaKey(message.voterId(), message.voterDirectoryId()),
                message.listeners().stream()
                        .map(listener -> new Voter.Endpoint(listener.name(), listener.host(), listener.port()))
                        .toList(),
                new Voter.Levels(min, max))));
    }

    @Override
    public UpdateRaftVoterResponseData response(
            UpdateVoter request, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        VoterChangeResponse response = (VoterChangeResponse) answer.response();
        UpdateRaftVoterResponseData message =
                new UpdateRaftVoterResponseData().setErrorCode(response.error().code());
        message.currentLeader().setLeaderId(response.leaderId()).setLeaderEpoch(response.epoch());
        leader.ifPresent(node -> message.currentLeader().setHost(node.host()).setPort(node.port()));
        return message;
    }

    @Override
    public UpdateRaftVoterResponseData refusal(Errors error) {
        return new UpdateRaftVoterResponseData().setErrorCode(error.code());
    }

    @Override
    public QuorumAnswer answer(UpdateVoter request, UpdateRaftVoterResponseData message) {
        return QuorumAnswer.of(new VoterChangeResponse(
                Errors.forCode(message.errorCode()),
                message.currentLeader().leaderEpoch(),
                message.currentLeader().leaderId(),
                ""));
    }

    @Override
    public Optional<LeaderNode> leader(UpdateRaftVoterResponseData message) {
        return Optional.of(message.currentLeader())
                .filter(leader -> leader.leaderId() >= 0 && !leader.host().isEmpty())
                .map(leader -> new LeaderNode(leader.leaderId(), leader.host(), leader.port()));
    }
}
