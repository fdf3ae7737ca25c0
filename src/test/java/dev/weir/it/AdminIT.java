package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin client of kafka-clients against one broker. */
class AdminIT {
    private static BrokerProcess broker;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path home) {
        broker = BrokerProcess.start(home);
        admin = Clients.admin(broker.bootstrap());
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void shouldCreateTopicsWithConfigsAndAssignments() throws Exception {
        // when
        NewTopic assigned = new NewTopic("assigned", Map.of(0, List.of(1), 1, List.of(1)));
        CreateTopicsResult result = admin.createTopics(List.of(
                assigned,
                new NewTopic("plain", Optional.of(2), Optional.empty()).configs(Map.of("segment.bytes", "2000000"))));
        result.all().get();
        Config config = result.config("plain").get();
        Map<String, TopicDescription> described = admin.describeTopics(List.of("assigned", "plain"))
                .allTopicNames()
                .get();

        // then
        assertThat(result.numPartitions("plain").get()).isEqualTo(2);
        assertThat(result.replicationFactor("plain").get()).isEqualTo(1);
        assertThat(config.get("segment.bytes").value()).isEqualTo("2000000");
        assertThat(Found.in(described, "assigned").partitions()).hasSize(2);
        assertThat(Found.in(described, "plain").topicId())
                .isEqualTo(result.topicId("plain").get());
        assertThat(Found.in(described, "plain").partitions().get(1).leader().id())
                .isEqualTo(1);
        assertThat(Found.in(described, "plain").partitions().get(1).isr()).hasSize(1);
    }

    @Test
    void shouldValidateWithoutCreating() throws Exception {
        // when
        admin.createTopics(
                        List.of(new NewTopic("only-validated", 3, (short) 1)),
                        new CreateTopicsOptions().validateOnly(true))
                .all()
                .get();

        // then
        assertThat(admin.listTopics().names().get()).doesNotContain("only-validated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "spaced out", "ümlaut", "LONG"})
    void shouldRefuseABadName(String name) {
        // when
        String topic = name.equals("LONG") ? "x".repeat(250) : name;
        Throwable problem = failure(
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all());

        // then
        assertThat(problem).isInstanceOf(InvalidTopicException.class);
    }

    @Test
    void shouldRefuseWhatCannotBeCreated() throws Exception {
        // given
        create("a.b", 1);
        create("x".repeat(249), 1);

        // then
        assertThat(failure(admin.createTopics(List.of(new NewTopic("a.b", 1, (short) 1)))
                        .all()))
                .isInstanceOf(TopicExistsException.class);
        assertThat(failure(admin.createTopics(List.of(new NewTopic("a_b", 1, (short) 1)))
                        .all()))
                .isInstanceOf(InvalidTopicException.class)
                .hasMessageContaining("a.b");
        assertThat(failure(admin.createTopics(List.of(new NewTopic("none", 0, (short) 1)))
                        .all()))
                .isInstanceOf(InvalidPartitionsException.class);
        assertThat(failure(admin.createTopics(List.of(new NewTopic("many", 1, (short) 2)))
                        .all()))
                .isInstanceOf(InvalidReplicationFactorException.class);
        assertThat(failure(admin.createTopics(List.of(new NewTopic("gap", Map.of(1, List.of(1)))))
                        .all()))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(failure(admin.createTopics(List.of(new NewTopic("who", Map.of(0, List.of(9)))))
                        .all()))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(failure(admin.createTopics(List.of(new NewTopic("bad", 1, (short) 1).configs(Map.of("nope", "1"))))
                        .all()))
                .isInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void shouldRefuseTenThousandTopicsInOneRequest() throws Exception {
        // given
        List<NewTopic> many = IntStream.range(0, 10_001)
                .mapToObj(i -> new NewTopic("mass-" + i, 1, (short) 1))
                .toList();

        // when
        Map<String, KafkaFuture<Void>> results = admin.createTopics(many).values();

        // then
        assertThat(failure(Found.in(results, "mass-0"))).isInstanceOf(PolicyViolationException.class);
        assertThat(failure(Found.in(results, "mass-9999"))).isInstanceOf(PolicyViolationException.class);
        assertThat(admin.listTopics().names().get()).noneMatch(name -> name.startsWith("mass-"));
    }

    @Test
    void shouldDeleteByNameAndById() throws Exception {
        // given
        create("doomed-name", 1);
        Uuid id = create("doomed-id", 1);

        // when
        admin.deleteTopics(List.of("doomed-name")).all().get();
        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get();

        // then
        assertThat(admin.listTopics().names().get()).doesNotContain("doomed-name", "doomed-id");
        assertThat(failure(admin.deleteTopics(List.of("doomed-name")).all()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(failure(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .all()))
                .isInstanceOf(UnknownTopicIdException.class);
        assertThat(failure(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .allTopicIds()))
                .isInstanceOf(UnknownTopicIdException.class);
        assertThat(create("doomed-id", 1)).isNotEqualTo(id);
    }

    @Test
    void shouldGrowATopicButNotShrinkIt() throws Exception {
        // given
        create("grown", 2);

        // when
        admin.createPartitions(Map.of("grown", NewPartitions.increaseTo(4)))
                .all()
                .get();

        // then
        assertThat(describe("grown").partitions()).hasSize(4);
        assertThat(failure(admin.createPartitions(Map.of("grown", NewPartitions.increaseTo(3)))
                        .all()))
                .isInstanceOf(InvalidPartitionsException.class);
        assertThat(failure(admin.createPartitions(Map.of("nobody", NewPartitions.increaseTo(3)))
                        .all()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        produce("grown", 3, 1);
    }

    @Test
    void shouldTellWhereASettingComesFrom() throws Exception {
        // given
        create("settings", 1);
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "settings");
        ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource cluster = new ConfigResource(ConfigResource.Type.BROKER, "");

        // when
        alter(topic, "retention.ms", "1000000");
        alter(node, "log.segment.bytes", "3000000");
        alter(cluster, "log.retention.bytes", "123456789");
        Config config = Found.in(
                admin.describeConfigs(
                                List.of(topic),
                                new DescribeConfigsOptions()
                                        .includeSynonyms(true)
                                        .includeDocumentation(true))
                        .all()
                        .get(),
                topic);

        // then
        ConfigEntry retention = config.get("retention.ms");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.documentation()).isNotEmpty();
        assertThat(retention.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name)
                .startsWith("retention.ms")
                .contains("log.retention.hours");
        assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(config.get("segment.bytes").value()).isEqualTo("3000000");
        assertThat(config.get("retention.bytes").source())
                .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        assertThat(config.get("cleanup.policy").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(config.get("cleanup.policy").isDefault()).isTrue();
        assertThat(failure(admin.incrementalAlterConfigs(Map.of(topic, operations("nope", "1")))
                        .all()))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC), new ListConfigResourcesOptions())
                        .all()
                        .get())
                .contains(topic);
    }

    @Test
    void shouldDescribeTheCluster() throws Exception {
        // when
        var cluster = admin.describeCluster();

        // then
        assertThat(cluster.nodes().get()).extracting(node -> node.port()).containsExactly(broker.kafkaPort());
        assertThat(cluster.controller().get().id()).isEqualTo(1);
        assertThat(cluster.clusterId().get()).hasSize(22);
        assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .containsKey("metadata.version");
    }

    @Test
    void shouldListOffsetsByEverySpecification() throws Exception {
        // given
        create("offsets", 1);
        keepForEver("offsets");
        produce("offsets", 0, 10);
        TopicPartition partition = new TopicPartition("offsets", 0);
        Map<OffsetSpec, Long> wanted = Map.of(
                OffsetSpec.earliest(), 0L,
                OffsetSpec.latest(), 10L,
                OffsetSpec.maxTimestamp(), 9L,
                OffsetSpec.forTimestamp(5_000), 5L,
                OffsetSpec.forTimestamp(99_000), -1L,
                OffsetSpec.earliestLocal(), 0L,
                OffsetSpec.latestTiered(), -1L);

        // then
        for (Map.Entry<OffsetSpec, Long> one : wanted.entrySet()) {
            var result = admin.listOffsets(Map.of(partition, one.getKey()))
                    .partitionResult(partition)
                    .get();
            assertThat(result.offset())
                    .as(one.getKey().getClass().getSimpleName())
                    .isEqualTo(one.getValue());
        }
    }

    @Test
    void shouldDeleteRecordsAndDescribeWhatIsLeft() throws Exception {
        // given
        create("trimmed", 1);
        keepForEver("trimmed");
        // A producer whose last record is old may be forgotten at any time.
        produce("trimmed", 0, 10, System.currentTimeMillis());
        TopicPartition partition = new TopicPartition("trimmed", 0);

        // when
        long low = Found.in(
                        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4)))
                                .lowWatermarks(),
                        partition)
                .get()
                .lowWatermark();
        Throwable beyond = failure(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(40)))
                .all());

        // then
        assertThat(low).isEqualTo(4);
        assertThat(beyond).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(Clients.readAll(broker.bootstrap(), "trimmed")).hasSize(6);
        assertThat(Found.in(admin.describeProducers(List.of(partition)).all().get(), partition)
                        .activeProducers())
                .hasSize(1)
                .allSatisfy(producer -> assertThat(producer.lastSequence()).isEqualTo(9));
        assertThat(Found.in(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1)
                        .values())
                .hasSize(1)
                .allSatisfy(dir -> {
                    assertThat(dir.error()).isNull();
                    assertThat(Found.in(dir.replicaInfos(), partition).size()).isPositive();
                    assertThat(dir.totalBytes().orElse(0)).isPositive();
                });
    }

    private static Uuid create(String name, int partitions) throws Exception {
        return admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .topicId(name)
                .get();
    }

    private static TopicDescription describe(String topic) throws Exception {
        return Found.in(admin.describeTopics(List.of(topic)).allTopicNames().get(), topic);
    }

    /** Records of long ago do not outlive the first round of retention, which may come at any moment. */
    private static void keepForEver(String topic) throws Exception {
        alter(new ConfigResource(ConfigResource.Type.TOPIC, topic), "retention.ms", "-1");
    }

    private static void produce(String topic, int partition, int count) throws Exception {
        produce(topic, partition, count, 0);
    }

    private static void produce(String topic, int partition, int count, long firstTimestamp) throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, partition, firstTimestamp + i * 1_000L, "k", "v"))
                        .get();
            }
        }
    }

    private static void alter(ConfigResource resource, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, operations(name, value)))
                .all()
                .get();
    }

    private static Collection<AlterConfigOp> operations(String name, String value) {
        return List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
    }

    private static Throwable failure(KafkaFuture<?> future) {
        Throwable thrown = catchThrowable(() -> future.get(30, TimeUnit.SECONDS));
        return thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
