package dev.weir.group;

import static dev.weir.group.MigrationHarness.partitions;
import static dev.weir.group.consumer.ConsumerGroupRequests.assigned;
import static dev.weir.group.consumer.ConsumerGroupRequests.beat;
import static dev.weir.group.consumer.ConsumerGroupRequests.join;
import static dev.weir.group.consumer.ConsumerGroupRequests.owning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.consumer.ConsumerGroupRules.Migration;
import dev.weir.group.consumer.Member;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups that change between the protocols while they have members. */
class GroupMigrationTest {
    private MigrationHarness harness = new MigrationHarness(Migration.BIDIRECTIONAL);

    @Test
    void shouldTurnAClassicGroupIntoAConsumerGroupWithItsMembers() {
        String a = classicGroupOfOne();

        ConsumerGroupHeartbeatResponseData b = harness.beat(join("b", "t"));

        assertThat(b.errorCode()).isZero();
        assertThat(assigned(b, harness.topics.id("t"))).isEmpty();
        assertThat(harness.group().type()).isEqualTo("consumer");
        Member converted = Objects.requireNonNull(harness.consumerGroup().member(a));
        assertThat(converted.isClassic()).isTrue();
        assertThat(converted.progress().assigned().count()).isEqualTo(4);
        assertThat(b.memberEpoch()).isEqualTo(converted.epoch() + 1);
    }

