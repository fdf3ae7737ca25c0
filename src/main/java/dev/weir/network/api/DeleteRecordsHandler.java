package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.OffsetMessages;
import dev.weir.partition.client.OffsetMessages.DeleteEntry;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DeleteRecords: moves the start of logs up (KIP-107). */
final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequestData> {
    private final BrokerView view;
    private final PartitionClient partitions;

    DeleteRecordsHandler(BrokerView view, PartitionClient partitions) {
        this.view = view;
        this.partitions = partitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_RECORDS;
    }

    @Override
    public Future<DeleteRecordsResponseData> handle(DeleteRecordsRequestData request, RequestContext context) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        List<DeleteRecordsPartitionResult> places = new ArrayList<>();
        List<DeleteEntry> entries = new ArrayList<>();
        for (DeleteRecordsTopic topic : request.topics()) {
            Optional<TopicImage> image = view.image().topic(topic.name());
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().add(result);
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult answer =
                        new DeleteRecordsPartitionResult().setPartitionIndex(partition.partitionIndex());
                result.partitions().add(answer);
                if (image.flatMap(t -> t.partition(partition.partitionIndex())).isEmpty()) {
                    answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                            .setLowWatermark(-1);
                } else if (Topic.isInternal(topic.name())) {
                    // The coordinators' state, whatever its cleanup policy: without it, committed offsets are gone.
                    answer.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code()).setLowWatermark(-1);
                } else {
                    places.add(answer);
                    entries.add(new DeleteEntry(
                            new PartitionKey(image.orElseThrow().id(), partition.partitionIndex()),
                            partition.offset()));
                }
            }
        }
        return partitions
                .deleteRecords(new OffsetMessages.DeleteRecords(entries, request.timeoutMs()))
                .map(answers -> {
                    for (int i = 0; i < answers.size(); i++) {
                        places.get(i)
                                .setErrorCode(TopicErrors.byName(answers.get(i).error())
                                        .code())
                                .setLowWatermark(answers.get(i).lowWatermark());
                    }
                    return response;
                });
    }
}
