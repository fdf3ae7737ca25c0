package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PartitionGrowthTest {
    private static final Uuid ID = new Uuid(1, 1);

    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "t", ID, 1, 2);

    @Test
    void shouldAddPartitionsBehindThoseThatExist() {
        ControllerResult<CreatePartitionsResponseData> result = grow(false, topic("t", 3));

        assertThat(result.records())
                .containsExactly(TestCluster.partition(ID, 1, 2, 3), TestCluster.partition(ID, 2, 3, 1));
        assertThat(result.response().results())
                .containsExactly(new CreatePartitionsTopicResult().setName("t").setErrorMessage(null));
    }

    @Test
    void shouldRecordNothingWhenItOnlyValidates() {
        ControllerResult<CreatePartitionsResponseData> result = grow(true, topic("t", 3));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().results().get(0).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void shouldTakeTheAssignmentsOfTheClient() {
        ControllerResult<CreatePartitionsResponseData> result = grow(false, topic("t", 2, List.of(3, 2)));

        assertThat(result.records()).containsExactly(TestCluster.partition(ID, 1, 3, 2));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(topic("nope", 2), Errors.UNKNOWN_TOPIC_OR_PARTITION),
                Arguments.of(topic("t", 1), Errors.INVALID_PARTITIONS),
                Arguments.of(topic("t", 0), Errors.INVALID_PARTITIONS),
                Arguments.of(topic("t", -1), Errors.INVALID_PARTITIONS),
                Arguments.of(topic("t", 20_000), Errors.POLICY_VIOLATION),
                Arguments.of(topic("t", Integer.MAX_VALUE), Errors.POLICY_VIOLATION),
                Arguments.of(topic("t", 3, List.of(1, 2)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(topic("t", 2, List.of(1)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(topic("t", 2, List.of(1, 9)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(topic("t", 2, List.of(2, 2)), Errors.INVALID_REPLICA_ASSIGNMENT));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldRefuse(CreatePartitionsTopic topic, Errors error) {
        ControllerResult<CreatePartitionsResponseData> result = grow(false, topic);

        assertThat(result.records()).isEmpty();
        assertThat(result.response().results().get(0).errorCode()).isEqualTo(error.code());
    }

    @Test
    void shouldRefuseATopicNamedTwice() {
        ControllerResult<CreatePartitionsResponseData> result = grow(false, topic("t", 3), topic("t", 4));

        assertThat(result.records()).isEmpty();
        assertThat(result.response().results())
                .extracting(CreatePartitionsTopicResult::errorCode)
                .containsExactly(Errors.INVALID_REQUEST.code());
    }

    private ControllerResult<CreatePartitionsResponseData> grow(boolean validateOnly, CreatePartitionsTopic... topics) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setValidateOnly(validateOnly);
        for (CreatePartitionsTopic topic : topics) {
            request.topics().add(topic.duplicate());
        }
        return new PartitionGrowth().grow(image, request, TestCluster.random(0));
    }

    private static CreatePartitionsTopic topic(String name, int count) {
        return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
    }

    private static CreatePartitionsTopic topic(String name, int count, List<Integer> replicas) {
        return topic(name, count).setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(replicas)));
    }
}
