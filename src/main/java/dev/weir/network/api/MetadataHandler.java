package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Metadata: brokers, and topics by name or id; creates missing topics where client and broker both want that. */
final class MetadataHandler implements ApiHandler<MetadataRequestData> {
    private static final short TOPICS_NULLABLE_SINCE = 1;

    private final BrokerView view;
    private final ControllerClient controller;

    MetadataHandler(BrokerView view, ControllerClient controller) {
        this.view = view;
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.METADATA;
    }

    @Override
    public Future<MetadataResponseData> handle(MetadataRequestData request, RequestContext context) {
        boolean all = request.topics() == null
                || (context.version() < TOPICS_NULLABLE_SINCE
                        && request.topics().isEmpty());
        if (!all
                && request.topics().stream()
                        .anyMatch(t -> t.name() == null && t.topicId().equals(Uuid.ZERO_UUID))) {
            return Future.failedFuture(
                    new org.apache.kafka.common.errors.InvalidRequestException("a topic has neither a name nor an id"));
        }
        List<String> missing = all ? List.of() : missing(request);
        if (missing.isEmpty()) {
            return Future.succeededFuture(response(request, all, context));
        }
        CreateTopicsRequestData creation = new CreateTopicsRequestData();
        missing.forEach(name -> creation.topics()
                .add(new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1)));
        return controller
                .createTopics(creation)
                .transform(done -> Future.succeededFuture(response(request, false, context)));
    }

    private List<String> missing(MetadataRequestData request) {
        if (!request.allowAutoTopicCreation() || !view.config().topicCreation().autoCreate()) {
            return List.of();
        }
        return request.topics().stream()
                .map(MetadataRequestTopic::name)
                .filter(name -> name != null && Topic.isValid(name) && !Topic.isInternal(name))
                .filter(name -> view.image().topic(name).isEmpty())
                .distinct()
                .toList();
    }

    private MetadataResponseData response(MetadataRequestData request, boolean all, RequestContext context) {
        ClusterImage image = view.image();
        MetadataResponseData response = new MetadataResponseData()
                .setClusterId(image.clusterId())
                .setControllerId(view.brokerId())
                .setClusterAuthorizedOperations(
                        request.includeClusterAuthorizedOperations() ? Operations.CLUSTER : Operations.NOT_ASKED);
        image.brokers().values().stream().filter(b -> !b.fenced()).forEach(broker -> broker.endpoint(context.listener())
                .ifPresent(endpoint -> response.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack()))));
        List<MetadataResponseTopic> topics = new ArrayList<>();
        if (all) {
            image.topics().byName().values().forEach(topic -> topics.add(describe(topic, image, context.listener())));
        } else {
            request.topics().stream().distinct().forEach(asked -> topics.add(find(asked, image, context)));
        }
        int operations = request.includeTopicAuthorizedOperations() ? Operations.TOPIC : Operations.NOT_ASKED;
        topics.forEach(topic -> response.topics().add(topic.setTopicAuthorizedOperations(operations)));
        return response;
    }

    private MetadataResponseTopic find(MetadataRequestTopic asked, ClusterImage image, RequestContext context) {
        boolean byId = !asked.topicId().equals(Uuid.ZERO_UUID);
        Optional<TopicImage> topic = byId ? image.topic(asked.topicId()) : image.topic(asked.name());
        if (topic.isPresent()) {
            return describe(topic.get(), image, context.listener());
        }
        Errors error = Errors.UNKNOWN_TOPIC_OR_PARTITION;
        if (byId) {
            error = Errors.UNKNOWN_TOPIC_ID;
        } else if (!Topic.isValid(asked.name())) {
            error = Errors.INVALID_TOPIC_EXCEPTION;
        }
        String name = byId && context.version() < 12 ? "" : asked.name();
        return new MetadataResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setTopicId(asked.topicId())
                .setIsInternal(name != null && Topic.isInternal(name));
    }

    private static MetadataResponseTopic describe(TopicImage topic, ClusterImage image, String listener) {
        MetadataResponseTopic response = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(Topic.isInternal(topic.name()));
        for (int index = 0; index < topic.partitionCount(); index++) {
            PartitionImage partition = topic.partition(index).orElseThrow();
            response.partitions()
                    .add(new MetadataResponsePartition()
                            .setErrorCode((partition.hasLeader() ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE).code())
                            .setPartitionIndex(index)
                            .setLeaderId(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(partition.isr())
                            .setOfflineReplicas(OfflineReplicas.of(partition, image, listener)));
        }
        return response;
    }
}
