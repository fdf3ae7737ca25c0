package dev.weir.it;

import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Requests about topics to one broker and no other, each over a connection of its own and sent once. */
final class TopicClient {
    private static final int TIMEOUT_MS = 10_000;
    private static final String RETENTION = "retention.ms";

    private final int port;

    TopicClient(int port) {
        this.port = port;
    }

    CreatableTopicResult create(String name, int partitions) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) 1));
        var answer = (org.apache.kafka.common.requests.CreateTopicsResponse) call(ApiKeys.CREATE_TOPICS, 7, request);
        return answer.data().topics().find(name);
    }

    Errors delete(String name) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData()
                .setTimeoutMs(TIMEOUT_MS)
                .setTopics(List.of(new DeleteTopicState().setName(name)));
        var answer = (org.apache.kafka.common.requests.DeleteTopicsResponse) call(ApiKeys.DELETE_TOPICS, 6, request);
        return Errors.forCode(answer.data().responses().iterator().next().errorCode());
    }

    Errors grow(String name, int partitions) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreatePartitionsTopic()
                        .setName(name)
                        .setCount(partitions)
                        .setAssignments(null));
        var answer =
                (org.apache.kafka.common.requests.CreatePartitionsResponse) call(ApiKeys.CREATE_PARTITIONS, 3, request);
        return Errors.forCode(answer.data().results().get(0).errorCode());
    }

    Errors configure(String name, String retention) {
        AlterableConfigCollection configs = new AlterableConfigCollection();
        configs.add(new AlterableConfig()
                .setName(RETENTION)
                .setConfigOperation((byte) 0)
                .setValue(retention));
        AlterConfigsResourceCollection resources = new AlterConfigsResourceCollection();
        resources.add(new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(name)
                .setConfigs(configs));
        var answer = (org.apache.kafka.common.requests.IncrementalAlterConfigsResponse) call(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, new IncrementalAlterConfigsRequestData().setResources(resources));
        return Errors.forCode(answer.data().responses().get(0).errorCode());
    }

    MetadataResponseData metadata() {
        MetadataRequestData request = new MetadataRequestData().setTopics(null);
        return ((org.apache.kafka.common.requests.MetadataResponse) call(ApiKeys.METADATA, 12, request)).data();
    }

    /** Every topic of this broker's image. */
    Map<String, TopicLedger.Shown> topics() {
        Map<String, String> configs = new HashMap<>();
        var found = metadata().topics();
        if (!found.isEmpty()) {
            DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                    .setResources(found.stream()
                            .map(topic -> new DescribeConfigsResource()
                                    .setResourceType(ConfigResource.Type.TOPIC.id())
                                    .setResourceName(topic.name())
                                    .setConfigurationKeys(List.of(RETENTION)))
                            .toList());
            var answer = (org.apache.kafka.common.requests.DescribeConfigsResponse)
                    call(ApiKeys.DESCRIBE_CONFIGS, 4, request);
            for (DescribeConfigsResult result : answer.data().results()) {
                result.configs().stream()
                        .filter(config -> config.configSource() == 1)
                        .forEach(config -> configs.put(result.resourceName(), config.value()));
            }
        }
        Map<String, TopicLedger.Shown> all = new HashMap<>();
        found.forEach(topic -> all.put(
                topic.name(),
                new TopicLedger.Shown(
                        topic.topicId(),
                        topic.partitions().size(),
                        configs.getOrDefault(topic.name(), TopicLedger.UNSET))));
        return all;
    }

    /** The metadata quorum's partition as this broker, or the leader that it asks, describes it. */
    DescribeQuorumResponseData.PartitionData quorum() {
        DescribeQuorumRequestData request = new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))));
        var answer =
                (org.apache.kafka.common.requests.DescribeQuorumResponse) call(ApiKeys.DESCRIBE_QUORUM, 2, request);
        if (answer.data().topics().isEmpty()) {
            throw new UncheckedIOException(new java.io.IOException("no quorum: " + answer.data()));
        }
        return answer.data().topics().get(0).partitions().get(0);
    }

    private Object call(ApiKeys api, int version, ApiMessage body) {
        try (RawClient client = new RawClient(port)) {
            return client.call(api, (short) version, body);
        }
    }
}
