package dev.weir.group.consumer;

import static dev.weir.group.consumer.ConsumerGroupRequests.assigned;
import static dev.weir.group.consumer.ConsumerGroupRequests.beat;
import static dev.weir.group.consumer.ConsumerGroupRequests.join;
import static dev.weir.group.consumer.ConsumerGroupRequests.owning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.config.GroupConfig;
import dev.weir.group.consumer.Progress.State;
import dev.weir.group.record.GroupRecord;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members that join, share, give up and receive partitions. */
class ConsumerGroupHeartbeatTest {
    private final ConsumerGroupHarness harness = new ConsumerGroupHarness();
    private Uuid topic = Uuid.ZERO_UUID;

    @BeforeEach
    void createTopic() {
        harness.topics.with("t", 4);
        topic = harness.topics.id("t");
    }

    @Test
    void shouldGiveTheFirstMemberEverything() {
        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(join("a", "t"));

        assertThat(response.errorCode()).isZero();
        assertThat(response.memberId()).isEqualTo("a");
        assertThat(response.memberEpoch()).isEqualTo(1);
        assertThat(assigned(response, topic)).containsExactly(0, 1, 2, 3);
        assertThat(harness.group().stateName()).isEqualTo("Stable");
        assertThat(harness.timer(Timers.SESSION, "a")).isEqualTo(45_000L);
    }

    @Test
    void shouldMovePartitionsOnlyOnceTheirOwnerHasGivenThemUp() {
        harness.heartbeat(join("a", "t"));

        // b joins: its half is still with a
        ConsumerGroupHeartbeatResponseData b = harness.heartbeat(join("b", "t"));
        assertThat(b.memberEpoch()).isEqualTo(2);
        assertThat(assigned(b, topic)).isEmpty();
        assertThat(member("b").progress().state()).isEqualTo(State.UNRELEASED_PARTITIONS);

        // a is told to give two up, and stays at its epoch meanwhile
        ConsumerGroupHeartbeatResponseData a = harness.heartbeat(beat("a", 1));
        assertThat(a.memberEpoch()).isEqualTo(1);
        assertThat(assigned(a, topic)).containsExactly(0, 1);
        assertThat(member("a").progress().state()).isEqualTo(State.UNREVOKED_PARTITIONS);
        assertThat(harness.timer(Timers.REBALANCE, "a")).isEqualTo(5_000L);
        assertThat(harness.heartbeat(beat("b", 2)).assignment()).isNull();

        // a reports that it has; b receives them
        a = harness.heartbeat(owning("a", 1, topic, 0, 1));
        assertThat(a.memberEpoch()).isEqualTo(2);
        assertThat(a.assignment()).isNull();
        assertThat(harness.timer(Timers.REBALANCE, "a")).isNull();
        b = harness.heartbeat(beat("b", 2));
        assertThat(assigned(b, topic)).containsExactly(2, 3);
        assertThat(harness.group().stateName()).isEqualTo("Stable");
    }

    @Test
    void shouldWriteNothingForAHeartbeatThatChangesNothing() {
        harness.heartbeat(join("a", "t"));
        int before = harness.log.size();

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(beat("a", 1));

        assertThat(harness.log).hasSize(before);
        assertThat(response.memberEpoch()).isEqualTo(1);
        assertThat(response.assignment()).isNull();
    }

