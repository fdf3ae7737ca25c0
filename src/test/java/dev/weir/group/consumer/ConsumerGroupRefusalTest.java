package dev.weir.group.consumer;

import static dev.weir.group.consumer.ConsumerGroupRequests.beat;
import static dev.weir.group.consumer.ConsumerGroupRequests.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Heartbeats that are refused; none of them leaves a trace. */
class ConsumerGroupRefusalTest {
    private final ConsumerGroupHarness harness = new ConsumerGroupHarness();

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("MemberId can't be empty.", join("", "t")),
                Arguments.of("MemberId can't be empty.", beat("  ", 3)),
                Arguments.of("MemberId can't be empty.", beat("", -1)),
                Arguments.of("GroupId can't be empty.", join("a", "t").setGroupId(" ")),
                Arguments.of("InstanceId can't be empty.", join("a", "t").setInstanceId("")),
                Arguments.of("RackId can't be empty.", join("a", "t").setRackId("")),
                Arguments.of("MemberEpoch is invalid.", beat("a", -3)),
                Arguments.of("InstanceId can't be null.", beat("a", -2)),
                Arguments.of(
                        "RebalanceTimeoutMs must be provided in first request.",
                        join("a", "t").setRebalanceTimeoutMs(-1)),
                Arguments.of(
                        "TopicPartitions must be empty when (re-)joining.",
                        join("a", "t").setTopicPartitions(null)),
                Arguments.of(
                        "TopicPartitions must be empty when (re-)joining.",
                        join("a", "t")
                                .setTopicPartitions(List.of(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                                        .setTopicId(Uuid.ONE_UUID)
                                        .setPartitions(List.of(0))))),
                Arguments.of(
                        "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.",
                        join("a").setSubscribedTopicNames(null)));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldRefuseAMalformedHeartbeat(String message, ConsumerGroupHeartbeatRequestData request) {
        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(request);

        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(response.errorMessage()).isEqualTo(message);
        assertThat(harness.log).isEmpty();
        assertThat(harness.core.groups()).isEmpty();
    }

    @Test
    void shouldChooseTheIdOfAMemberThatDoesNotKnowHowTo() {
        ConsumerGroupHeartbeatResponseData response =
                (ConsumerGroupHeartbeatResponseData) harness.send(join("", "t"), (short) 0);

        assertThat(response.errorCode()).isZero();
        assertThat(response.memberId()).isEqualTo("id-1");
        assertThat(harness.group().member("id-1")).isNotNull();
    }

    @Test
    void shouldRefuseAnAssignorThatItDoesNotHave() {
        ConsumerGroupHeartbeatResponseData response =
                harness.heartbeat(join("a", "t").setServerAssignor("sticky"));

        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.UNSUPPORTED_ASSIGNOR);
        assertThat(response.errorMessage()).contains("uniform, range");
        assertThat(harness.core.groups()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseAnExpressionThatIsInvalidOrTooCostly(String regex, String problem) {
        ConsumerGroupHeartbeatResponseData response =
                harness.heartbeat(join("a").setSubscribedTopicRegex(regex));

        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
        assertThat(response.errorMessage()).contains(problem).hasSizeLessThan(400);
        assertThat(harness.log).isEmpty();
        assertThat(harness.core.groups()).isEmpty();
    }

    static Stream<Arguments> shouldRefuseAnExpressionThatIsInvalidOrTooCostly() {
        return Stream.of(
                Arguments.of("[", "missing closing ]"),
                Arguments.of("a**", "invalid nested repetition operator"),
                Arguments.of("(?=a)b", "invalid or unsupported Perl syntax"),
                Arguments.of("\\1", "invalid escape sequence"),
                Arguments.of("(((a{1000}){1000}){1000}){1000}", "more than 33000 instructions"),
                Arguments.of("(a{0,1000}){100}", "more than 33000 instructions"),
                Arguments.of("(".repeat(4_000) + ")".repeat(4_000), "nest deeper than 50"),
                Arguments.of("a".repeat(33_000), "33000 bytes long, more than 32767"));
    }

    @Test
    void shouldNotKnowMembersOfGroupsThatDoNotExist() {
        assertThat(error(beat("a", 1))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(error(beat("a", -1))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void shouldNotKnowStrangers() {
        harness.topics.with("t", 1);
        harness.heartbeat(join("a", "t"));

        assertThat(error(beat("b", 1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(error(beat("b", -1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(error(beat("b", 1).setInstanceId("i"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(error(beat("b", -2).setInstanceId("i"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldTakeNobodyMoreThanTheLimit() {
        ConsumerGroupRules c = ConsumerGroupRules.of(BrokerConfig.defaults());
        harness.with(new ConsumerGroupRules(
                c.sessionTimeoutMs(),
                c.heartbeatIntervalMs(),
                c.rebalanceHeartbeatIntervalMs(),
                2,
                c.assignors(),
                c.migration(),
                0,
                c.regexRefreshIntervalMs()));
        harness.heartbeat(join("a", "t"));
        harness.heartbeat(join("b", "t"));

        assertThat(error(join("c", "t"))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(error(join("b", "t"))).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @MethodSource
    void shouldKeepAGroupOfAnOddName(String groupId) {
        ConsumerGroupHeartbeatResponseData response =
                harness.heartbeat(join("a", "t").setGroupId(groupId));

        assertThat(response.errorCode()).isZero();
        harness.restart(harness.log);
        assertThat(harness.core.find(groupId)).isNotNull();
    }

    static Stream<String> shouldKeepAGroupOfAnOddName() {
        return Stream.of("..", "a/b", "\u0000", "\uD83D\uDE00", " x ", "g".repeat(30_000));
    }

    private Errors error(ConsumerGroupHeartbeatRequestData request) {
        return Errors.forCode(harness.heartbeat(request).errorCode());
    }
}
