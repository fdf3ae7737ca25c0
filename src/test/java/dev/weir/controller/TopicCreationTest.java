package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicCreationTest {
    private static final Uuid ID = new Uuid(900L, 1L);

    private final TopicCreation creation = new TopicCreation(TestCluster.SETTINGS, new FakeConfigRules());
    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "old.topic", new Uuid(1, 1), 1);

    @Test
    void shouldRecordTopicThenSettingsThenPartitionsInOrder() {
        CreatableTopic topic = topic("new", 2, 2);
        topic.configs().add(config("retention.ms", "5"));

        ControllerResult<CreateTopicsResponseData> result = create(topic);

        assertThat(result.records())
                .containsExactly(
                        new TopicRecord("new", ID),
                        new ConfigRecord(new ConfigResource(ConfigResource.Type.TOPIC, "new"), "retention.ms", "5"),
                        TestCluster.partition(ID, 0, 1, 2),
                        TestCluster.partition(ID, 1, 2, 3));
        assertThat(only(result))
                .isEqualTo(new CreatableTopicResult()
                        .setName("new")
                        .setTopicId(ID)
                        .setErrorMessage(null)
                        .setNumPartitions(2)
                        .setReplicationFactor((short) 2)
                        .setConfigs(List.of(
                                effective("cleanup.policy", "delete", ConfigSource.DEFAULT_CONFIG),
                                effective("min.insync.replicas", "1", ConfigSource.DEFAULT_CONFIG),
                                effective("retention.ms", "5", ConfigSource.TOPIC_CONFIG),
                                effective("unclean.leader.election.enable", "false", ConfigSource.DEFAULT_CONFIG))));
    }

    @Test
    void shouldUseTheBrokersDefaultsWhereTheRequestNamesNone() {
        ControllerResult<CreateTopicsResponseData> result = create(topic("new", -1, -1));

        assertThat(only(result).numPartitions()).isEqualTo(3);
        assertThat(only(result).replicationFactor()).isEqualTo((short) 1);
        assertThat(result.records()).hasSize(4);
    }

    @Test
    void shouldAnswerAsUsualButRecordNothingWhenItOnlyValidates() {
        CreateTopicsRequestData request = request(topic("new", 1, 1)).setValidateOnly(true);

        ControllerResult<CreateTopicsResponseData> result = creation.create(image, request, TestCluster.random(0), 1);

        assertThat(result.records()).isEmpty();
        assertThat(only(result).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(only(result).numPartitions()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheAssignmentsOfTheClientInAnyOrder() {
        CreatableTopic topic = assigned(1, List.of(3, 1));
        topic.assignments().add(assignment(0, 2, 3));

        ControllerResult<CreateTopicsResponseData> result = create(topic);

        assertThat(result.records())
                .containsExactly(
                        new TopicRecord("new", ID),
                        TestCluster.partition(ID, 0, 2, 3),
                        TestCluster.partition(ID, 1, 3, 1));
    }

    @Test
    void shouldKeepAFencedReplicaOutOfTheIsrAndTheLead() {
        ClusterImage oneFenced = image.apply(TestCluster.broker(2, null, true));

        ControllerResult<CreateTopicsResponseData> result =
                creation.create(oneFenced, request(assigned(0, List.of(2, 3))), TestCluster.random(0), 1);

        assertThat(result.records().get(1)).isInstanceOfSatisfying(PartitionRecord.class, partition -> {
            assertThat(partition.replicas()).containsExactly(2, 3);
            assertThat(partition.isr()).containsExactly(3);
            assertThat(partition.leader()).isEqualTo(3);
        });
    }

    @Test
    void shouldLeaveADirectoryOpenWhereABrokerHasSeveral() {
        ClusterImage twoDirs = image.apply(new dev.weir.metadata.record.RegisterBrokerRecord(
                1,
                new Uuid(7, 1),
                10,
                List.of(),
                List.of(),
                null,
                false,
                false,
                List.of(TestCluster.dir(1), TestCluster.dir(9))));

        ControllerResult<CreateTopicsResponseData> result =
                creation.create(twoDirs, request(assigned(0, List.of(1))), TestCluster.random(0), 1);

        assertThat(((PartitionRecord) result.records().get(1)).directories()).containsExactly(new Uuid(0, 1));
    }

    static Stream<Arguments> refusals() {
        CreatableTopic unknownConfig = topic("new", 1, 1);
        unknownConfig.configs().add(config("retention.m", "5"));
        CreatableTopic nullConfig = topic("new", 1, 1);
        nullConfig
                .configs()
                .add(new CreatableTopicConfig().setName("retention.ms").setValue(null));
        CreatableTopic longConfig = topic("new", 1, 1);
        longConfig.configs().add(config("retention.ms", "9".repeat(32_768)));
        CreatableTopic twice = assigned(0, List.of(1));
        twice.assignments().add(assignment(0, 2));
        CreatableTopic gap = assigned(0, List.of(1));
        gap.assignments().add(assignment(2, 2));
        CreatableTopic uneven = assigned(0, List.of(1));
        uneven.assignments().add(assignment(1, 2, 3));
        return Stream.of(
                Arguments.of(topic("old.topic", 1, 1), Errors.TOPIC_ALREADY_EXISTS),
                Arguments.of(topic("old_topic", 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("__cluster_metadata", 1, 1), Errors.INVALID_REQUEST),
                Arguments.of(topic("new", 0, 1), Errors.INVALID_PARTITIONS),
                Arguments.of(topic("new", -2, 1), Errors.INVALID_PARTITIONS),
                Arguments.of(topic("new", 1, 0), Errors.INVALID_REPLICATION_FACTOR),
                Arguments.of(topic("new", 1, -2), Errors.INVALID_REPLICATION_FACTOR),
                Arguments.of(topic("new", 1, 4), Errors.INVALID_REPLICATION_FACTOR),
                Arguments.of(unknownConfig, Errors.INVALID_CONFIG),
                Arguments.of(nullConfig, Errors.INVALID_CONFIG),
                Arguments.of(longConfig, Errors.INVALID_CONFIG),
                Arguments.of(assigned(0, List.of(1)).setNumPartitions(1), Errors.INVALID_REQUEST),
                Arguments.of(assigned(0, List.of(1)).setReplicationFactor((short) 1), Errors.INVALID_REQUEST),
                Arguments.of(assigned(0, List.of()), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(assigned(0, List.of(9)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(assigned(0, List.of(1, 1)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(assigned(1, List.of(1)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(twice, Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(gap, Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(uneven, Errors.INVALID_REPLICA_ASSIGNMENT));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldRefuseATopicForItselfAndCreateTheOthers(CreatableTopic refused, Errors error) {
        ControllerResult<CreateTopicsResponseData> result = create(refused.duplicate(), topic("fine", 1, 1));

        assertThat(result.response().topics().find(refused.name()).errorCode()).isEqualTo(error.code());
        assertThat(result.response().topics().find(refused.name()).errorMessage())
                .isNotBlank();
        assertThat(result.response().topics().find("fine").errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.records()).hasSize(2).contains(new TopicRecord("fine", ID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ä", "a\u0000"})
    void shouldRefuseANameThatIsNoTopicName(String name) {
        assertThat(only(create(topic(name, 1, 1))).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void shouldAcceptANameOf249CharactersAndRefuseOneOf250() {
        assertThat(only(create(topic("x".repeat(249), 1, 1))).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(only(create(topic("x".repeat(250), 1, 1))).errorCode())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void shouldRefuseTheSecondOfTwoNamesThatCollideInOneRequest() {
        ControllerResult<CreateTopicsResponseData> result = create(topic("a.b", 1, 1), topic("a_b", 1, 1));

        assertThat(result.response().topics().find("a.b").errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.response().topics().find("a_b").errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void shouldRefuseBothOfATopicNamedTwice() {
        ControllerResult<CreateTopicsResponseData> result =
                create(topic("a", 1, 1), topic("b", 1, 1), topic("a", 2, 1));

        assertThat(result.response().topics())
                .extracting(CreatableTopicResult::name)
                .containsExactly("b", "a");
        assertThat(result.response().topics().find("a").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(result.records()).contains(new TopicRecord("b", ID)).hasSize(2);
    }

    @Test
    void shouldRefuseTheWholeRequestForMoreThanTenThousandPartitions() {
        ControllerResult<CreateTopicsResponseData> result = create(topic("a", 9_999, 1), topic("b", 2, 1));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().topics())
                .allSatisfy(t -> assertThat(t.errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code()))
                .hasSize(2);
    }

    @Test
    void shouldRefuseTheWholeRequestForTenThousandTopicsOfOnePartition() {
        CreatableTopic[] topics =
                IntStream.range(0, 10_000).mapToObj(i -> topic("t" + i, 1, 1)).toArray(CreatableTopic[]::new);

        ControllerResult<CreateTopicsResponseData> result = create(topics);

        assertThat(result.records()).isEmpty();
        assertThat(result.response().topics()).hasSize(10_000).allSatisfy(t -> assertThat(t.errorCode())
                .isEqualTo(Errors.POLICY_VIOLATION.code()));
    }

    @Test
    void shouldSurviveTheLargestNumbersAClientCanSend() {
        ControllerResult<CreateTopicsResponseData> result =
                create(topic("a", Integer.MAX_VALUE, 1), topic("b", Integer.MAX_VALUE, 1));

        assertThat(result.response().topics())
                .allSatisfy(t -> assertThat(t.errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code()));
    }

    @Test
    void shouldMakeInternalTopicsOfTheirOwnShapeAndOthersOfTheDefault() {
        InternalTopics internal = new InternalTopics(java.util.Map.of(
                "__x", new InternalTopics.Shape(50, (short) 3, java.util.Map.of("cleanup.policy", "compact"))));

        CreateTopicsRequestData request = internal.creationOf(new java.util.TreeSet<>(List.of("__x", "plain")));

        assertThat(request.topics().find("__x").numPartitions()).isEqualTo(50);
        assertThat(request.topics().find("__x").configs().find("cleanup.policy").value())
                .isEqualTo("compact");
        assertThat(request.topics().find("plain").numPartitions()).isEqualTo(-1);
        assertThat(creation.create(image, request, TestCluster.random(0), 1)
                        .response()
                        .topics())
                .allSatisfy(t -> assertThat(t.errorCode()).isEqualTo(Errors.NONE.code()));
    }

    private ControllerResult<CreateTopicsResponseData> create(CreatableTopic... topics) {
        return creation.create(image, request(topics), TestCluster.random(0), 1);
    }

    private static CreatableTopicResult only(ControllerResult<CreateTopicsResponseData> result) {
        assertThat(result.response().topics()).hasSize(1);
        return result.response().topics().iterator().next();
    }

    private static CreateTopicsRequestData request(CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        for (CreatableTopic topic : topics) {
            request.topics().add(topic);
        }
        return request;
    }

    private static CreatableTopic topic(String name, int partitions, int replicationFactor) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short)
                replicationFactor);
    }

    private static CreatableTopic assigned(int partition, List<Integer> replicas) {
        CreatableTopic topic = topic("new", -1, -1);
        topic.assignments().add(assignment(partition, replicas.toArray(Integer[]::new)));
        return topic;
    }

    private static CreatableReplicaAssignment assignment(int partition, Integer... replicas) {
        return new CreatableReplicaAssignment().setPartitionIndex(partition).setBrokerIds(List.of(replicas));
    }

    private static CreatableTopicConfig config(String name, String value) {
        return new CreatableTopicConfig().setName(name).setValue(value);
    }

    private static CreatableTopicConfigs effective(String name, String value, ConfigSource source) {
        return new CreatableTopicConfigs().setName(name).setValue(value).setConfigSource(source.id());
    }
}
