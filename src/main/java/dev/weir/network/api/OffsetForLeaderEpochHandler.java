package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.OffsetMessages;
import dev.weir.partition.client.OffsetMessages.EpochEntry;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** OffsetForLeaderEpoch: where an epoch ends in the leader's log (KIP-101, KIP-320). */
final class OffsetForLeaderEpochHandler implements ApiHandler<OffsetForLeaderEpochRequestData> {
    private final BrokerView view;
    private final PartitionClient partitions;

    OffsetForLeaderEpochHandler(BrokerView view, PartitionClient partitions) {
        this.view = view;
        this.partitions = partitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public Future<OffsetForLeaderEpochResponseData> handle(
            OffsetForLeaderEpochRequestData request, RequestContext context) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        List<EpochEndOffset> places = new ArrayList<>();
        List<EpochEntry> entries = new ArrayList<>();
        for (OffsetForLeaderTopic topic : request.topics()) {
            Optional<TopicImage> image = view.image().topic(topic.topic());
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            response.topics().add(result);
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                EpochEndOffset answer = new EpochEndOffset().setPartition(partition.partition());
                result.partitions().add(answer);
                if (image.flatMap(t -> t.partition(partition.partition())).isEmpty()) {
                    answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    places.add(answer);
                    entries.add(new EpochEntry(
                            new PartitionKey(image.orElseThrow().id(), partition.partition()),
                            partition.currentLeaderEpoch(),
                            partition.leaderEpoch()));
                }
            }
        }
        return partitions.epochEnds(new OffsetMessages.EpochEnds(entries)).map(answers -> {
            for (int i = 0; i < answers.size(); i++) {
                places.get(i)
                        .setErrorCode(TopicErrors.byName(answers.get(i).error()).code())
                        .setLeaderEpoch(answers.get(i).leaderEpoch())
                        .setEndOffset(answers.get(i).endOffset());
            }
            return response;
        });
    }
}
