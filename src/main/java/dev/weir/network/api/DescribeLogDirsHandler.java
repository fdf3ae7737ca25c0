package dev.weir.network.api;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.LogMessages.LogDescription;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeLogDirs (KIP-113, KIP-827): every log directory with its sizes and the logs asked for. */
final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequestData> {
    private final BrokerView view;
    private final PartitionClient partitions;
    private final LogDirsClient directories;

    DescribeLogDirsHandler(BrokerView view, PartitionClient partitions, LogDirsClient directories) {
        this.view = view;
        this.partitions = partitions;
        this.directories = directories;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public Future<DescribeLogDirsResponseData> handle(DescribeLogDirsRequestData request, RequestContext context) {
        List<PartitionKey> keys = new ArrayList<>();
        if (request.topics() != null) {
            for (DescribableLogDirTopic topic : request.topics()) {
                Optional<TopicImage> image = view.image().topic(topic.topic());
                image.ifPresent(t -> topic.partitions().forEach(index -> keys.add(new PartitionKey(t.id(), index))));
            }
        }
        Future<List<LogDescription>> logs = request.topics() != null && keys.isEmpty()
                ? Future.succeededFuture(List.of())
                : partitions.describeLogs(keys);
        return Future.join(directories.describe(), logs).map(both -> {
            List<Directory> all = both.resultAt(0);
            List<LogDescription> found = both.resultAt(1);
            DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
            all.forEach(directory -> response.results().add(describe(directory, found)));
            return response;
        });
    }

    private static DescribeLogDirsResult describe(Directory directory, List<LogDescription> logs) {
        DescribeLogDirsResult result = new DescribeLogDirsResult()
                .setLogDir(directory.path().toString())
                .setTotalBytes(directory.totalBytes())
                .setUsableBytes(directory.usableBytes())
                .setErrorCode((directory.offline() ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE).code());
        Map<String, DescribeLogDirsTopic> topics = new LinkedHashMap<>();
        for (LogDescription log : logs) {
            if (log.directoryId().equals(directory.id())) {
                topics.computeIfAbsent(log.name().topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(new DescribeLogDirsPartition()
                                .setPartitionIndex(log.name().partition())
                                .setPartitionSize(log.sizeBytes())
                                .setOffsetLag(log.offsetLag())
                                .setIsFutureKey(log.future()));
            }
        }
        return result.setTopics(List.copyOf(topics.values()));
    }
}
