package dev.weir.peer.wire;

import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.ReplicaKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;
import org.jspecify.annotations.Nullable;

/** FetchSnapshot (KIP-630, 853). */
final class FetchSnapshotApi implements QuorumApi<FetchSnapshot, FetchSnapshotRequestData, FetchSnapshotResponseData> {
    private static final short ENDPOINTS_SINCE = 1;
    private static final int MAX_BYTES = 8 << 20;

    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH_SNAPSHOT;
    }

    @Override
    public FetchSnapshotRequestData request(FetchSnapshot fetch, Sender sender) {
        return new FetchSnapshotRequestData()
                .setClusterId(sender.clusterId())
                .setReplicaId(fetch.replica().id())
                .setMaxBytes(MAX_BYTES)
                .setTopics(List.of(new FetchSnapshotRequestData.TopicSnapshot()
                        .setName(MetadataTopic.NAME)
                        .setPartitions(List.of(new FetchSnapshotRequestData.PartitionSnapshot()
                                .setCurrentLeaderEpoch(fetch.epoch())
                                .setSnapshotId(new FetchSnapshotRequestData.SnapshotId()
                                        .setEndOffset(fetch.snapshotId().offset())
                                        .setEpoch(fetch.snapshotId().epoch()))
                                .setPosition(fetch.position())
                                .setReplicaDirectoryId(fetch.replica().directoryId())))));
    }

    @Override
    public @Nullable String clusterId(FetchSnapshotRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<FetchSnapshot> read(FetchSnapshotRequestData message) {
        return MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.name()),
                        FetchSnapshotRequestData.TopicSnapshot::partitions,
                        FetchSnapshotRequestData.PartitionSnapshot::partition)
                .map(partition -> new FetchSnapshot(
                        new ReplicaKey(message.replicaId(), partition.replicaDirectoryId()),
                        partition.currentLeaderEpoch(),
                        new OffsetAndEpoch(
                                partition.snapshotId().endOffset(),
                                partition.snapshotId().epoch()),
                        partition.position()));
    }

    @Override
    public FetchSnapshotResponseData response(
            FetchSnapshot fetch, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        FetchSnapshotResponse response = (FetchSnapshotResponse) answer.response();
        FetchSnapshotResponseData message = new FetchSnapshotResponseData()
                .setTopics(List.of(new FetchSnapshotResponseData.TopicSnapshot()
                        .setName(MetadataTopic.NAME)
                        .setPartitions(List.of(new FetchSnapshotResponseData.PartitionSnapshot()
                                .setErrorCode(response.error().code())
                                .setCurrentLeader(new FetchSnapshotResponseData.LeaderIdAndEpoch()
                                        .setLeaderId(response.leaderId())
                                        .setLeaderEpoch(response.epoch()))
                                .setSnapshotId(new FetchSnapshotResponseData.SnapshotId()
                                        .setEndOffset(response.snapshotId().offset())
                                        .setEpoch(response.snapshotId().epoch()))
                                .setSize(response.size())
                                .setPosition(response.position())
                                .setUnalignedRecords(new UnalignedMemoryRecords(
                                        answer.bytes().duplicate()))))));
        leader.filter(node -> version >= ENDPOINTS_SINCE).ifPresent(node -> message.nodeEndpoints()
                .add(new FetchSnapshotResponseData.NodeEndpoint()
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())));
        return message;
    }

    @Override
    public FetchSnapshotResponseData refusal(Errors error) {
        return new FetchSnapshotResponseData().setErrorCode(error.code());
    }

    @Override
    public QuorumAnswer answer(FetchSnapshot fetch, FetchSnapshotResponseData message) {
        if (message.errorCode() != Errors.NONE.code()) {
            return QuorumAnswer.of(new FetchSnapshotResponse(
                    Errors.forCode(message.errorCode()),
                    fetch.epoch(),
                    -1,
                    fetch.snapshotId(),
                    fetch.position(),
                    0,
                    0,
                    Optional.empty()));
        }
        FetchSnapshotResponseData.PartitionSnapshot partition = MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.NAME.equals(topic.name()),
                        FetchSnapshotResponseData.TopicSnapshot::partitions,
                        FetchSnapshotResponseData.PartitionSnapshot::index)
                .orElseThrow(MetadataTopic::wrongPartition);
        ByteBuffer bytes = FetchApi.bytes(partition.unalignedRecords());
        FetchSnapshotResponse response = new FetchSnapshotResponse(
                Errors.forCode(partition.errorCode()),
                partition.currentLeader().leaderEpoch(),
                partition.currentLeader().leaderId(),
                new OffsetAndEpoch(
                        partition.snapshotId().endOffset(),
                        partition.snapshotId().epoch()),
                partition.position(),
                bytes.remaining(),
                partition.size(),
                Optional.empty());
        return new QuorumAnswer(response, bytes);
    }

    @Override
    public Optional<LeaderNode> leader(FetchSnapshotResponseData message) {
        return message.nodeEndpoints().stream()
                .map(node -> new LeaderNode(node.nodeId(), node.host(), node.port()))
                .findFirst();
    }
}
