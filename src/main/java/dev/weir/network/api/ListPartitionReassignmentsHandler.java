package dev.weir.network.api;

import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.ApiKeys;

/** ListPartitionReassignments (KIP-455): partitions whose replicas are being added or removed. */
final class ListPartitionReassignmentsHandler implements ApiHandler<ListPartitionReassignmentsRequestData> {
    private final BrokerView view;

    ListPartitionReassignmentsHandler(BrokerView view) {
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public Future<ListPartitionReassignmentsResponseData> handle(
            ListPartitionReassignmentsRequestData request, RequestContext context) {
        ListPartitionReassignmentsResponseData response = new ListPartitionReassignmentsResponseData();
        if (request.topics() == null) {
            view.image()
                    .topics()
                    .byName()
                    .values()
                    .forEach(topic -> add(response, topic, topic.partitions().keySet()));
        } else {
            request.topics().forEach(asked -> view.image()
                    .topic(asked.name())
                    .ifPresent(topic -> add(response, topic, asked.partitionIndexes())));
        }
        return Future.succeededFuture(response);
    }

    private static void add(
            ListPartitionReassignmentsResponseData response, TopicImage topic, Collection<Integer> indexes) {
        List<OngoingPartitionReassignment> ongoing = indexes.stream()
                .map(index -> topic.partition(index)
                        .filter(PartitionImage::isReassigning)
                        .map(p -> describe(index, p))
                        .orElse(null))
                .filter(Objects::nonNull)
                .toList();
        if (!ongoing.isEmpty()) {
            response.topics()
                    .add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(ongoing));
        }
    }

    private static OngoingPartitionReassignment describe(int index, PartitionImage partition) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(index)
                .setReplicas(partition.replicas())
                .setAddingReplicas(partition.adding())
                .setRemovingReplicas(partition.removing());
    }
}
