package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeProducers (KIP-664): the producers that the leader of a partition remembers. */
final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequestData> {
    private final BrokerView view;
    private final PartitionClient partitions;

    DescribeProducersHandler(BrokerView view, PartitionClient partitions) {
        this.view = view;
        this.partitions = partitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_PRODUCERS;
    }

    @Override
    public Future<DescribeProducersResponseData> handle(DescribeProducersRequestData request, RequestContext context) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        List<Future<?>> asked = new ArrayList<>();
        for (TopicRequest topic : request.topics()) {
            Optional<TopicImage> image = view.image().topic(topic.name());
            TopicResponse topicResponse = new TopicResponse().setName(topic.name());
            response.topics().add(topicResponse);
            for (int index : topic.partitionIndexes()) {
                PartitionResponse answer = new PartitionResponse().setPartitionIndex(index);
                topicResponse.partitions().add(answer);
                if (image.flatMap(t -> t.partition(index)).isEmpty()) {
                    answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    asked.add(partitions
                            .describeProducers(
                                    new PartitionKey(image.orElseThrow().id(), index))
                            .onSuccess(producers -> answer.setErrorCode(TopicErrors.byName(producers.error())
                                            .code())
                                    .setActiveProducers(producers.producers())));
                }
            }
        }
        return Future.join(asked).map(done -> response);
    }
}
