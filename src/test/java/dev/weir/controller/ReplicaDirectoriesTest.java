package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaDirectoriesTest {
    private static final Uuid ID = new Uuid(1, 1);

    private final ReplicaDirectories directories = new ReplicaDirectories(new FakeConfigRules());
    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "t", ID, 1, 2)
            .apply(PartitionChangeRecord.of(ID, 0)
                    .withDirectories(List.of(DirectoryId.UNASSIGNED, TestCluster.dir(2))));

    @Test
    void shouldRecordWhereAReplicaIsAndLeaveTheOthersWhereTheyAre() {
        var result = assign(1, 10, TestCluster.dir(1), ID, 0);

        assertThat(result.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withDirectories(List.of(TestCluster.dir(1), TestCluster.dir(2))));
        assertThat(error(result)).isEqualTo(Errors.NONE);
        assertThat(TestCluster.apply(image, result.records())
                        .topics()
                        .partition(ID, 0)
                        .orElseThrow()
                        .directoryOf(1))
                .isEqualTo(TestCluster.dir(1));
    }

    @Test
    void shouldRecordNothingTwice() {
        var result = assign(2, 20, TestCluster.dir(2), ID, 0);

        assertThat(result.records()).isEmpty();
        assertThat(error(result)).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, UNKNOWN_TOPIC_OR_PARTITION",
        "1, 1, 2, 0, UNKNOWN_TOPIC_ID",
        "1, 2, 1, 0, LOG_DIR_NOT_FOUND",
        "3, 3, 1, 0, NOT_LEADER_OR_FOLLOWER"
    })
    void shouldRefuse(int broker, int directory, long topic, int partition, Errors error) {
        var result = assign(broker, broker * 10L, TestCluster.dir(directory), new Uuid(topic, topic), partition);

        assertThat(result.records()).isEmpty();
        assertThat(error(result)).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource({"1, 9", "4, 40"})
    void shouldRefuseAnotherIncarnation(int broker, long epoch) {
        var result = assign(broker, epoch, TestCluster.dir(1), ID, 0);

        assertThat(result.records()).isEmpty();
        assertThat(Errors.forCode(result.response().errorCode())).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void shouldTakeTheLeadFromAReplicaThatIsLostAndGiveItBackInANewEpoch() {
        ClusterImage alone = TestCluster.withTopic(TestCluster.ofBrokers(1), "alone", ID, 1);

        var lost = assign(alone, 1, 10, DirectoryId.LOST, ID, 0);
        ClusterImage without = TestCluster.apply(alone, lost.records());
        var again = assign(without, 1, 10, DirectoryId.LOST, ID, 0);
        var found = assign(without, 1, 10, TestCluster.dir(1), ID, 0);

        assertThat(error(lost)).isEqualTo(Errors.NONE);
        assertThat(lost.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withLeader(-1).withDirectories(List.of(DirectoryId.LOST)));
        assertThat(again.records()).isEmpty();
        assertThat(found.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withLeader(1).withDirectories(List.of(TestCluster.dir(1))));
        assertThat(TestCluster.apply(without, found.records())
                        .topics()
                        .partition(ID, 0)
                        .orElseThrow()
                        .leaderEpoch())
                .isEqualTo(2);
    }

    @Test
    void shouldLetAnotherReplicaLeadAndNotGoBackWhereTheLostOneIsFound() {
        var lost = assign(1, 10, DirectoryId.LOST, ID, 0);
        ClusterImage after = TestCluster.apply(image, lost.records());
        var found = assign(after, 1, 10, TestCluster.dir(1), ID, 0);

        assertThat(lost.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withLeader(2)
                        .withIsr(List.of(2))
                        .withDirectories(List.of(DirectoryId.LOST, TestCluster.dir(2))));
        assertThat(found.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withDirectories(List.of(TestCluster.dir(1), TestCluster.dir(2))));
    }

    /** What it has lost may be committed, so nobody may take it for complete, nor may its leader before it has caught up. */
    @Test
    void shouldNotTakeALostReplicaForOneThatIsEligibleToLead() {
        ClusterImage elr = TestCluster.withElr(image)
                .apply(PartitionChangeRecord.of(ID, 0)
                        .withLeader(2)
                        .withIsr(List.of(2))
                        .withElr(List.of(1)));

        ClusterImage lost = TestCluster.apply(
                elr, assign(elr, 1, 10, DirectoryId.LOST, ID, 0).records());
        ClusterImage found = TestCluster.apply(
                lost, assign(lost, 1, 10, TestCluster.dir(1), ID, 0).records());

        assertThat(lost.topics().partition(ID, 0).orElseThrow().elr()).isEmpty();
        assertThat(found.topics().partition(ID, 0).orElseThrow())
                .matches(p -> p.isr().equals(List.of(2)) && p.elr().isEmpty() && p.leader() == 2);
    }

    @Test
    void shouldLetTheLastLeaderLeadAgainOnceItsLogIsFound() {
        ClusterImage alone = TestCluster.withElr(TestCluster.withTopic(TestCluster.ofBrokers(1), "alone", ID, 1));

        ClusterImage lost = TestCluster.apply(
                alone, assign(alone, 1, 10, DirectoryId.LOST, ID, 0).records());
        var found = assign(lost, 1, 10, TestCluster.dir(1), ID, 0);

        assertThat(lost.topics().partition(ID, 0).orElseThrow())
                .matches(p -> !p.hasLeader() && p.isr().isEmpty() && p.elr().isEmpty());
        assertThat(found.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withLeader(1)
                        .withIsr(List.of(1))
                        .withRecovering(true)
                        .withLastKnownElr(List.of())
                        .withDirectories(List.of(TestCluster.dir(1))));
    }

    @ParameterizedTest
    @CsvSource({"false, -1", "true, 2"})
    void shouldElectAReplicaOutOfSyncOnlyWhereTheTopicMayLoseRecords(boolean unclean, int leader) {
        ClusterImage behind = image.apply(PartitionChangeRecord.of(ID, 0).withIsr(List.of(1)))
                .apply(new ConfigRecord(
                        new ConfigResource(ConfigResource.Type.TOPIC, "t"),
                        "unclean.leader.election.enable",
                        String.valueOf(unclean)));

        var lost = assign(behind, 1, 10, DirectoryId.LOST, ID, 0);

        PartitionImage after = TestCluster.apply(behind, lost.records())
                .topics()
                .partition(ID, 0)
                .orElseThrow();
        assertThat(after.leader()).isEqualTo(leader);
        assertThat(after.isr()).containsExactly(unclean ? 2 : 1);
        assertThat(after.recovering()).isEqualTo(unclean);
    }

    private ControllerResult<AssignReplicasToDirsResponseData> assign(
            int broker, long epoch, Uuid directory, Uuid topic, int partition) {
        return assign(image, broker, epoch, directory, topic, partition);
    }

    private ControllerResult<AssignReplicasToDirsResponseData> assign(
            ClusterImage now, int broker, long epoch, Uuid directory, Uuid topic, int partition) {
        PartitionData data = new PartitionData().setPartitionIndex(partition);
        TopicData topics = new TopicData().setTopicId(topic).setPartitions(List.of(data));
        return directories.assign(
                now,
                new AssignReplicasToDirsRequestData()
                        .setBrokerId(broker)
                        .setBrokerEpoch(epoch)
                        .setDirectories(
                                List.of(new DirectoryData().setId(directory).setTopics(List.of(topics)))));
    }

    private static Errors error(ControllerResult<AssignReplicasToDirsResponseData> result) {
        var directory = result.response().directories().get(0);
        return Errors.forCode(directory.topics().get(0).partitions().get(0).errorCode());
    }
}
