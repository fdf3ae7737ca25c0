package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.LogMessages.AlterLogDir;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** AlterReplicaLogDirs (KIP-113): moves logs between the log directories of this broker. */
final class AlterReplicaLogDirsHandler implements ApiHandler<AlterReplicaLogDirsRequestData> {
    private final BrokerView view;
    private final PartitionClient partitions;

    AlterReplicaLogDirsHandler(BrokerView view, PartitionClient partitions) {
        this.view = view;
        this.partitions = partitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public Future<AlterReplicaLogDirsResponseData> handle(
            AlterReplicaLogDirsRequestData request, RequestContext context) {
        List<AlterLogDir> entries = new ArrayList<>();
        for (AlterReplicaLogDir directory : request.dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                Uuid id = view.image().topic(topic.name()).map(TopicImage::id).orElse(Uuid.ZERO_UUID);
                topic.partitions()
                        .forEach(index -> entries.add(new AlterLogDir(
                                new PartitionKey(id, index),
                                new TopicPartition(topic.name(), index),
                                directory.path())));
            }
        }
        return partitions.alterLogDirs(entries).map(errors -> {
            Map<String, AlterReplicaLogDirTopicResult> topics = new LinkedHashMap<>();
            for (int i = 0; i < entries.size(); i++) {
                TopicPartition name = entries.get(i).name();
                topics.computeIfAbsent(name.topic(), topic -> new AlterReplicaLogDirTopicResult().setTopicName(topic))
                        .partitions()
                        .add(new AlterReplicaLogDirPartitionResult()
                                .setPartitionIndex(name.partition())
                                .setErrorCode(errors.get(i).code()));
            }
            return new AlterReplicaLogDirsResponseData().setResults(List.copyOf(topics.values()));
        });
    }
}
