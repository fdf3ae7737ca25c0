package dev.weir.network.api;

import dev.weir.peer.wire.MetadataTopic;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumView;
import dev.weir.quorum.QuorumView.Progress;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;

/** DescribeQuorum (KIP-595, 836, 853), as the leader of the quorum answers it; another replica says that it isn't. */
final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequestData> {
    private final QuorumClient quorum;

    DescribeQuorumHandler(QuorumClient quorum) {
        this.quorum = quorum;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public Future<DescribeQuorumResponseData> handle(DescribeQuorumRequestData request, RequestContext context) {
        boolean metadata = request.topics().size() == 1
                && MetadataTopic.NAME.equals(request.topics().get(0).topicName())
                && request.topics().get(0).partitions().size() == 1
                && request.topics().get(0).partitions().get(0).partitionIndex() == 0;
        if (!metadata) {
            return Future.succeededFuture(
                    DescribeQuorumRequest.getPartitionLevelErrorResponse(request, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        return quorum.viewForClient().map(view -> response(view, System.currentTimeMillis()));
    }

    private static DescribeQuorumResponseData response(QuorumView view, long nowMs) {
        PartitionData partition =
                new PartitionData().setLeaderId(view.leaderId()).setLeaderEpoch(view.epoch());
        if (view.leads()) {
            partition
                    .setHighWatermark(view.highWatermark())
                    .setCurrentVoters(states(view.voters(), view.leaderId(), nowMs))
                    .setObservers(states(view.observers(), view.leaderId(), nowMs));
        } else {
            partition
                    .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                    .setErrorMessage(Errors.NOT_LEADER_OR_FOLLOWER.message());
        }
        DescribeQuorumResponseData response = new DescribeQuorumResponseData()
                .setTopics(
                        List.of(new TopicData().setTopicName(MetadataTopic.NAME).setPartitions(List.of(partition))));
        view.voterSet().voters().forEach(voter -> {
            Node node = new Node().setNodeId(voter.id());
            voter.endpoints().forEach(endpoint -> node.listeners()
                    .add(new Listener()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())));
            response.nodes().add(node);
        });
        return response;
    }

    private static List<ReplicaState> states(List<Progress> replicas, int leaderId, long nowMs) {
        return replicas.stream()
                .map(progress -> {
                    boolean leader = progress.replica().id() == leaderId;
                    return new ReplicaState()
                            .setReplicaId(progress.replica().id())
                            .setReplicaDirectoryId(progress.replica().directoryId())
                            .setLogEndOffset(progress.logEndOffset())
                            .setLastFetchTimestamp(progress.lastFetchMs())
                            .setLastCaughtUpTimestamp(leader ? nowMs : progress.lastCaughtUpMs());
                })
                .toList();
    }
}
