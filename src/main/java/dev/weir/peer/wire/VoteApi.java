package dev.weir.peer.wire;

import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.ReplicaKey;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Vote (KIP-595, 853, 996). */
final class VoteApi implements QuorumApi<Vote, VoteRequestData, VoteResponseData> {
    private static final short ENDPOINTS_SINCE = 1;

    @Override
    public ApiKeys api() {
        return ApiKeys.VOTE;
    }

    @Override
    public VoteRequestData request(Vote vote, Sender sender) {
        return new VoteRequestData()
                .setClusterId(vote.clusterId().orElse(null))
                .setVoterId(vote.voter().id())
                .setTopics(List.of(new VoteRequestData.TopicData()
                        .setTopicName(MetadataTopic.NAME)
                        .setPartitions(List.of(new VoteRequestData.PartitionData()
                                .setReplicaEpoch(vote.epoch())
                                .setReplicaId(vote.candidate().id())
                                .setReplicaDirectoryId(vote.candidate().directoryId())
                                .setVoterDirectoryId(vote.voter().directoryId())
                                .setLastOffsetEpoch(vote.logEnd().epoch())
                                .setLastOffset(vote.logEnd().offset())
                                .setPreVote(vote.preVote())))));
    }

    @Override
    public @Nullable String clusterId(VoteRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<Vote> read(VoteRequestData message) {
        return MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.topicName()),
                        VoteRequestData.TopicData::partitions,
                        VoteRequestData.PartitionData::partitionIndex)
                .map(partition -> new Vote(
                        new ReplicaKey(partition.replicaId(), partition.replicaDirectoryId()),
                        new ReplicaKey(message.voterId(), partition.voterDirectoryId()),
                        partition.replicaEpoch(),
                        new OffsetAndEpoch(partition.lastOffset(), partition.lastOffsetEpoch()),
                        partition.preVote(),
                        Optional.ofNullable(message.clusterId())));
    }

    @Override
    public VoteResponseData response(Vote vote, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        VoteResponse response = (VoteResponse) answer.response();
        VoteResponseData message = new VoteResponseData()
                .setTopics(List.of(new VoteResponseData.TopicData()
                        .setTopicName(MetadataTopic.NAME)
                        .setPartitions(List.of(new VoteResponseData.PartitionData()
                                .setErrorCode(response.error().code())
                                .setLeaderId(response.leaderId())
                                .setLeaderEpoch(response.epoch())
                                .setVoteGranted(response.granted())))));
        leader.filter(node -> version >= ENDPOINTS_SINCE).ifPresent(node -> message.nodeEndpoints()
                .add(new VoteResponseData.NodeEndpoint()
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())));
        return message;
    }

    @Override
    public VoteResponseData refusal(Errors error) {
        return new VoteResponseData().setErrorCode(error.code());
    }

    @Override
    public QuorumAnswer answer(Vote vote, VoteResponseData message) {
        if (message.errorCode() != Errors.NONE.code()) {
            return QuorumAnswer.of(new VoteResponse(Errors.forCode(message.errorCode()), vote.epoch(), -1, false));
        }
        VoteResponseData.PartitionData partition = MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.topicName()),
                        VoteResponseData.TopicData::partitions,
                        VoteResponseData.PartitionData::partitionIndex)
                .orElseThrow(MetadataTopic::wrongPartition);
        return QuorumAnswer.of(new VoteResponse(
                Errors.forCode(partition.errorCode()),
                partition.leaderEpoch(),
                partition.leaderId(),
                partition.voteGranted()));
    }

    @Override
    public Optional<LeaderNode> leader(VoteResponseData message) {
        return message.nodeEndpoints().stream()
                .map(node -> new LeaderNode(node.nodeId(), node.host(), node.port()))
                .findFirst();
    }
}