    @Test
    void shouldAnswerAFullHeartbeatWithTheWholeAssignment() {
        harness.heartbeat(join("a", "t"));
        var full = join("a", "t").setMemberEpoch(1);
        full.setTopicPartitions(owning("a", 1, topic, 0, 1, 2, 3).topicPartitions());

        assertThat(assigned(harness.heartbeat(full), topic)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldAcceptThePreviousEpochFromAMemberWhoseAnswerGotLost() {
        harness.heartbeat(join("a", "t"));
        harness.heartbeat(join("b", "t"));
        harness.heartbeat(beat("a", 1));
        harness.heartbeat(owning("a", 1, topic, 0, 1));

        // the answer with epoch 2 was lost: a says the same again
        assertThat(harness.heartbeat(owning("a", 1, topic, 0, 1)).memberEpoch()).isEqualTo(2);
        assertThat(error(owning("a", 1, topic, 0, 3))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        assertThat(error(beat("a", 1))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        assertThat(error(beat("a", 7))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
    }

    @Test
    void shouldLetAFencedMemberStartAnewWithItsId() {
        harness.heartbeat(join("a", "t"));
        harness.heartbeat(join("b", "t"));
        harness.heartbeat(beat("a", 1));
        assertThat(member("a").progress().state()).isEqualTo(State.UNREVOKED_PARTITIONS);

        // by joining again it says that it owns nothing
        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(join("a", "t"));

        assertThat(response.memberEpoch()).isEqualTo(2);
        assertThat(assigned(response, topic)).containsExactly(0, 1);
        assertThat(harness.group().size()).isEqualTo(2);
    }

    @Test
    void shouldRemoveAMemberThatGivesNothingUpInTime() {
        harness.heartbeat(join("a", "t"));
        harness.heartbeat(join("b", "t"));
        harness.heartbeat(beat("a", 1));

        harness.advance(5_000);

        assertThat(harness.group().member("a")).isNull();
        assertThat(assigned(harness.heartbeat(beat("b", 2)), topic)).containsExactly(0, 1, 2, 3);
        assertThat(error(beat("a", 1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRemoveAMemberThatIsSilent() {
        harness.heartbeat(join("a", "t"));
        harness.advance(44_999);
        assertThat(harness.group().isEmpty()).isFalse();

        harness.advance(1);

        assertThat(harness.group().stateName()).isEqualTo("Empty");
        assertThat(harness.group().owner(topic, 0)).isNull();
        assertThat(harness.timers).isEmpty();
    }

    @Test
    void shouldShareOutThePartitionsOfAMemberThatLeaves() {
        harness.heartbeat(join("a", "t"));
        harness.heartbeat(join("b", "t"));

        ConsumerGroupHeartbeatResponseData left = harness.heartbeat(beat("a", -1));

        assertThat(left.memberEpoch()).isEqualTo(-1);
        assertThat(harness.timer(Timers.SESSION, "a")).isNull();
        ConsumerGroupHeartbeatResponseData b = harness.heartbeat(beat("b", 2));
        assertThat(b.memberEpoch()).isEqualTo(3);
        assertThat(assigned(b, topic)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldTakeTopicsAwayThatAMemberNoLongerSubscribesTo() {
        harness.topics.with("u", 2);
        Uuid other = harness.topics.id("u");
        harness.heartbeat(join("a", "t", "u"));

        ConsumerGroupHeartbeatResponseData response =
                harness.heartbeat(beat("a", 1).setSubscribedTopicNames(java.util.List.of("u")));
        assertThat(assigned(response, topic)).isEmpty();
        assertThat(assigned(response, other)).containsExactly(0, 1);

        response = harness.heartbeat(owning("a", 1, other, 0, 1));
        assertThat(response.memberEpoch()).isEqualTo(2);
        assertThat(harness.group().owner(topic, 0)).isNull();
    }

    @Test
    void shouldAssignTheNewPartitionsOfATopicThatGrows() {
        harness.heartbeat(join("a", "t"));
        harness.topics.with("t", 6);
        harness.core.onTopicsChanged(Set.of("t"));

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(beat("a", 1));

        assertThat(response.memberEpoch()).isEqualTo(2);
        assertThat(assigned(response, topic)).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void shouldTakeTheDeletedTopicAwayAndKnowItsSuccessorByItsId() {
        harness.heartbeat(join("a", "t"));
        harness.topics.without("t").with("t", 1);
        harness.core.onTopicsChanged(Set.of("t"));

        ConsumerGroupHeartbeatResponseData response = harness.heartbeat(beat("a", 1));
        assertThat(assigned(response, topic)).isEmpty();
        response = harness.heartbeat(owning("a", 1, topic));

        assertThat(response.memberEpoch()).isEqualTo(2);
        assertThat(assigned(response, harness.topics.id("t"))).containsExactly(0);
    }

    @Test
    void shouldLeaveTheEpochAloneWhereOtherTopicsChange() {
        harness.heartbeat(join("a", "t"));
        harness.topics.with("other", 1);
        harness.core.onTopicsChanged(Set.of("other"));

        assertThat(harness.heartbeat(beat("a", 1)).memberEpoch()).isEqualTo(1);
    }

    @Test
    void shouldShareOneRunOfTheAssignorAmongMembersThatArriveTogether() {
        harness.with(ConsumerGroupRules.of(BrokerConfig.defaults()));
        harness.heartbeat(join("a", "t"));

        assertThat(harness.heartbeat(join("b", "t")).memberEpoch()).isEqualTo(1);
        assertThat(harness.heartbeat(join("c", "t")).memberEpoch()).isEqualTo(1);
        assertThat(harness.group().stateName()).isEqualTo("Assigning");
        harness.advance(100);
        harness.heartbeat(beat("b", 1));

        assertThat(harness.group().epoch()).isEqualTo(3);
        assertThat(harness.group().targetEpoch()).isEqualTo(3);
        assertThat(harness.group().target("c").isEmpty()).isFalse();
    }

    @Test
    void shouldAskForFrequentCallsWhileTheGroupChangesOnly() {
        assertThat(harness.heartbeat(join("a", "t")).heartbeatIntervalMs()).isEqualTo(200);
        harness.advance(10_000);
        assertThat(harness.heartbeat(beat("a", 1)).heartbeatIntervalMs()).isEqualTo(5_000);
        harness.heartbeat(join("b", "t"));
        assertThat(harness.heartbeat(beat("a", 1)).heartbeatIntervalMs()).isEqualTo(200);
    }

    @Test
    void shouldAskALargeGroupForFewerCalls() {
        for (int i = 0; i < 300; i++) {
            harness.heartbeat(join("m" + i));
        }

        assertThat(harness.heartbeat(join("last")).heartbeatIntervalMs()).isEqualTo(602);
    }

    @Test
    void shouldFollowTheGroupsOwnSettings() {
        harness.core.onConfig(harness.config, Map.of(ConsumerGroupHarness.GROUP, new GroupConfig(60_000, 150, 0)));

        assertThat(harness.heartbeat(join("a", "t")).heartbeatIntervalMs()).isEqualTo(150);
        assertThat(harness.timer(Timers.SESSION, "a")).isEqualTo(60_000L);

        harness.core.onConfig(harness.config, Map.of());
        harness.heartbeat(beat("a", 1));
        assertThat(harness.timer(Timers.SESSION, "a")).isEqualTo(45_000L);
    }

    @Test
    void shouldUseTheAssignorThatMostMembersAskFor() {
        harness.heartbeat(join("a", "t").setServerAssignor("range"));
        assertThat(harness.describe().assignorName()).isEqualTo("range");
        harness.heartbeat(join("b", "t").setServerAssignor("uniform"));
        harness.heartbeat(join("c", "t").setServerAssignor("uniform"));
        assertThat(harness.describe().assignorName()).isEqualTo("uniform");
    }

    @Test
    void shouldGoOnAfterARestartWithNothingButTheLog() {
        harness.heartbeat(join("a", "t"));
        harness.heartbeat(join("b", "t"));
        harness.heartbeat(beat("a", 1));

        harness.restart(harness.log);

        assertThat(harness.timer(Timers.SESSION, "b")).isEqualTo(45_000L);
        assertThat(harness.timer(Timers.REBALANCE, "a")).isEqualTo(5_000L);
        assertThat(harness.heartbeat(owning("a", 1, topic, 0, 1)).memberEpoch()).isEqualTo(2);
        assertThat(assigned(harness.heartbeat(beat("b", 2)), topic)).containsExactly(2, 3);
    }

    @Test
    void shouldSeeAfterARestartWhatHappenedToTopicsMeanwhile() {
        harness.heartbeat(join("a", "t"));
        harness.topics.with("t", 5);
        harness.restart(harness.log);

        assertThat(assigned(harness.heartbeat(beat("a", 1)), topic)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldSendAMemberInAStateOfANewerVersionBackToTheStart() {
        harness.heartbeat(join("a", "t"));
        Progress now = member("a").progress();
        var strange = new GroupRecord.ConsumerGroupCurrentAssignment.Current(
                1, 0, (byte) 9, now.assigned().toRecord(), now.revoking().toRecord());
        harness.run((out, at) ->
                out.write(new GroupRecord.ConsumerGroupCurrentAssignment(ConsumerGroupHarness.GROUP, "a", strange)));

        assertThat(error(beat("a", 1))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        assertThat(assigned(harness.heartbeat(join("a", "t")), topic)).containsExactly(0, 1, 2, 3);
    }

    private Member member(String id) {
        return Objects.requireNonNull(harness.group().member(id));
    }

    private Errors error(org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData request) {
        return Errors.forCode(harness.heartbeat(request).errorCode());
    }
}
