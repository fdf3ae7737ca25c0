package dev.weir.group.consumer;

import static dev.weir.group.consumer.ConsumerGroupRequests.beat;
import static dev.weir.group.consumer.ConsumerGroupRequests.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.core.Group.Committer;
import dev.weir.group.record.GroupRecord;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Describing and deleting consumer groups, and which offsets their members may commit and read. */
class ConsumerGroupAdminTest {
    private final ConsumerGroupHarness harness = new ConsumerGroupHarness();

    @BeforeEach
    void createGroup() {
        harness.topics.with("t", 2);
        harness.heartbeat(join("a", "t").setInstanceId("i").setRackId("r"));
        harness.heartbeat(join("b", "t"));
    }

    @Test
    void shouldDescribeTheGroupAndItsMembers() {
        ConsumerGroupDescribeResponseData.DescribedGroup group = harness.describe();

        assertThat(group.errorCode()).isZero();
        assertThat(group.groupState()).isEqualTo("Reconciling");
        assertThat(group.groupEpoch()).isEqualTo(2);
        assertThat(group.assignmentEpoch()).isEqualTo(2);
        assertThat(group.assignorName()).isEqualTo("uniform");
        ConsumerGroupDescribeResponseData.Member a = group.members().get(0);
        assertThat(a.memberId()).isEqualTo("a");
        assertThat(a.instanceId()).isEqualTo("i");
        assertThat(a.rackId()).isEqualTo("r");
        assertThat(a.memberEpoch()).isEqualTo(1);
        assertThat(a.clientId()).isEqualTo("client");
        assertThat(a.clientHost()).isEqualTo("/127.0.0.1");
        assertThat(a.subscribedTopicNames()).containsExactly("t");
        assertThat(a.memberType()).isEqualTo((byte) 1);
        assertThat(a.assignment().topicPartitions().get(0).topicName()).isEqualTo("t");
        assertThat(a.assignment().topicPartitions().get(0).partitions()).containsExactly(0, 1);
        assertThat(a.targetAssignment().topicPartitions().get(0).partitions()).containsExactly(0);
    }

    @ParameterizedTest
    @MethodSource
    void shouldNotDescribeWhatIsNotThere(String groupId, Errors error) {
        ConsumerGroupDescribeResponseData response = (ConsumerGroupDescribeResponseData)
                harness.send(new ConsumerGroupDescribeRequestData().setGroupIds(java.util.List.of(groupId)), (short) 0);

        assertThat(Errors.forCode(response.groups().get(0).errorCode())).isEqualTo(error);
    }

    static Stream<Arguments> shouldNotDescribeWhatIsNotThere() {
        return Stream.of(Arguments.of("nobody", Errors.GROUP_ID_NOT_FOUND), Arguments.of("", Errors.INVALID_GROUP_ID));
    }

