package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of operators and broken machines, with three brokers that share one metadata log. */
class ClusterBadCasesIT {
    @TempDir
    private Path home;

    private Cluster cluster;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldElectAnotherControllerIfTheFirstOneStandsStillAndLetItFollowAfterwards() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        int first = leader(cluster.bootstrap()).orElseThrow();
        int other = first == 1 ? 2 : 1;
        String bootstrap = cluster.broker(other).bootstrap();

        // when
        signal("STOP", first);

        // then
        Await.until(() -> leader(bootstrap).filter(id -> id != first).isPresent());
        Await.until(() -> isCreated(other, "meanwhile"));

        // and when
        signal("CONT", first);

        // then
        Await.until(() -> isCreated(first, "afterwards"));
        cluster.awaitBrokers(first, 3);
    }

    @Test
    void shouldDecideNothingIfTheOthersStandStill() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        int controller = leader(cluster.bootstrap()).orElseThrow();
        List<Integer> others =
                cluster.ids().stream().filter(id -> id != controller).toList();

        // when
        for (int id : others) {
            signal("STOP", id);
        }

        // then
        try (Admin admin = cluster.admin(controller)) {
            assertThatThrownBy(() -> create(admin, "alone", 1)).isInstanceOf(ExecutionException.class);
        }

        // and when
        for (int id : others) {
            signal("CONT", id);
        }

        // then
        Await.until(() -> isCreated(controller, "together"));
        cluster.awaitBrokers(controller, 3);
    }

    @Test
    void shouldRefuseSeveralReplicasSinceNothingIsReplicated() throws Exception {
        // given
        cluster = Cluster.start(home, 3, "offsets.topic.replication.factor=3");

        // when
        try (Admin admin = cluster.admin()) {
            create(admin, "single", 1);
            var moved = Map.of(
                    new TopicPartition("single", 0), Optional.of(new NewPartitionReassignment(List.of(1, 2, 3))));

            // then
            assertThatThrownBy(() -> create(admin, "several", 3))
                    .hasCauseInstanceOf(InvalidReplicationFactorException.class)
                    .hasMessageContaining("does not replicate records between brokers yet");
            assertThatThrownBy(
                            () -> admin.alterPartitionReassignments(moved).all().get())
                    .cause()
                    .isInstanceOfAny(InvalidReplicationFactorException.class, InvalidReplicaAssignmentException.class);
        }
    }

    /** What the broker at this address says; empty while it knows none. */
    private static Optional<Integer> leader(String bootstrap) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap, "default.api.timeout.ms", 10_000, "request.timeout.ms", 5_000))) {
            int leader = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
            return leader < 0 ? Optional.empty() : Optional.of(leader);
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    private boolean isCreated(int at, String topic) throws Exception {
        try (Admin admin = cluster.admin(at)) {
            create(admin, topic, 1);
            return true;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicExistsException;
        }
    }

    private static void create(Admin admin, String topic, int replicas) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) replicas)))
                .all()
                .get();
    }

    private void signal(String name, int id) throws IOException, InterruptedException {
        String pid = Long.toString(cluster.broker(id).pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }
}
