package dev.weir.peer.wire;

import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.ReplicaKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Fetch of the metadata log (KIP-595, 853, 1166). Its requests have no session. */
final class FetchApi implements QuorumApi<Fetch, FetchRequestData, FetchResponseData> {
    private static final short LEADERS_SINCE = 12;
    private static final short ENDPOINTS_SINCE = 16;
    private static final int MAX_BYTES = 8 << 20;

    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH;
    }

    @Override
    public FetchRequestData request(Fetch fetch, Sender sender) {
        return new FetchRequestData()
                .setClusterId(sender.clusterId())
                .setReplicaState(new FetchRequestData.ReplicaState()
                        .setReplicaId(fetch.replica().id()))
                .setMaxWaitMs(fetch.maxWaitMs())
                .setMaxBytes(MAX_BYTES)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(MetadataTopic.NAME)
                        .setTopicId(MetadataTopic.ID)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setCurrentLeaderEpoch(fetch.epoch())
                                .setFetchOffset(fetch.fetchOffset())
                                .setLastFetchedEpoch(fetch.lastFetchedEpoch())
                                .setPartitionMaxBytes(MAX_BYTES)
                                .setReplicaDirectoryId(fetch.replica().directoryId())
                                .setHighWatermark(fetch.highWatermark())))));
    }

    @Override
    public @Nullable String clusterId(FetchRequestData message) {
        return message.clusterId();
    }

    @Override
    public Optional<Fetch> read(FetchRequestData message) {
        int replicaId =
                message.replicaState().replicaId() >= 0 ? message.replicaState().replicaId() : message.replicaId();
        return MetadataTopic.only(
                        message.topics(),
                        topic -> MetadataTopic.is(topic.topic(), topic.topicId()),
                        FetchRequestData.FetchTopic::partitions,
                        FetchRequestData.FetchPartition::partition)
                .map(partition -> new Fetch(
                        new ReplicaKey(replicaId, partition.replicaDirectoryId()),
                        partition.currentLeaderEpoch(),
                        partition.fetchOffset(),
                        partition.lastFetchedEpoch(),
                        partition.highWatermark(),
                        message.maxWaitMs()));
    }

    @Override
    public FetchResponseData response(Fetch fetch, QuorumAnswer answer, Optional<LeaderNode> leader, short version) {
        FetchResponse response = (FetchResponse) answer.response();
        FetchResponseData.PartitionData partition = new FetchResponseData.PartitionData()
                .setErrorCode(response.error().code())
                .setHighWatermark(response.highWatermark())
                .setRecords(MemoryRecords.readableRecords(answer.bytes().duplicate()));
        if (version >= LEADERS_SINCE) {
            partition.setCurrentLeader(new FetchResponseData.LeaderIdAndEpoch()
                    .setLeaderId(response.leaderId())
                    .setLeaderEpoch(response.epoch()));
            response.diverging()
                    .ifPresent(end -> partition.setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                            .setEpoch(end.epoch())
                            .setEndOffset(end.offset())));
            response.snapshotId()
                    .ifPresent(id -> partition.setSnapshotId(new FetchResponseData.SnapshotId()
                            .setEpoch(id.epoch())
                            .setEndOffset(id.offset())));
        }
        FetchResponseData message = new FetchResponseData()
                .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopic(MetadataTopic.NAME)
                        .setTopicId(MetadataTopic.ID)
                        .setPartitions(List.of(partition))));
        leader.filter(node -> version >= ENDPOINTS_SINCE).ifPresent(node -> message.nodeEndpoints()
                .add(new FetchResponseData.NodeEndpoint()
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())));
        return message;
    }

    @Override
    public FetchResponseData refusal(Errors error) {
        return new FetchResponseData().setErrorCode(error.code());
    }

    @Override
    public QuorumAnswer answer(Fetch fetch, FetchResponseData message) {
        if (message.errorCode() != Errors.NONE.code()) {
            return QuorumAnswer.of(new FetchResponse(
                    Errors.forCode(message.errorCode()),
                    fetch.epoch(),
                    -1,
                    -1,
                    Optional.empty(),
                    Optional.empty(),
                    List.of()));
        }
        FetchResponseData.PartitionData partition = MetadataTopic.only(
                        message.responses(),
                        topic -> MetadataTopic.is(topic.topic(), topic.topicId()),
                        FetchResponseData.FetchableTopicResponse::partitions,
                        FetchResponseData.PartitionData::partitionIndex)
                .orElseThrow(MetadataTopic::wrongPartition);
        FetchResponse response = new FetchResponse(
                Errors.forCode(partition.errorCode()),
                partition.currentLeader().leaderEpoch(),
                partition.currentLeader().leaderId(),
                partition.highWatermark(),
                end(
                        partition.divergingEpoch().endOffset(),
                        partition.divergingEpoch().epoch()),
                end(partition.snapshotId().endOffset(), partition.snapshotId().epoch()),
                List.of());
        return new QuorumAnswer(response, bytes(partition.records()));
    }

    @Override
    public Optional<LeaderNode> leader(FetchResponseData message) {
        return message.nodeEndpoints().stream()
                .map(node -> new LeaderNode(node.nodeId(), node.host(), node.port()))
                .findFirst();
    }

    private static Optional<OffsetAndEpoch> end(long offset, int epoch) {
        return epoch < 0 || offset < 0 ? Optional.empty() : Optional.of(new OffsetAndEpoch(offset, epoch));
    }

    static ByteBuffer bytes(@Nullable BaseRecords records) {
        return records instanceof MemoryRecords held
                ? held.buffer().asReadOnlyBuffer()
                : ByteBuffer.allocate(0).asReadOnlyBuffer();
    }
}
