package dev.weir.network.api;

import dev.weir.config.OffsetsSettings;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.InternalTopics;
import dev.weir.group.GroupClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.jspecify.annotations.Nullable;

/** FindCoordinator: the leader of the partition that keeps a group. The first call creates the group log. */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequestData> {
    private static final short BATCHED = 4;

    private final BrokerView view;
    private final ControllerClient controller;

    FindCoordinatorHandler(BrokerView view, ControllerClient controller) {
        this.view = view;
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.FIND_COORDINATOR;
    }

    @Override
    public Future<FindCoordinatorResponseData> handle(FindCoordinatorRequestData request, RequestContext context) {
        if (request.keyType() != CoordinatorType.GROUP.id()) {
            return Future.succeededFuture(answer(request, context, null));
        }
        return ensureGroupLog().map(reason -> answer(request, context, reason.orElse(null)));
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        Set<Errors> errors = new FindCoordinatorResponse((FindCoordinatorResponseData) response)
                .errorCounts()
                .keySet();
        return errors.size() == 1 ? errors.iterator().next() : Errors.NONE;
    }

    /** Why there is no group log; empty if there is one. */
    private Future<Optional<String>> ensureGroupLog() {
        if (view.image().topic(Topic.GROUP_METADATA_TOPIC_NAME).isPresent()) {
            return Future.succeededFuture(Optional.empty());
        }
        OffsetsSettings offsets = view.config().offsets();
        InternalTopics internal = new InternalTopics(Map.of(
                Topic.GROUP_METADATA_TOPIC_NAME,
                InternalTopics.consumerOffsets(offsets.topicPartitions(), offsets.topicSegmentBytes())));
        return controller
                .createTopics(internal.creationOf(Set.of(Topic.GROUP_METADATA_TOPIC_NAME)))
                .map(response -> Optional.ofNullable(response.topics().find(Topic.GROUP_METADATA_TOPIC_NAME))
                        .filter(topic -> topic.errorCode() != Errors.NONE.code())
                        .map(CreatableTopicResult::errorMessage))
                .otherwise(Optional.empty());
    }

    private FindCoordinatorResponseData answer(
            FindCoordinatorRequestData request, RequestContext context, @Nullable String missing) {
        boolean batched = context.version() >= BATCHED;
        List<String> keys = batched ? request.coordinatorKeys() : List.of(request.key());
        List<Coordinator> found = keys.stream()
                .map(key -> find(key, request.keyType(), context, missing))
                .toList();
        if (batched) {
            return new FindCoordinatorResponseData().setCoordinators(found);
        }
        Coordinator only = found.get(0);
        return new FindCoordinatorResponseData()
                .setErrorCode(only.errorCode())
                .setErrorMessage(only.errorMessage())
                .setNodeId(only.nodeId())
                .setHost(only.host())
                .setPort(only.port());
    }

    private Coordinator find(String key, byte type, RequestContext context, @Nullable String missing) {
        if (type == CoordinatorType.TRANSACTION.id()) {
            // librdkafka asks again until its timeout for any error but one of authorization, and shows the message.
            return refused(
                    key,
                    Errors.CLUSTER_AUTHORIZATION_FAILED,
                    "This broker has no transactions: remove transactional.id from the producer's settings.");
        }
        if (type != CoordinatorType.GROUP.id()) {
            return refused(key, Errors.INVALID_REQUEST, "This broker has no coordinators of type " + type + ".");
        }
        ClusterImage image = view.image();
        return GroupClient.coordinatorOf(key, image)
                .filter(PartitionImage::hasLeader)
                .flatMap(partition -> view.endpoint(partition.leader(), context.listener()))
                .map(node -> new Coordinator()
                        .setKey(key)
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())
                        .setErrorMessage(""))
                .orElseGet(() -> refused(key, Errors.COORDINATOR_NOT_AVAILABLE, missing));
    }

    private static Coordinator refused(String key, Errors error, @Nullable String message) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(message == null ? error.message() : message);
    }
}
