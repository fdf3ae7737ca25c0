package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.OffsetMessages;
import dev.weir.partition.client.OffsetMessages.OffsetAnswer;
import dev.weir.partition.client.OffsetMessages.OffsetEntry;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;

/** ListOffsets: earliest, latest, by time, and the record with the largest time stamp. */
final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequestData> {
    private static final short EPOCHS_SINCE = 4;
    private static final short NOT_AVAILABLE_SINCE = 5;

    private final BrokerView view;
    private final PartitionClient partitions;

    ListOffsetsHandler(BrokerView view, PartitionClient partitions) {
        this.view = view;
        this.partitions = partitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public Future<ListOffsetsResponseData> handle(ListOffsetsRequestData request, RequestContext context) {
        ListOffsetsResponseData response = new ListOffsetsResponseData();
        List<ListOffsetsPartitionResponse> places = new ArrayList<>();
        List<OffsetEntry> entries = new ArrayList<>();
        Set<TopicPartition> seen = new HashSet<>();
        for (ListOffsetsTopic topic : request.topics()) {
            Optional<TopicImage> image = view.image().topic(topic.name());
            ListOffsetsTopicResponse topicResponse = new ListOffsetsTopicResponse().setName(topic.name());
            response.topics().add(topicResponse);
            for (ListOffsetsPartition partition : topic.partitions()) {
                ListOffsetsPartitionResponse answer =
                        new ListOffsetsPartitionResponse().setPartitionIndex(partition.partitionIndex());
                topicResponse.partitions().add(answer);
                boolean known = image.flatMap(t -> t.partition(partition.partitionIndex()))
                        .isPresent();
                if (!seen.add(new TopicPartition(topic.name(), partition.partitionIndex()))) {
                    answer.setErrorCode(Errors.INVALID_REQUEST.code());
                } else if (!known) {
                    answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else if (context.version() < firstVersionOf(partition.timestamp())) {
                    answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
                } else {
                    places.add(answer);
                    entries.add(new OffsetEntry(
                            new PartitionKey(image.orElseThrow().id(), partition.partitionIndex()),
                            partition.currentLeaderEpoch(),
                            partition.timestamp()));
                }
            }
        }
        boolean committed = request.isolationLevel() == 1;
        return partitions
                .listOffsets(new OffsetMessages.ListOffsets(entries, request.replicaId(), committed))
                .map(answers -> {
                    for (int i = 0; i < answers.size(); i++) {
                        OffsetAnswer answer = answers.get(i);
                        places.get(i)
                                .setErrorCode(error(answer.error(), context).code())
                                .setOffset(answer.offset())
                                .setTimestamp(answer.timestamp())
                                .setLeaderEpoch(context.version() >= EPOCHS_SINCE ? answer.leaderEpoch() : -1);
                    }
                    return response;
                });
    }

    /** Older clients do not know the error of a leader that is new (KIP-207), but try again after this one as well. */
    private static Errors error(Errors error, RequestContext context) {
        boolean isUnknown = error == Errors.OFFSET_NOT_AVAILABLE && context.version() < NOT_AVAILABLE_SINCE;
        return isUnknown ? Errors.LEADER_NOT_AVAILABLE : TopicErrors.byName(error);
    }

    /** The version that a timestamp with a meaning of its own has come with. */
    private static int firstVersionOf(long timestamp) {
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return 7;
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return 8;
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP) {
            return 9;
        }
        return timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP ? 11 : 0;
    }
}