    @Test
    void shouldDeleteAnEmptyGroupOnly() {
        assertThat(harness.group().validateDelete()).isEqualTo(Errors.NON_EMPTY_GROUP);
        harness.heartbeat(beat("a", -1).setInstanceId("i"));
        harness.heartbeat(beat("b", -1));
        assertThat(harness.group().validateDelete()).isEqualTo(Errors.NONE);

        harness.run((out, now) -> harness.group().tombstones().forEach(out::write));

        assertThat(harness.core.groups()).isEmpty();
        assertThat(harness.compacted()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void shouldLetOnlyMembersCommitWhatTheyOwn(Committer who, int partition, Errors expected) {
        // a owns 0 and 1 since epoch 1, and gives 1 up; b waits for it in epoch 2
        harness.heartbeat(beat("a", 1));
        Errors whole = harness.group().validateOffsetCommit(who);
        Errors error = whole == Errors.NONE ? harness.group().validateOffsetCommit(who, "t", partition) : whole;

        assertThat(error).isEqualTo(expected);
    }

    static Stream<Arguments> shouldLetOnlyMembersCommitWhatTheyOwn() {
        short version = 9;
        return Stream.of(
                Arguments.of(new Committer("a", null, 1, false, Set.of("t"), version), 1, Errors.NONE),
                Arguments.of(new Committer("a", null, 2, false, Set.of("t"), version), 0, Errors.STALE_MEMBER_EPOCH),
                Arguments.of(new Committer("a", null, 0, false, Set.of("t"), version), 0, Errors.STALE_MEMBER_EPOCH),
                Arguments.of(new Committer("b", null, 1, false, Set.of("t"), version), 1, Errors.STALE_MEMBER_EPOCH),
                Arguments.of(new Committer("b", null, 1, true, Set.of("t"), version), 1, Errors.ILLEGAL_GENERATION),
                Arguments.of(new Committer("x", null, 1, false, Set.of("t"), version), 0, Errors.UNKNOWN_MEMBER_ID),
                Arguments.of(new Committer("", null, -1, false, Set.of("t"), version), 0, Errors.UNKNOWN_MEMBER_ID),
                Arguments.of(new Committer("a", null, 1, false, Set.of("t"), (short) 8), 0, Errors.UNSUPPORTED_VERSION),
                Arguments.of(new Committer("", null, -1, true, Set.of("t"), (short) 3), 0, Errors.NONE),
                Arguments.of(new Committer("a", null, 1, true, Set.of("t"), (short) 3), 0, Errors.NONE));
    }

    @Test
    void shouldLetAMemberCommitThatHasNotHeardOfItsNewEpoch() {
        harness.heartbeat(beat("a", 1));
        harness.heartbeat(ConsumerGroupRequests.owning("a", 1, harness.topics.id("t"), 0));
        Committer behind = new Committer("a", null, 1, false, Set.of("t"), (short) 9);

        assertThat(harness.group().validateOffsetCommit(behind)).isEqualTo(Errors.NONE);
        assertThat(harness.group().validateOffsetCommit(behind, "t", 0)).isEqualTo(Errors.NONE);
        assertThat(harness.group().validateOffsetCommit(behind, "t", 1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        assertThat(harness.group().validateOffsetCommit(behind, "gone", 0)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
    }

    @Test
    void shouldLetAnybodyCommitToAnEmptyGroup() {
        harness.heartbeat(beat("a", -1).setInstanceId("i"));
        harness.heartbeat(beat("b", -1));

        assertThat(harness.group().validateOffsetCommit(new Committer("", null, -1, false, Set.of("t"), (short) 2)))
                .isEqualTo(Errors.NONE);
    }

    @Test
    void shouldLetMembersAndAdministratorsReadOffsets() {
        ConsumerGroup group = harness.group();
        assertThat(group.validateOffsetFetch(null, -1)).isEqualTo(Errors.NONE);
        assertThat(group.validateOffsetFetch("b", 2)).isEqualTo(Errors.NONE);
        assertThat(group.validateOffsetFetch("b", 1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        assertThat(group.validateOffsetFetch("x", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(group.validateOffsetFetch(null, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRemoveTheRecordOfARetiredTypeWithTheNextChange() {
        harness.run((out, now) ->
                out.write(new GroupRecord.ConsumerGroupPartitionMetadata(ConsumerGroupHarness.GROUP, true)));
        assertThat(harness.group().hasOldPartitionMetadata()).isTrue();

        harness.heartbeat(join("c", "t"));

        assertThat(harness.group().hasOldPartitionMetadata()).isFalse();
    }

    @Test
    void shouldIgnoreTombstonesForWhatIsNotThere() {
        harness.run((out, now) -> {
            out.write(new GroupRecord.ConsumerGroupEpoch("x", null));
            out.write(new GroupRecord.ConsumerGroupTargetEpoch("x", null));
            out.write(new GroupRecord.ConsumerGroupMemberMetadata("x", "m", null));
            out.write(new GroupRecord.ConsumerGroupTargetAssignment("x", "m", null));
            out.write(new GroupRecord.ConsumerGroupCurrentAssignment("x", "m", null));
            out.write(new GroupRecord.ConsumerGroupRegex("x", "r", null));
            out.write(new GroupRecord.ConsumerGroupPartitionMetadata("x", false));
            out.write(new GroupRecord.ConsumerGroupMemberMetadata(ConsumerGroupHarness.GROUP, "m", null));
        });

        assertThat(harness.core.find("x")).isNull();
        assertThat(harness.group().size()).isEqualTo(2);
    }
}
