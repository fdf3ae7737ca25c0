package dev.weir.network.api;

import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Leaves out what a client of DescribeQuorum before version 2 cannot read, wherever the answer came from. */
final class DescribeQuorumVersions implements ApiHandler<DescribeQuorumRequestData> {
    private static final short DIRECTORIES_SINCE = 2;

    private final ApiHandler<DescribeQuorumRequestData> next;

    DescribeQuorumVersions(ApiHandler<DescribeQuorumRequestData> next) {
        this.next = next;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public Future<? extends ApiMessage> handle(DescribeQuorumRequestData request, RequestContext context) {
        Future<? extends ApiMessage> answer = next.handle(request, context);
        return context.version() >= DIRECTORIES_SINCE
                ? answer
                : answer.map(response -> fit((DescribeQuorumResponseData) response));
    }

    private static DescribeQuorumResponseData fit(DescribeQuorumResponseData response) {
        response.nodes().clear();
        response.topics().forEach(topic -> topic.partitions().forEach(partition -> {
            fit(partition.currentVoters());
            fit(partition.observers());
        }));
        return response;
    }

    private static void fit(List<ReplicaState> replicas) {
        replicas.forEach(replica -> replica.setReplicaDirectoryId(Uuid.ZERO_UUID));
    }
}
