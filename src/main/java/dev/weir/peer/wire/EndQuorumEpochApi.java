package dev.weir.peer.wire;

import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.ReplicaKey;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** EndQuorumEpoch (KIP-595, 853). */
final class EndQuorumEpochApi
        implements QuorumApi<EndQuorumEpoch, EndQuorumEpochRequestData, EndQuorumEpochResponseData> {
    private static final short ENDPOINTS_SINCE = 1;

    @Override
    public ApiKeys api() {
        return ApiKeys.END_QUORUM_EPOCH;
    }

    @Override
    public EndQuorumEpochRequestData request(EndQuorumEpoch request, Sender sender) {
        EndQuorumEpochRequestData message = new EndQuorumEpochRequestData()
                .setClusterId(sender.clusterId())
                .setTopics(List.of(new EndQuorumEpochRequestData.TopicData()
                        .setTopicName(MetadataTopic.NAME)
                        .setPartitions(List.of(new EndQuorumEpochRequestData.PartitionData()
                                .setLeaderId(request.leaderId())
                                .setLeaderEpoch(request.epoch())
                                .setPreferredSuccessors(request.successors().stream()
                                        .map(ReplicaKey::id)
                                        .toList())
                                .setPreferredCandidates(request.successors().stream()
                                        .map(successor -> new EndQuorumEpochRequestData.ReplicaInfo()
                                                .setCandidateId(successor.id())
                                                .setCandidateDirectoryId(successor.directoryId()))
                                        .toList())))));
        sender.endpoints().forEach(endpoint -> message.leaderEndpoints()
                .add(new EndQuorumEpochRequestData.LeaderEndpoint()
                        .setName(endpoint.listener())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())));
        return message;
    }

    @Override
    public @Nullable String clusterId(EndQuorumEpochRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<EndQuorumEpoch> read(EndQuorumEpochRequestData message) {
        return MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.topicName()),
                        EndQuorumEpochRequestData.TopicData::partitions,
                        EndQuorumEpochRequestData.PartitionData::partitionIndex)
                .map(partition ->
                        new EndQuorumEpoch(partition.leaderId(), partition.leaderEpoch(), successors(partition)));
    }

    @Override
    public EndQuorumEpochResponseData response(
            EndQuorumEpoch request, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        EpochResponse response = (EpochResponse) answer.response();
        EndQuorumEpochResponseData message = new EndQuorumEpochResponseData()
                .setTopics(List.of(new EndQuorumEpochResponseData.TopicData()
                        .setTopicName(MetadataTopic.NAME)
                        .setPartitions(List.of(new EndQuorumEpochResponseData.PartitionData()
                                .setErrorCode(response.error().code())
                                .setLeaderId(response.leaderId())
                                .setLeaderEpoch(response.epoch())))));
        leader.filter(node -> version >= ENDPOINTS_SINCE).ifPresent(node -> message.nodeEndpoints()
                .add(new EndQuorumEpochResponseData.NodeEndpoint()
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())));
        return message;
    }

    @Override
    public EndQuorumEpochResponseData refusal(Errors error) {
        return new EndQuorumEpochResponseData().setErrorCode(error.code());
    }

    @Override
    public QuorumAnswer answer(EndQuorumEpoch request, EndQuorumEpochResponseData message) {
        if (message.errorCode() != Errors.NONE.code()) {
            return QuorumAnswer.of(new EpochResponse(Errors.forCode(message.errorCode()), request.epoch(), -1));
        }
        EndQuorumEpochResponseData.PartitionData partition = MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.topicName()),
                        EndQuorumEpochResponseData.TopicData::partitions,
                        EndQuorumEpochResponseData.PartitionData::partitionIndex)
                .orElseThrow(MetadataTopic::wrongPartition);
        return QuorumAnswer.of(new EpochResponse(
                Errors.forCode(partition.errorCode()), partition.leaderEpoch(), partition.leaderId()));
    }

    @Override
    public Optional<LeaderNode> leader(EndQuorumEpochResponseData message) {
        return message.nodeEndpoints().stream()
                .map(node -> new LeaderNode(node.nodeId(), node.host(), node.port()))
                .findFirst();
    }

    /** Version 0 has ids only. */
    private static List<ReplicaKey> successors(EndQuorumEpochRequestData.PartitionData partition) {
        return partition.preferredCandidates().isEmpty()
                ? partition.preferredSuccessors().stream().map(ReplicaKey::of).toList()
                : partition.preferredCandidates().stream()
                        .map(candidate -> new ReplicaKey(candidate.candidateId(), candidate.candidateDirectoryId()))
                        .toList();
    }
}
