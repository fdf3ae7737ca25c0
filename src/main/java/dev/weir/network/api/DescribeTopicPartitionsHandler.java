package dev.weir.network.api;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeTopicPartitions (KIP-966): topics in the order of their names, a page of partitions at a time. Like Kafka it names no
 * error of a partition that nobody leads.
 */
final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequestData> {
    private final BrokerView view;

    DescribeTopicPartitionsHandler(BrokerView view) {
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public Future<DescribeTopicPartitionsResponseData> handle(
            DescribeTopicPartitionsRequestData request, RequestContext context) {
        ClusterImage image = view.image();
        String fromTopic = request.cursor() == null ? "" : request.cursor().topicName();
        int fromPartition = request.cursor() == null ? 0 : request.cursor().partitionIndex();
        if (fromPartition < 0) {
            return Future.failedFuture(new InvalidRequestException("the cursor's partition is negative"));
        }
        Collection<String> names = request.topics().isEmpty()
                ? image.topics().byName().keySet()
                : new TreeSet<>(
                        request.topics().stream().map(TopicRequest::name).toList());
        if (request.cursor() != null && !request.topics().isEmpty() && !names.contains(fromTopic)) {
            return Future.failedFuture(
                    new InvalidRequestException("the list of topics should contain the cursor's topic"));
        }
        int left = Math.max(
                1,
                Math.min(request.responsePartitionLimit(), view.config().fetch().maxDescribedPartitions()));
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        for (String name : names) {
            if (name.compareTo(fromTopic) < 0) {
                continue;
            }
            int first = name.equals(fromTopic) ? fromPartition : 0;
            if (left == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
                break;
            }
            Optional<TopicImage> topic = image.topic(name);
            if (topic.isEmpty()) {
                response.topics().add(missing(name));
                continue;
            }
            int end = (int) Math.min(topic.get().partitionCount(), (long) first + left);
            response.topics().add(describe(topic.get(), first, end, image, context.listener()));
            left -= Math.max(0, end - first);
            if (end < topic.get().partitionCount()) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
                break;
            }
        }
        return Future.succeededFuture(response);
    }

    private static DescribeTopicPartitionsResponseTopic missing(String name) {
        Errors error = Topic.isValid(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setIsInternal(Topic.isInternal(name));
    }

    private static DescribeTopicPartitionsResponseTopic describe(
            TopicImage topic, int first, int end, ClusterImage image, String listener) {
        DescribeTopicPartitionsResponseTopic response = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(Topic.isInternal(topic.name()))
                .setTopicAuthorizedOperations(Operations.TOPIC);
        for (int index = first; index < end; index++) {
            PartitionImage partition = topic.partition(index).orElseThrow();
            response.partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setPartitionIndex(index)
                            .setLeaderId(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(partition.isr())
                            .setEligibleLeaderReplicas(partition.elr())
                            .setLastKnownElr(partition.lastKnownElr())
                            .setOfflineReplicas(OfflineReplicas.of(partition, image, listener)));
        }
        return response;
    }
}
