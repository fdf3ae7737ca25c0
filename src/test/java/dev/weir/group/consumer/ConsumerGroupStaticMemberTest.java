package dev.weir.group.consumer;

import static dev.weir.group.consumer.ConsumerGroupRequests.assigned;
import static dev.weir.group.consumer.ConsumerGroupRequests.beat;
import static dev.weir.group.consumer.ConsumerGroupRequests.join;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members with an instance id, which keep their place over a restart. */
class ConsumerGroupStaticMemberTest {
    private final ConsumerGroupHarness harness = new ConsumerGroupHarness();
    private Uuid topic = Uuid.ZERO_UUID;

    @BeforeEach
    void createGroup() {
        harness.topics.with("t", 4);
        topic = harness.topics.id("t");
        harness.heartbeat(join("a", "t").setInstanceId("i"));
    }

    @Test
    void shouldGiveTheSuccessorThePlaceOfAMemberThatLeftForNow() {
        ConsumerGroupHeartbeatResponseData left =
                harness.heartbeat(beat("a", -2).setInstanceId("i"));
        assertThat(left.memberEpoch()).isEqualTo(-2);
        assertThat(harness.group().size()).isEqualTo(1);

        ConsumerGroupHeartbeatResponseData back =
                harness.heartbeat(join("b", "t").setInstanceId("i"));

        assertThat(back.memberEpoch()).isEqualTo(1);
        assertThat(assigned(back, topic)).containsExactly(0, 1, 2, 3);
        assertThat(harness.group().size()).isEqualTo(1);
        assertThat(harness.group().epoch()).isEqualTo(1);
        assertThat(harness.timer(Timers.SESSION, "a")).isNull();
    }

    @Test
    void shouldKeepThePartitionsOfAMemberThatLeftForNowUntilItsSessionEnds() {
        harness.heartbeat(beat("a", -2).setInstanceId("i"));
        assertThat(assigned(harness.heartbeat(join("b", "t")), topic)).isEmpty();
        harness.advance(44_000);
        harness.heartbeat(beat("b", 2));

        harness.advance(1_000);

        assertThat(harness.group().staticMember("i")).isNull();
        assertThat(assigned(harness.heartbeat(beat("b", 2)), topic)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldRefuseASecondMemberOfTheSameInstanceId() {
        assertThat(error(join("b", "t").setInstanceId("i"))).isEqualTo(Errors.UNRELEASED_INSTANCE_ID);
        assertThat(error(beat("b", 1).setInstanceId("i"))).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(error(beat("b", -1).setInstanceId("i"))).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(harness.group().size()).isEqualTo(1);
    }

    @Test
    void shouldLetTheSameProcessStartAnewWithoutLeaving() {
        ConsumerGroupHeartbeatResponseData again =
                harness.heartbeat(join("a", "t").setInstanceId("i"));

        assertThat(again.errorCode()).isZero();
        assertThat(assigned(again, topic)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldFenceTheFormerProcessOnceItIsReplaced() {
        harness.heartbeat(beat("a", -2).setInstanceId("i"));
        harness.heartbeat(join("b", "t").setInstanceId("i"));

        assertThat(error(beat("a", 1).setInstanceId("i"))).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(error(beat("a", 1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldForgetAStaticMemberThatLeavesForGood() {
        harness.heartbeat(beat("a", -1).setInstanceId("i"));

        assertThat(harness.group().isEmpty()).isTrue();
        assertThat(harness.group().staticMember("i")).isNull();
    }

    @Test
    void shouldRebalanceWhereTheSuccessorSubscribesToSomethingElse() {
        harness.topics.with("u", 2);
        harness.heartbeat(beat("a", -2).setInstanceId("i"));

        ConsumerGroupHeartbeatResponseData back =
                harness.heartbeat(join("b", "u").setInstanceId("i"));

        assertThat(back.memberEpoch()).isEqualTo(2);
        assertThat(assigned(back, topic)).isEmpty();
        assertThat(assigned(back, harness.topics.id("u"))).containsExactly(0, 1);
    }

    private Errors error(ConsumerGroupHeartbeatRequestData request) {
        return Errors.forCode(harness.heartbeat(request).errorCode());
    }
}
