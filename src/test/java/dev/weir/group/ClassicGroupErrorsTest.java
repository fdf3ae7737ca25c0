package dev.weir.group;

import static dev.weir.group.ClassicRequests.commit;
import static dev.weir.group.ClassicRequests.heartbeat;
import static dev.weir.group.ClassicRequests.join;
import static dev.weir.group.ClassicRequests.leave;
import static dev.weir.group.ClassicRequests.sync;
import static dev.weir.group.ClassicRequests.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.config.BrokerConfig;
import dev.weir.group.core.GroupRules;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stable group of one member, {@code client-1} in generation 1, and what it answers to those who are mistaken. */
class ClassicGroupErrorsTest {
    private final GroupDriver driver = new GroupDriver(GroupRules.of(BrokerConfig.defaults()));

    @BeforeEach
    void formGroup() {
        driver.send(join("", "range"), 3);
        driver.advance(6_000);
        driver.send(sync("client-1", 1, Map.of("client-1", "A")), 5);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("no group id", join("", "range").setGroupId(""), 9, Errors.INVALID_GROUP_ID),
                arguments(
                        "short session",
                        join("", "range").setSessionTimeoutMs(5_999),
                        9,
                        Errors.INVALID_SESSION_TIMEOUT),
                arguments(
                        "long session",
                        join("", "range").setSessionTimeoutMs(1_800_001),
                        9,
                        Errors.INVALID_SESSION_TIMEOUT),
                arguments("join of a stranger", join("nobody", "range"), 9, Errors.UNKNOWN_MEMBER_ID),
                arguments(
                        "join of a stranger, no group",
                        join("nobody", "range").setGroupId("other"),
                        9,
                        Errors.UNKNOWN_MEMBER_ID),
                arguments("no common protocol", join("", "sticky"), 9, Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments(
                        "another type",
                        join("", "range").setProtocolType("connect"),
                        9,
                        Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments(
                        "no protocols",
                        join("", "range").setProtocols(new JoinGroupRequestProtocolCollection()),
                        9,
                        Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments(
                        "no type to a new group",
                        join("", "range").setGroupId("other").setProtocolType(""),
                        9,
                        Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments(
                        "known id, unknown instance",
                        join("client-1", "range").setGroupInstanceId("i"),
                        9,
                        Errors.UNKNOWN_MEMBER_ID),
                arguments("sync of a stranger", sync("nobody", 1, Map.of()), 5, Errors.UNKNOWN_MEMBER_ID),
                arguments("sync, no group id", sync("m", 1, Map.of()).setGroupId(""), 5, Errors.INVALID_GROUP_ID),
                arguments("sync, no group", sync("m", 1, Map.of()).setGroupId("o"), 5, Errors.UNKNOWN_MEMBER_ID),
                arguments("sync of old", sync("client-1", 0, Map.of()), 5, Errors.ILLEGAL_GENERATION),
                arguments("sync of new", sync("client-1", 2, Map.of()), 5, Errors.ILLEGAL_GENERATION),
                arguments(
                        "sync without its protocol",
                        sync("client-1", 1, Map.of()).setProtocolName(null),
                        5,
                        Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments(
                        "sync of another protocol",
                        sync("client-1", 1, Map.of()).setProtocolName("sticky"),
                        5,
                        Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments(
                        "sync of another type",
                        sync("client-1", 1, Map.of()).setProtocolType("connect"),
                        5,
                        Errors.INCONSISTENT_GROUP_PROTOCOL),
                arguments("heartbeat of a stranger", heartbeat("nobody", 1), 4, Errors.UNKNOWN_MEMBER_ID),
                arguments("heartbeat, no group", heartbeat("m", 1).setGroupId("o"), 4, Errors.UNKNOWN_MEMBER_ID),
                arguments("heartbeat, no group id", heartbeat("m", 1).setGroupId(""), 4, Errors.INVALID_GROUP_ID),
                arguments("heartbeat of old", heartbeat("client-1", 0), 4, Errors.ILLEGAL_GENERATION),
                arguments("leave, no group", leave(who("m", null)).setGroupId("o"), 5, Errors.UNKNOWN_MEMBER_ID),
                arguments("commit of a stranger", commit("nobody", 1, "t", 0, 1), 9, Errors.UNKNOWN_MEMBER_ID),
                arguments("commit of nobody", commit("", -1, "t", 0, 1), 9, Errors.UNKNOWN_MEMBER_ID),
                arguments("commit of old", commit("client-1", 0, "t", 0, 1), 9, Errors.ILLEGAL_GENERATION),
                arguments(
                        "commit of an unknown instance",
                        commit("client-1", 1, "t", 0, 1).setGroupInstanceId("i"),
                        9,
                        Errors.UNKNOWN_MEMBER_ID),
                arguments(
                        "commit to a generation of no group",
                        commit("m", 1, "t", 0, 1).setGroupId("o"),
                        9,
                        Errors.GROUP_ID_NOT_FOUND),
                arguments(
                        "the same, of an old client",
                        commit("m", 1, "t", 0, 1).setGroupId("o"),
                        8,
                        Errors.ILLEGAL_GENERATION));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void shouldRefuse(String what, ApiMessage request, int apiVersion, Errors expected) {
        // given
        int written = driver.log.size();

        // when
        ApiMessage reply = driver.ask(request, apiVersion, ApiMessage.class);

        // then
        assertThat(errorOf(reply)).isEqualTo(expected);
        assertThat(driver.log).hasSize(written);
        assertThat(errorOf(driver.ask(heartbeat("client-1", 1), 4, ApiMessage.class)))
                .isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldLetOldClientsLeave(int apiVersion) {
        var leave = new LeaveGroupRequestData().setGroupId(ClassicRequests.GROUP);

        var stranger = driver.ask(leave.duplicate().setMemberId("nobody"), apiVersion, LeaveGroupResponseData.class);
        var member = driver.ask(leave.duplicate().setMemberId("client-1"), apiVersion, LeaveGroupResponseData.class);

        assertThat(Errors.forCode(stranger.errorCode())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(Errors.forCode(member.errorCode())).isEqualTo(Errors.NONE);
        assertThat(member.members()).isEmpty();
    }

    @Test
    void shouldTakeTheSessionTimeoutForTheRebalanceOfTheOldestClients() {
        // given
        var request = join("", "range").setGroupId("old").setRebalanceTimeoutMs(-1);
        driver.send(request, 0);
        driver.advance(3_000);

        // when: the first does not join again
        long second = driver.send(request, 0);
        driver.advance(ClassicRequests.SESSION_MS);

        // then
        assertThat(driver.reply(second, JoinGroupResponseData.class).generationId())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 7, 9})
    void shouldAnswerRefusedJoinsInAShapeThatTheVersionCanCarry(int apiVersion) {
        var reply = driver.ask(join("", "sticky"), apiVersion, JoinGroupResponseData.class);

        assertThat(MessageUtil.toByteBufferAccessor(reply, (short) apiVersion)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", ".", "..", "a/b", "\u0000", "\ud83d\ude00", "__consumer_offsets", "null"})
    void shouldTakeGroupIdsOfEveryOddShape(String groupId) {
        long join = driver.send(join("", "range").setGroupId(groupId), 3);
        driver.advance(3_000);
        String memberId = driver.reply(join, JoinGroupResponseData.class).memberId();
        driver.send(sync(memberId, 1, Map.of()).setGroupId(groupId), 5);

        driver.crash();

        assertThat(errorOf(driver.ask(heartbeat(memberId, 1).setGroupId(groupId), 4, ApiMessage.class)))
                .isEqualTo(Errors.NONE);
    }

    @Test
    void shouldBearAClockThatJumps() {
        driver.wallMs -= 3_600_000;
        driver.advance(9_000);
        assertThat(errorOf(driver.ask(heartbeat("client-1", 1), 4, ApiMessage.class)))
                .isEqualTo(Errors.NONE);
        driver.wallMs += 24 * 3_600_000;
        driver.advance(9_000);

        assertThat(errorOf(driver.ask(heartbeat("client-1", 1), 4, ApiMessage.class)))
                .isEqualTo(Errors.NONE);
    }

    private static Errors errorOf(ApiMessage reply) {
        return GroupReplies.error(reply);
    }
}
