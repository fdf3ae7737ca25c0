package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which records a reassignment comes to, and when it is complete. */
class ReassignmentsTest {
    private static final Uuid ID = new Uuid(1, 1);

    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(4), "t", ID, 1, 2);
    private final Reassignments reassignments = new Reassignments(new FakeConfigRules());

    @Test
    void shouldHaveNothingToDoWhereTheReplicasAreAsWanted() {
        var result = alter(image, partition(0, 1, 2));

        assertThat(result.records()).isEmpty();
        assertThat(only(result)).isEqualTo(new ReassignablePartitionResponse().setErrorMessage(null));
    }

    @Test
    void shouldKeepTheOldReplicasUntilTheNewOnesAreInSync() {
        var result = alter(image, partition(0, 3, 1));

        assertThat(result.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withReplicas(List.of(3, 1, 2), dirs(3, 1, 2))
                        .withRemoving(List.of(2))
                        .withAdding(List.of(3)));
    }

    @Test
    void shouldCompleteAtOnceWhereTheIsrAllowsIt() {
        // an order only
        assertThat(alter(image, partition(0, 2, 1)).records())
                .containsExactly(PartitionChangeRecord.of(ID, 0).withReplicas(List.of(2, 1), dirs(2, 1)));
        // a replica less: the leader stays, in a new epoch
        assertThat(alter(image, partition(0, 1)).records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withLeader(1)
                        .withIsr(List.of(1))
                        .withReplicas(List.of(1), dirs(1)));
        // the leader goes
        assertThat(alter(image, partition(0, 2)).records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withLeader(2)
                        .withIsr(List.of(2))
                        .withReplicas(List.of(2), dirs(2)));
    }

    @Test
    void shouldCompleteWhenTheLeaderSaysThatAllWhoStayAreInSync() {
        // given
        ClusterImage under = applied(image, partition(0, 3, 1));
        assertThat(partitionOf(under)).extracting(PartitionImage::replicas).isEqualTo(List.of(3, 1, 2));

        // when
        PartitionImage after = partitionOf(inSync(under, 1, 2, 3));

        // then
        assertThat(after.replicas()).containsExactly(3, 1);
        assertThat(after.isr()).containsExactly(1, 3);
        assertThat(after.isReassigning()).isFalse();
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.leaderEpoch()).isEqualTo(1);
        assertThat(after.directories()).isEqualTo(dirs(3, 1));
    }

    @Test
    void shouldTellALeaderThatItIsOneNoMore() {
        ClusterImage under = applied(image, partition(0, 3, 4));

        var result = new IsrChanges(new FakeConfigRules()).alter(under, proposal(under, 1, 2, 3, 4));

        assertThat(result.response().topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(Errors.NEW_LEADER_ELECTED.code());
        PartitionImage after = partitionOf(TestCluster.apply(under, result.records()));
        assertThat(after.leader()).isEqualTo(3);
        assertThat(after.replicas()).containsExactly(3, 4);
    }

    @Test
    void shouldGoOnWhereNotAllWhoStayAreInSync() {
        ClusterImage under = applied(image, partition(0, 3, 4));

        PartitionImage after = partitionOf(inSync(under, 1, 2, 3));

        assertThat(after.adding()).containsExactly(3, 4);
        assertThat(after.removing()).containsExactly(1, 2);
        assertThat(after.isr()).containsExactly(1, 2, 3);
    }

    @Test
    void shouldGoBackWhenItIsCancelled() {
        ClusterImage under = inSync(applied(image, partition(0, 3, 4)), 1, 2, 3);

        ClusterImage back = applied(under, cancelled(0));

        PartitionImage before = partitionOf(image);
        assertThat(partitionOf(back))
                .usingRecursiveComparison()
                .ignoringFields("leaderEpoch", "partitionEpoch")
                .isEqualTo(before);
        assertThat(partitionOf(back).leaderEpoch()).isEqualTo(1);
    }

    @Test
    void shouldGoBackToWhatIsNotInSyncOnlyWhereThatIsAllowed() {
        ClusterImage under = applied(image, partition(0, 3, 4))
                .apply(PartitionChangeRecord.of(ID, 0).withLeader(3).withIsr(List.of(3)));
        assertThat(only(alter(under, cancelled(0))).errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());

        ClusterImage allowed = under.apply(new ConfigRecord(
                new ConfigResource(ConfigResource.Type.TOPIC, "t"), "unclean.leader.election.enable", "true"));

        PartitionImage after = partitionOf(applied(allowed, cancelled(0)));
        assertThat(after.isr()).containsExactly(1);
        assertThat(after.leader()).isEqualTo(1);
    }

    /** As in Kafka: who neither comes nor goes may be down. */
    @Test
    void shouldCompleteWithoutAReplicaThatStaysButIsOutOfSync() {
        ClusterImage under = applied(applied(image, partition(0, 1, 2, 3)), partition(0, 1, 2, 4));

        PartitionImage after = partitionOf(inSync(under, 1, 4));

        assertThat(after.replicas()).containsExactly(1, 2, 4);
        assertThat(after.isReassigning()).isFalse();
    }

    @Test
    void shouldNotEndABeginningWithFewerInSyncThanItTakesToCommit() {
        ClusterImage elr = TestCluster.withElr(image);
        ClusterImage under = applied(elr, partition(0, 3, 4))
                .apply(PartitionChangeRecord.of(ID, 0).withIsr(List.of(1)).withElr(List.of(2)));

        ClusterImage one = inSync(under, 1, 3);

        assertThat(partitionOf(one).isReassigning()).isTrue();
        assertThat(only(alter(inSync(one, 1, 3, 4), cancelled(0))).errorCode())
                .as("it has ended")
                .isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS.code());
        assertThat(only(alter(one, cancelled(0))))
                .as("1 alone could not commit what 1 and 3 could")
                .matches(refused -> refused.errorCode() == Errors.INVALID_REPLICA_ASSIGNMENT.code()
                        && String.valueOf(refused.errorMessage()).contains("min.insync.replicas"));
        assertThat(only(alter(under, cancelled(0))).errorCode())
                .as("nobody goes who is in sync")
                .isEqualTo(Errors.NONE.code());
    }

    @Test
    void shouldSayWhenItGoesBackToWhatMayLackRecords() {
        ClusterImage under = applied(TestCluster.withElr(image), partition(0, 3, 4))
                .apply(PartitionChangeRecord.of(ID, 0).withLeader(3).withIsr(List.of(3)))
                .apply(new ConfigRecord(
                        new ConfigResource(ConfigResource.Type.TOPIC, "t"), "unclean.leader.election.enable", "true"));

        PartitionImage after = partitionOf(applied(under, cancelled(0)));

        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.recovering()).isTrue();
    }

    @Test
    void shouldForgetAnOlderWishForANewerOne() {
        ClusterImage under = applied(image, partition(0, 3, 4));

        PartitionImage other = partitionOf(applied(under, partition(0, 1, 3)));
        PartitionImage back = partitionOf(applied(under, partition(0, 1, 2)));

        assertThat(other.replicas()).containsExactly(1, 3, 2, 4);
        assertThat(other.adding()).containsExactly(3);
        assertThat(other.removing()).containsExactly(2, 4);
        assertThat(back.replicas()).containsExactly(1, 2);
        assertThat(back.isReassigning()).isFalse();
    }

    @Test
    void shouldLeaveADirectoryOpenWhereTheBrokerHasSeveral() {
        ClusterImage several = image.apply(new RegisterBrokerRecord(
                3,
                new Uuid(7, 3),
                30,
                List.of(),
                List.of(),
                null,
                false,
                false,
                List.of(new Uuid(5, 1), new Uuid(5, 2))));

        assertThat(partitionOf(applied(several, partition(0, 1, 2, 3))).directories())
                .containsExactly(TestCluster.dir(1), TestCluster.dir(2), DirectoryId.UNASSIGNED);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("nope", partition(0, 1), Errors.UNKNOWN_TOPIC_OR_PARTITION),
                Arguments.of("t", partition(1, 1), Errors.UNKNOWN_TOPIC_OR_PARTITION),
                Arguments.of("t", partition(0), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of("t", partition(0, 1, 1), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of("t", partition(0, 1, 9), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of("t", partition(0, -1), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of("t", cancelled(0), Errors.NO_REASSIGNMENT_IN_PROGRESS));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldRefuse(String topic, ReassignablePartition partition, Errors error) {
        var result = reassignments.alter(image, request(topic, partition));

        assertThat(result.records()).isEmpty();
        assertThat(only(result).errorCode()).isEqualTo(error.code());
        assertThat(only(result).errorMessage()).isNotEmpty();
    }

    @Test
    void shouldRefuseAPartitionNamedTwiceTheSecondTime() {
        var result = alter(image, partition(0, 3, 1), partition(0, 4, 1));

        assertThat(result.records()).hasSize(1);
        assertThat(result.response().responses().get(0).partitions())
                .extracting(ReassignablePartitionResponse::errorCode)
                .containsExactly(Errors.NONE.code(), Errors.INVALID_REQUEST.code());
    }

    @Test
    void shouldKeepTheReplicationFactorWhereTheClientAsksForThat() {
        var fixed = request("t", partition(0, 1, 2, 3)).setAllowReplicationFactorChange(false);
        var fitting = request("t", partition(0, 3, 4)).setAllowReplicationFactorChange(false);

        assertThat(only(reassignments.alter(image, fixed)).errorCode())
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
        assertThat(reassignments
                        .alter(applied(image, partition(0, 3, 4)), fitting)
                        .response()
                        .allowReplicationFactorChange())
                .isFalse();
        assertThat(only(reassignments.alter(applied(image, partition(0, 3, 4)), fitting))
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    private ControllerResult<AlterPartitionReassignmentsResponseData> alter(
            ClusterImage now, ReassignablePartition... partitions) {
        return reassignments.alter(now, request("t", partitions));
    }

    private ClusterImage applied(ClusterImage now, ReassignablePartition partition) {
        var result = alter(now, partition);
        assertThat(only(result).errorCode()).isEqualTo(Errors.NONE.code());
        return TestCluster.apply(now, result.records());
    }

    private static ClusterImage inSync(ClusterImage now, Integer... isr) {
        return TestCluster.apply(
                now,
                new IsrChanges(new FakeConfigRules())
                        .alter(now, proposal(now, isr))
                        .records());
    }

    private static AlterPartitionRequestData proposal(ClusterImage now, Integer... isr) {
        PartitionImage partition = partitionOf(now);
        return new AlterPartitionRequestData()
                .setBrokerId(partition.leader())
                .setBrokerEpoch(10L * partition.leader())
                .setTopics(List.of(new AlterPartitionRequestData.TopicData()
                        .setTopicId(ID)
                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                .setLeaderEpoch(partition.leaderEpoch())
                                .setPartitionEpoch(partition.partitionEpoch())
                                .setNewIsr(List.of(isr))))));
    }

    private static PartitionImage partitionOf(ClusterImage now) {
        return now.topic("t").orElseThrow().partition(0).orElseThrow();
    }

    private static ReassignablePartitionResponse only(
            ControllerResult<AlterPartitionReassignmentsResponseData> result) {
        return result.response().responses().get(0).partitions().get(0);
    }

    private static AlterPartitionReassignmentsRequestData request(String topic, ReassignablePartition... partitions) {
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic)
                        .setPartitions(Arrays.stream(partitions)
                                .map(ReassignablePartition::duplicate)
                                .toList())));
    }

    private static ReassignablePartition partition(int index, Integer... replicas) {
        return assignment(index, List.of(replicas));
    }

    private static ReassignablePartition cancelled(int index) {
        return assignment(index, null);
    }

    private static ReassignablePartition assignment(int index, @Nullable List<Integer> replicas) {
        return new ReassignablePartition().setPartitionIndex(index).setReplicas(replicas);
    }

    private static List<Uuid> dirs(Integer... brokers) {
        return Arrays.stream(brokers).map(TestCluster::dir).toList();
    }
}
