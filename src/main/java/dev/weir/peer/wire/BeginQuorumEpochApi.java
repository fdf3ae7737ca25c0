package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.ReplicaKey;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** BeginQuorumEpoch (KIP-595, 853). */
final class BeginQuorumEpochApi
        implements QuorumApi<BeginQuorumEpoch, BeginQuorumEpochRequestData, BeginQuorumEpochResponseData> {
    private static final short ENDPOINTS_SINCE = 1;

    @Override
    public ApiKeys api() {
        return ApiKeys.BEGIN_QUORUM_EPOCH;
    }

    @Override
    public BeginQuorumEpochRequestData request(BeginQuorumEpoch request, Sender sender) {
        BeginQuorumEpochRequestData message = new BeginQuorumEpochRequestData()
                .setClusterId(request.clusterId().orElse(null))
                .setVoterId(request.voter().id())
                .setTopics(List.of(new BeginQuorumEpochRequestData.TopicData()
                        .setTopicName(MetadataTopic.NAME)
                        .setPartitions(List.of(new BeginQuorumEpochRequestData.PartitionData()
                                .setVoterDirectoryId(request.voter().directoryId())
                                .setLeaderId(request.leaderId())
                                .setLeaderEpoch(request.epoch())))));
        sender.endpoints().forEach(endpoint -> message.leaderEndpoints()
                .add(new BeginQuorumEpochRequestData.LeaderEndpoint()
                        .setName(endpoint.listener())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())));
        return message;
    }

    @Override
    public @Nullable String clusterId(BeginQuorumEpochRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<BeginQuorumEpoch> read(BeginQuorumEpochRequestData message) {
        return MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.topicName()),
                        BeginQuorumEpochRequestData.TopicData::partitions,
                        BeginQuorumEpochRequestData.PartitionData::partitionIndex)
                .map(partition -> new BeginQuorumEpoch(
                        partition.leaderId(),
                        partition.leaderEpoch(),
                        new ReplicaKey(message.voterId(), partition.voterDirectoryId()),
                        Optional.ofNullable(message.clusterId())));
    }

    @Override
    public BeginQuorumEpochResponseData response(
            BeginQuorumEpoch request, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        EpochResponse response = (EpochResponse) answer.response();
        BeginQuorumEpochResponseData message = new BeginQuorumEpochResponseData()
                .setTopics(List.of(new BeginQuorumEpochResponseData.TopicData()
                        .setTopicName(MetadataTopic.NAME)
                        .setPartitions(List.of(new BeginQuorumEpochResponseData.PartitionData()
                                .setErrorCode(response.error().code())
                                .setLeaderId(response.leaderId())
                                .setLeaderEpoch(response.epoch())))));
        leader.filter(node -> version >= ENDPOINTS_SINCE).ifPresent(node -> message.nodeEndpoints()
                .add(new BeginQuorumEpochResponseData.NodeEndpoint()
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())));
        return message;
    }

    @Override
    public BeginQuorumEpochResponseData refusal(Errors error) {
        return new BeginQuorumEpochResponseData().setErrorCode(error.code());
    }

    @Override
    public QuorumAnswer answer(BeginQuorumEpoch request, BeginQuorumEpochResponseData message) {
        if (message.errorCode() != Errors.NONE.code()) {
            return QuorumAnswer.of(new EpochResponse(Errors.forCode(message.errorCode()), request.epoch(), -1));
        }
        BeginQuorumEpochResponseData.PartitionData partition = MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.topicName()),
                        BeginQuorumEpochResponseData.TopicData::partitions,
                        BeginQuorumEpochResponseData.PartitionData::partitionIndex)
                .orElseThrow(MetadataTopic::wrongPartition);
        return QuorumAnswer.of(new EpochResponse(
                Errors.forCode(partition.errorCode()), partition.leaderEpoch(), partition.leaderId()));
    }

    @Override
    public Optional<LeaderNode> leader(BeginQuorumEpochResponseData message) {
        return message.nodeEndpoints().stream()
                .map(node -> new LeaderNode(node.nodeId(), node.host(), node.port()))
                .findFirst();
    }
}
