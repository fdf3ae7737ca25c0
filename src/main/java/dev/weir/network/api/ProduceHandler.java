package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequiredAcksException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Produce: by topic name, from version 13 on by topic id. One message for each shard that the request touches. */
final class ProduceHandler implements ApiHandler<ProduceRequestData> {
    private static final short IDS_SINCE = 13;
    private static final short LEADERS_SINCE = 10;

    private final BrokerView view;
    private final PartitionClient partitions;

    ProduceHandler(BrokerView view, PartitionClient partitions) {
        this.view = view;
        this.partitions = partitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public Future<@Nullable ApiMessage> handle(ProduceRequestData request, RequestContext context) {
        if (request.acks() < -1 || request.acks() > 1) {
            return Future.failedFuture(new InvalidRequiredAcksException("acks must be -1, 0 or 1"));
        }
        if (request.transactionalId() != null) {
            return Future.failedFuture(new UnsupportedVersionException("transactions are not supported"));
        }
        boolean byId = context.version() >= IDS_SINCE;
        List<PartitionProduceResponse> answers = new ArrayList<>();
        List<AppendRequest.Entry> entries = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        ProduceResponseData response = new ProduceResponseData();
        for (TopicProduceData topic : ProducedTopics.once(request.topicData())) {
            Optional<TopicImage> image =
                    byId ? view.image().topic(topic.topicId()) : view.image().topic(topic.name());
            TopicProduceResponse topicResponse = new TopicProduceResponse()
                    .setName(topic.name())
                    .setTopicId(byId ? topic.topicId() : Uuid.ZERO_UUID);
            response.responses().add(topicResponse);
            for (PartitionProduceData partition : topic.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse().setIndex(partition.index());
                topicResponse.partitionResponses().add(answer);
                answers.add(answer);
                Errors error = check(image, partition, byId);
                if (error == Errors.NONE && partition.records() instanceof MemoryRecords records) {
                    ByteBuffer bytes = records.buffer();
                    places.add(answers.size() - 1);
                    entries.add(new AppendRequest.Entry(
                            new PartitionKey(image.orElseThrow().id(), partition.index()), -1, bytes));
                } else {
                    fill(answer, AppendResult.failed(error, null), context);
                }
            }
        }
        return partitions
                .append(new AppendRequest(
                        entries,
                        request.acks(),
                        request.timeoutMs(),
                        context.version(),
                        Origin.CLIENT,
                        context.link()::bytesDone))
                .map(results -> {
                    for (int i = 0; i < results.size(); i++) {
                        fill(answers.get(places.get(i)), results.get(i), context);
                        if (context.version() >= LEADERS_SINCE
                                && isLeaderError(results.get(i).error())) {
                            nameLeader(
                                    response,
                                    answers.get(places.get(i)),
                                    entries.get(i).key(),
                                    context);
                        }
                    }
                    return request.acks() == 0 ? withoutAck(answers) : response;
                });
    }

    /** The producer expects no answer; that its records were refused it can learn only from a closed connection. */
    private static @Nullable ApiMessage withoutAck(List<PartitionProduceResponse> answers) {
        for (PartitionProduceResponse answer : answers) {
            Errors error = Errors.forCode(answer.errorCode());
            if (error != Errors.NONE) {
                throw error.exception(answer.errorMessage());
            }
        }
        return null;
    }

    private static Errors check(Optional<TopicImage> topic, PartitionProduceData partition, boolean byId) {
        if (topic.isEmpty()) {
            return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (topic.get().partition(partition.index()).isEmpty()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (Topic.isInternal(topic.get().name())) {
            // Only the coordinators write there; a client could forge offsets.
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        return partition.records() == null ? Errors.INVALID_RECORD : Errors.NONE;
    }

    private static void fill(PartitionProduceResponse answer, AppendResult result, RequestContext context) {
        Errors error = context.version() < IDS_SINCE ? TopicErrors.byName(result.error()) : result.error();
        answer.setErrorCode(error.code())
                .setBaseOffset(result.baseOffset())
                .setLogAppendTimeMs(result.logAppendTimeMs())
                .setLogStartOffset(result.logStartOffset())
                .setErrorMessage(result.message())
                .setRecordErrors(result.recordErrors().stream()
                        .map(e -> new BatchIndexAndErrorMessage()
                                .setBatchIndex(e.batchIndex())
                                .setBatchIndexErrorMessage(e.message()))
                        .toList());
    }

    private static boolean isLeaderError(Errors error) {
        return error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
    }

    /** Tells the client where to go next without another round of metadata (KIP-951). */
    private void nameLeader(
            ProduceResponseData response, PartitionProduceResponse answer, PartitionKey key, RequestContext context) {
        view.image().topics().partition(key.topicId(), key.partition()).ifPresent(partition -> {
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(partition.leader()).setLeaderEpoch(partition.leaderEpoch()));
            if (response.nodeEndpoints().find(partition.leader()) == null) {
                view.endpoint(partition.leader(), context.listener())
                        .map(node -> new NodeEndpoint()
                                .setNodeId(node.id())
                                .setHost(node.host())
                                .setPort(node.port())
                                .setRack(node.rack()))
                        .ifPresent(response.nodeEndpoints()::add);
            }
        });
    }
}
