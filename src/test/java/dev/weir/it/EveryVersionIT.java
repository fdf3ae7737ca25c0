package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each API that the broker says it serves, in each version that kafka-clients marks stable. */
class EveryVersionIT {
    private static final String TOPIC = "versions";
    private static final Set<ApiKeys> REQUIRED = EnumSet.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.METADATA,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.PRODUCE,
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiKeys.INIT_PRODUCER_ID,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.LIST_CONFIG_RESOURCES,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.ALTER_REPLICA_LOG_DIRS,
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
            ApiKeys.LIST_PARTITION_REASSIGNMENTS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.DESCRIBE_PRODUCERS);

    private static BrokerProcess broker;
    private static Uuid topicId = Uuid.ZERO_UUID;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        broker = BrokerProcess.start(home);
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            topicId = admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
                    .topicId(TOPIC)
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldAdvertiseEveryStableVersion() {
        // when
        Map<ApiKeys, ApiVersionsResponseData.ApiVersion> served = served();

        // then
        assertThat(served.keySet()).containsAll(REQUIRED);
        assertThat(served).allSatisfy((api, range) -> {
            assertThat(range.maxVersion()).as(api.name).isEqualTo(api.latestVersion(false));
            assertThat(range.minVersion()).as(api.name).isEqualTo(api == ApiKeys.PRODUCE ? 0 : api.oldestVersion());
        });
    }

    @Test
    void shouldAnswerEveryVersionReadably() {
        // given
        List<String> wrong = new ArrayList<>();
        int asked = 0;

        // when
        for (Map.Entry<ApiKeys, ApiVersionsResponseData.ApiVersion> entry : served().entrySet()) {
            ApiKeys api = entry.getKey();
            for (short version = api.oldestVersion();
                    version <= entry.getValue().maxVersion();
                    version++) {
                asked++;
                ask(api, version, wrong);
            }
        }

        // then
        assertThat(wrong).isEmpty();
        assertThat(asked).isGreaterThan(100);
        assertThat(broker.log()).doesNotContain("ERROR");
    }

    private static void ask(ApiKeys api, short version, List<String> wrong) {
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            AbstractResponse response = client.call(api, version, request(api, version));
            Set<Errors> errors = response.errorCounts().keySet();
            if (errors.contains(Errors.UNKNOWN_SERVER_ERROR) || errors.contains(Errors.UNSUPPORTED_VERSION)) {
                wrong.add(api + " v" + version + ": " + response);
            }
            if (isServedFully(api) && !errors.equals(Set.of(Errors.NONE))) {
                wrong.add(api + " v" + version + ": " + response);
            }
        } catch (RuntimeException | AssertionError e) {
            wrong.add(api + " v" + version + ": " + e);
        }
    }

    private static boolean isServedFully(ApiKeys api) {
        return switch (api) {
            case PRODUCE,
                    FETCH,
                    METADATA,
                    LIST_OFFSETS,
                    OFFSET_FOR_LEADER_EPOCH,
                    API_VERSIONS,
                    ALTER_PARTITION_REASSIGNMENTS,
                    LIST_PARTITION_REASSIGNMENTS,
                    INIT_PRODUCER_ID -> true;
            default -> false;
        };
    }

    private static ApiMessage request(ApiKeys api, short version) {
        return switch (api) {
            case PRODUCE -> produce(version);
            case FETCH -> fetch(version);
            case METADATA ->
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(TOPIC)));
            case LIST_OFFSETS -> listOffsets();
            case OFFSET_FOR_LEADER_EPOCH -> epochEnd();
            case API_VERSIONS ->
                new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1");
            case ALTER_PARTITION_REASSIGNMENTS -> reassignment();
            case LIST_PARTITION_REASSIGNMENTS ->
                new ListPartitionReassignmentsRequestData()
                        .setTopics(List.of(new ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics()
                                .setName(TOPIC)
                                .setPartitionIndexes(List.of(0))));
            case INIT_PRODUCER_ID -> new InitProducerIdRequestData().setTransactionalId(null);
            default -> api.messageType.newRequest();
        };
    }

    /** To the replicas that the partition has. */
    private static AlterPartitionReassignmentsRequestData reassignment() {
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                                .setPartitionIndex(0)
                                .setReplicas(List.of(1))))));
    }

    private static ProduceRequestData produce(short version) {
        ProduceRequestData request = Batches.request(version < 13 ? TOPIC : "", 0, Batches.good());
        if (version >= 13) {
            request.topicData().forEach(topic -> topic.setTopicId(topicId));
        }
        return request;
    }

    private static FetchRequestData fetch(short version) {
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(0)
                        .setPartitionMaxBytes(1_000_000)));
        if (version < 13) {
            topic.setTopic(TOPIC);
        } else {
            topic.setTopicId(topicId);
        }
        return new FetchRequestData().setMaxBytes(1_000_000).setMinBytes(0).setTopics(List.of(topic));
    }

    private static ListOffsetsRequestData listOffsets() {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(-1)))));
    }

    private static OffsetForLeaderEpochRequestData epochEnd() {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                        .setTopic(TOPIC)
                        .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                .setPartition(0)
                                .setLeaderEpoch(0))));
        return request;
    }

    private static Map<ApiKeys, ApiVersionsResponseData.ApiVersion> served() {
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            ApiVersionsResponse response = (ApiVersionsResponse)
                    client.call(ApiKeys.API_VERSIONS, (short) 3, request(ApiKeys.API_VERSIONS, (short) 3));
            return response.data().apiKeys().stream()
                    .collect(Collectors.toMap(range -> ApiKeys.forId(range.apiKey()), range -> range));
        }
    }
}
