package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class ControllerTasksTest {
    private static final Uuid ID = new Uuid(1, 1);
    private static final int VOTERS = 3;

    private final ControllerCore core = new ControllerCore(
            new ControllerSettings(1, (short) 1, true, List.of()), new FakeConfigRules(), TestCluster.random(0));
    private final ControllerTasks tasks = tasks(true);
    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "t", ID, 1, 2, 3);

    @Test
    void shouldLetPreferredLeadersComeBackFromTimeToTime() {
        ClusterImage moved = image.apply(PartitionChangeRecord.of(ID, 0).withLeader(2));

        assertThat(tasks.due(moved, VOTERS, 299).records()).isEmpty();
        assertThat(tasks.due(moved, VOTERS, 300).records())
                .containsExactly(PartitionChangeRecord.of(ID, 0).withLeader(1));
        assertThat(tasks.due(moved, VOTERS, 599).records()).isEmpty();
        assertThat(tasks.due(moved, VOTERS, 600).records()).hasSize(1);
        assertThat(tasks(false).due(moved, VOTERS, 10_000).records()).isEmpty();
    }

    @Test
    void shouldGoOnAtOnceWhileThereMayBeMore() {
        ClusterImage many = TestCluster.ofBrokers(2).apply(new TopicRecord("many", ID));
        for (int i = 0; i <= ControllerTasks.MOST_ELECTIONS; i++) {
            many = many.apply(TestCluster.partition(ID, i, 1, 2))
                    .apply(PartitionChangeRecord.of(ID, i).withLeader(2));
        }

        ControllerTasks.Work first = tasks.due(many, 1, 300);
        ControllerTasks.Work second = tasks.due(TestCluster.apply(many, first.records()), 1, 300);

        assertThat(first.records()).hasSize(ControllerTasks.MOST_ELECTIONS);
        assertThat(second.records()).hasSize(1);
        assertThat(tasks.due(many, 1, 301).records()).isEmpty();
    }

    @Test
    void shouldElectUncleanlyOnceThatIsAllowed() {
        ClusterImage nobody = image.apply(
                        PartitionChangeRecord.of(ID, 0).withLeader(-1).withIsr(List.of(1)))
                .apply(BrokerRegistrationChangeRecord.fence(1, 10));
        ClusterImage allowed = nobody.apply(new ConfigRecord(
                new ConfigResource(ConfigResource.Type.TOPIC, "t"), "unclean.leader.election.enable", "true"));

        assertThat(tasks.due(nobody, VOTERS, 500).records()).isEmpty();
        assertThat(tasks.due(allowed, VOTERS, 999).records()).isEmpty();
        assertThat(tasks.due(allowed, VOTERS, 1_000).records())
                .containsExactly(PartitionChangeRecord.of(ID, 0)
                        .withLeader(2)
                        .withIsr(List.of(2))
                        .withRecovering(true));
    }

    @Test
    void shouldGiveInternalTopicsTheReplicasThatTheyMissed() {
        ClusterImage alone = TestCluster.withTopic(TestCluster.ofBrokers(3), "__consumer_offsets", ID, 1);

        assertThat(tasks.due(alone, VOTERS, 4_999).records()).isEmpty();
        assertThat(tasks.due(alone, VOTERS, 5_000).records()).hasSize(1);
        assertThat(tasks.due(alone, 1, 10_000).records()).isEmpty();
    }

    private ControllerTasks tasks(boolean preferredLeaders) {
        ControllerTasks made = new ControllerTasks(core, new ControllerTasks.Settings(preferredLeaders, 300, 500));
        made.begin(0);
        return made;
    }
}