    @Test
    void shouldTakeAClassicMemberThroughARebalanceOfAConsumerGroup() {
        String a = classicGroupOfOne();
        ConsumerGroupHeartbeatResponseData b = harness.beat(join("b", "t"));

        // told to rejoin, a says what it owns and learns what it may keep
        assertThat(harness.heartbeat(a, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        JoinGroupResponseData joined = harness.join(a, null, topicPartitions(0, 1, 2, 3), "t");
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.members()).isEmpty();
        assertThat(joined.leader()).isNotEqualTo(a);
        assertThat(partitions(harness.sync(a, joined.generationId()))).isEqualTo(topicPartitions(0, 1));

        // it has given up the others and rejoins once more
        assertThat(harness.heartbeat(a, joined.generationId())).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        joined = harness.join(a, null, topicPartitions(0, 1), "t");
        assertThat(joined.generationId()).isEqualTo(2);
        SyncGroupResponseData synced = harness.sync(a, 2);
        assertThat(partitions(synced)).isEqualTo(topicPartitions(0, 1));
        assertThat(synced.protocolName()).isEqualTo("range");
        assertThat(harness.heartbeat(a, 2)).isEqualTo(Errors.NONE.code());
        assertThat(assigned(harness.beat(beat("b", b.memberEpoch())), harness.topics.id("t")))
                .containsExactly(2, 3);
        assertThat(harness.group().stateName()).isEqualTo("Stable");
    }

    @Test
    void shouldTurnBackIntoAClassicGroupWhenTheLastConsumerMemberLeaves() {
        String a = classicGroupOfOne();
        harness.beat(join("b", "t"));

        harness.beat(beat("b", -1));

        assertThat(harness.group().type()).isEqualTo("classic");
        assertThat(harness.group().stateName()).isEqualTo("PreparingRebalance");
        harness.restart();
        assertThat(harness.group().type()).isEqualTo("classic");
        assertThat(((ClassicGroup) harness.group()).members.find(a)).isNotNull();
    }

    @Test
    void shouldShareOutWhatTheLastConsumerMemberHadAlsoAfterARestart() {
        // given
        String a = classicGroupOfOne();
        harness.beat(join("b", "t"));
        harness.join(a, null, topicPartitions(0, 1), "t");
        harness.sync(a, 2);
        harness.beat(beat("b", -1));

        // when
        harness.restart();
        harness.restart();

        // then
        assertThat(harness.heartbeat(a, 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        JoinGroupResponseData joined = harness.join(a, null, topicPartitions(0, 1), "t");
        assertThat(joined.leader()).isEqualTo(a);
        harness.syncAsLeader(a, 3, Map.of(a, topicPartitions(0, 1, 2, 3)));
        harness.restart();
        assertThat(harness.heartbeat(a, 3)).isEqualTo(Errors.NONE.code());
    }

    @Test
    void shouldKnowAfterARestartWhatAMemberSaidLast() {
        // given
        String a = classicGroupOfOne();
        assertThat(harness.join(a, null, topicPartitions(0, 1, 2, 3), "t").generationId())
                .isEqualTo(2);
        harness.syncAsLeader(a, 2, Map.of(a, topicPartitions(0, 1)));

        // when
        harness.restart();
        ConsumerGroupHeartbeatResponseData b = harness.beat(join("b", "t"));

        // then
        assertThat(b.errorCode()).isZero();
        assertThat(assigned(b, harness.topics.id("t")))
                .as("what a has to give up first")
                .isEmpty();
    }

    @Test
    void shouldTurnBackWhenTheLastConsumerMemberDies() {
        String a = classicGroupOfOne();
        ConsumerGroupHeartbeatResponseData b = harness.beat(join("b", "t"));
        for (int second = 0; second < 44; second++) {
            rejoinAndSync(a);
            harness.advance(1_000);
        }
        assertThat(harness.group().type()).isEqualTo("consumer");
        harness.advance(1_000);

        assertThat(harness.group().type()).isEqualTo("classic");
        assertThat(Errors.forCode(harness.beat(beat("b", b.memberEpoch())).errorCode()))
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void shouldLetTheClassicGroupGoOnAfterItsReturn() {
        String a = classicGroupOfOne();
        harness.beat(join("b", "t"));
        harness.beat(beat("b", -1));

        JoinGroupResponseData joined = harness.join(a, null, List.of(), "t");

        assertThat(joined.errorCode()).isZero();
        assertThat(joined.leader()).isEqualTo(a);
        harness.syncAsLeader(a, joined.generationId(), Map.of(a, topicPartitions(0, 1, 2, 3)));
        assertThat(harness.group().stateName()).isEqualTo("Stable");
    }

    @ParameterizedTest
    @EnumSource(names = {"DISABLED", "DOWNGRADE"})
    void shouldKeepAClassicGroupWhereUpgradesAreOff(Migration policy) {
        harness = new MigrationHarness(policy);
        classicGroupOfOne();

        assertThat(Errors.forCode(harness.beat(join("b", "t")).errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(harness.group().type()).isEqualTo("classic");
    }

    @Test
    void shouldKeepAConsumerGroupWhereDowngradesAreOff() {
        harness = new MigrationHarness(Migration.UPGRADE);
        classicGroupOfOne();
        harness.beat(join("b", "t"));

        harness.beat(beat("b", -1));

        assertThat(harness.group().type()).isEqualTo("consumer");
    }

    @Test
    void shouldTakeTheIdOfAnEmptyClassicGroup() {
        String a = classicGroupOfOne();
        harness.leave(new MemberIdentity().setMemberId(a));
        assertThat(harness.group().stateName()).isEqualTo("Empty");

        harness.beat(join("b", "t"));

        assertThat(harness.group().type()).isEqualTo("consumer");
        harness.restart();
        assertThat(harness.group().type()).isEqualTo("consumer");
    }

    @Test
    void shouldTellClassicMembersThatWaitToRejoin() {
        harness.topics.with("t", 4);
        String id = harness.join("", null, List.of(), "t").memberId();
        long waiting = harness.sendJoin(id, "t");
        assertThat(harness.answer(waiting)).isNull();

        harness.beat(join("b", "t"));

        JoinGroupResponseData told = (JoinGroupResponseData) Objects.requireNonNull(harness.answer(waiting));
        assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.NONE);
        assertThat(told.leader()).isNotEqualTo(id);
        assertThat(Errors.forCode(harness.sync(id, told.generationId()).errorCode()))
                .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData joined = harness.join(id, null, List.of(), "t");
        assertThat(joined.errorCode()).isZero();
        assertThat(harness.sync(id, joined.generationId()).errorCode()).isZero();
    }

    @Test
    void shouldAdmitClassicMembersToAConsumerGroup() {
        harness.topics.with("t", 4);
        harness.beat(join("b", "t"));

        JoinGroupResponseData first = harness.join("", null, List.of(), "t");
        assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        JoinGroupResponseData joined = harness.join(first.memberId(), null, List.of(), "t");

        assertThat(joined.generationId()).isEqualTo(2);
        assertThat(partitions(harness.sync(first.memberId(), 2))).isEmpty();
        harness.beat(beat("b", 1));
        harness.beat(owning("b", 1, harness.topics.id("t"), 0, 1));
        assertThat(harness.heartbeat(first.memberId(), 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        joined = harness.join(first.memberId(), null, List.of(), "t");
        assertThat(partitions(harness.sync(first.memberId(), joined.generationId())))
                .isEqualTo(topicPartitions(2, 3));
    }

    @Test
    void shouldRemoveAClassicMemberThatNeverSyncsOrNeverRejoins() {
        harness.topics.with("t", 4);
        harness.beat(join("b", "t"));
        String id = harness.join("", null, List.of(), "t").memberId();
        harness.join(id, null, List.of(), "t");
        for (int second = 0; second < 20; second++) {
            assertThat(harness.heartbeat(id, 2)).isEqualTo(Errors.NONE.code());
            harness.advance(1_000);
        }

        assertThat(harness.consumerGroup().member(id)).isNull();
    }

    @Test
    void shouldRefuseClassicStrangersAndStaleGenerations() {
        String a = classicGroupOfOne();
        harness.beat(join("b", "t"));

        assertThat(harness.heartbeat("x", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(harness.heartbeat("b", 2)).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(harness.heartbeat(a, 9)).isEqualTo(Errors.ILLEGAL_GENERATION.code());
        assertThat(harness.sync(a, 9).errorCode()).isEqualTo(Errors.ILLEGAL_GENERATION.code());
        assertThat(harness.sync("x", 1).errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(harness.sync(a, 1).errorCode()).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
    }

    @Test
    void shouldRemoveMembersInABatch() {
        String a = classicGroupOfOne();
        harness.beat(join("b", "t").setInstanceId("i"));
        harness.beat(join("c", "t"));

        var responses = harness.leave(
                        new MemberIdentity().setMemberId(a),
                        new MemberIdentity().setMemberId("").setGroupInstanceId("i"),
                        new MemberIdentity().setMemberId("z").setGroupInstanceId("i"),
                        new MemberIdentity().setMemberId("nobody"))
                .members();

        assertThat(responses)
                .extracting(r -> Errors.forCode(r.errorCode()))
                .containsExactly(Errors.NONE, Errors.NONE, Errors.FENCED_INSTANCE_ID, Errors.UNKNOWN_MEMBER_ID);
        assertThat(harness.consumerGroup().members()).extracting(Member::id).containsExactly("c");
    }

    @Test
    void shouldLetAConsumerTakeThePlaceOfTheClassicMemberOfItsInstanceId() {
        harness.topics.with("t", 4);
        JoinGroupResponseData joined = staticClassicGroupOfOne();

        ConsumerGroupHeartbeatResponseData b = harness.beat(join("b", "t").setInstanceId("i"));

        assertThat(b.errorCode()).isZero();
        assertThat(assigned(b, harness.topics.id("t"))).containsExactly(0, 1, 2, 3);
        assertThat(harness.consumerGroup().size()).isEqualTo(1);
        assertThat(harness.heartbeat(joined.memberId(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
    }

    @Test
    void shouldTurnBackWhenAClassicMemberTakesThePlaceOfTheLastConsumer() {
        harness.topics.with("t", 4);
        staticClassicGroupOfOne();
        harness.beat(join("b", "t").setInstanceId("i"));

        JoinGroupResponseData joined = harness.join("", "i", List.of(), "t");

        assertThat(joined.errorCode()).isZero();
        assertThat(harness.group().type()).isEqualTo("classic");
        assertThat(harness.group().stateName()).isEqualTo("Stable");
        assertThat(partitions(harness.sync(joined.memberId(), joined.generationId())))
                .isEqualTo(topicPartitions(0, 1, 2, 3));
    }

    @Test
    void shouldNotGrowBeyondItsLimitByMigration() {
        harness.topics.with("t", 4);
        for (int i = 0; i < 5; i++) {
            String id = harness.join("", null, List.of(), "t").memberId();
            harness.sendJoin(id, "t");
        }
        harness.advance(3_000);

        assertThat(Errors.forCode(harness.beat(join("b", "t")).errorCode())).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(harness.group().type()).isEqualTo("classic");
    }

    private void rejoinAndSync(String memberId) {
        Member member = harness.consumerGroup().member(memberId);
        if (member != null && harness.heartbeat(memberId, member.epoch()) != Errors.NONE.code()) {
            List<TopicPartition> owned = IntStream.range(0, 4)
                    .filter(p -> member.progress().assigned().contains(harness.topics.id("t"), p))
                    .mapToObj(p -> new TopicPartition("t", p))
                    .toList();
            JoinGroupResponseData joined = harness.join(memberId, null, owned, "t");
            harness.sync(memberId, joined.generationId());
        }
    }

    /** A classic group with one member that owns all four partitions of t; returns its id. */
    private String classicGroupOfOne() {
        harness.topics.with("t", 4);
        String id = harness.join("", null, List.of(), "t").memberId();
        long pending = harness.sendJoin(id, "t");
        harness.advance(3_000);
        assertThat(harness.answer(pending)).isNotNull();
        harness.syncAsLeader(id, 1, Map.of(id, topicPartitions(0, 1, 2, 3)));
        assertThat(harness.group().stateName()).isEqualTo("Stable");
        return id;
    }

    private JoinGroupResponseData staticClassicGroupOfOne() {
        long pending = harness.sendStaticJoin("i", "t");
        harness.advance(3_000);
        JoinGroupResponseData joined = (JoinGroupResponseData) Objects.requireNonNull(harness.answer(pending));
        harness.syncAsLeader(joined.memberId(), 1, Map.of(joined.memberId(), topicPartitions(0, 1, 2, 3)));
        return joined;
    }

    private static List<TopicPartition> topicPartitions(int... partitions) {
        return IntStream.of(partitions)
                .mapToObj(p -> new TopicPartition("t", p))
                .toList();
    }
}
