package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers whose settings do not name the cluster: its first leader makes the id. */
class ClusterIdIT {
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
    void shouldGiveANewClusterOneIdOnceAllVotersAreThere() throws Exception {
        // given
        cluster = Cluster.plan(home, 3);
        cluster.launch(1);
        cluster.launch(2);
        for (int id : List.of(1, 2)) {
            Await.until(() -> cluster.broker(id).log().contains("A new cluster needs all of them once"));
            assertThat(metaProperties(id)).doesNotExist();
        }

        // when
        cluster.launch(3);
        cluster.ids().forEach(id -> cluster.broker(id).awaitReady());

        // then
        Set<String> made = clusterIds();
        assertThat(made).hasSize(1);
        assertThat(made.iterator().next()).hasSize(22);
        for (int id : cluster.ids()) {
            assertThat(metaProperties(id))
                    .content()
                    .contains("cluster.id=" + made.iterator().next());
        }

        // and when
        cluster.ids().forEach(id -> assertThat(cluster.broker(id).terminate()).isZero());
        cluster.ids().forEach(cluster::launch);
        cluster.ids().forEach(id -> cluster.broker(id).awaitReady());

        // then
        assertThat(clusterIds()).isEqualTo(made);
    }

    @Test
    void shouldEndInOrderWhileItWaitsForAnId() {
        // given
        cluster = Cluster.plan(home, 3);
        cluster.launch(1);
        Await.until(() -> cluster.broker(1).log().contains("A new cluster needs all of them once"));

        // when
        cluster.broker(1).terminate();

        // then
        assertThat(cluster.broker(1).isAlive()).isFalse();
        assertThat(metaProperties(1)).doesNotExist();
    }

    @Test
    void shouldTellAVoterThatLostItsDiskWhichClusterThereIs() throws Exception {
        // given
        cluster = Cluster.plan(home, 3);
        for (int id = 1; id <= 3; id++) {
            cluster.launch(id);
        }
        for (int id = 1; id <= 3; id++) {
            cluster.broker(id).awaitReady();
        }
        Set<String> made = clusterIds();
        Uuid lost = replica(3).replicaDirectoryId();
        cluster.broker(3).kill();
        delete(home.resolve("broker-3").resolve("data"));

        // when
        cluster.launch(3);
        cluster.broker(3).awaitReady();

        // then
        assertThat(clusterIds()).isEqualTo(made);
        QuorumInfo.ReplicaState observer = observer(3);
        assertThat(observer.replicaDirectoryId()).isNotEqualTo(lost);

        // and when: as kafka-metadata-quorum remove-controller and add-controller do
        try (Admin admin = cluster.admin()) {
            admin.removeRaftVoter(3, lost).all().get();
            Await.until(() -> isAdded(admin, observer.replicaDirectoryId()));
        }

        // then
        Await.until(() -> replica(3).replicaDirectoryId().equals(observer.replicaDirectoryId()));
    }

    private boolean isAdded(Admin admin, Uuid directory) throws InterruptedException {
        try {
            admin.addRaftVoter(
                            3,
                            directory,
                            Set.of(new RaftVoterEndpoint(
                                    "PLAINTEXT", "localhost", cluster.broker(3).kafkaPort())))
                    .all()
                    .get();
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private QuorumInfo.ReplicaState replica(int id) throws Exception {
        try (Admin admin = cluster.admin()) {
            return admin.describeMetadataQuorum().quorumInfo().get().voters().stream()
                    .filter(one -> one.replicaId() == id)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private QuorumInfo.ReplicaState observer(int id) throws Exception {
        try (Admin admin = cluster.admin()) {
            Await.until(() -> admin.describeMetadataQuorum().quorumInfo().get().observers().stream()
                    .anyMatch(one -> one.replicaId() == id));
            return admin.describeMetadataQuorum().quorumInfo().get().observers().stream()
                    .filter(one -> one.replicaId() == id)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Set<String> clusterIds() throws Exception {
        Set<String> ids = new TreeSet<>();
        for (int id : cluster.ids()) {
            try (Admin admin = cluster.admin(id)) {
                ids.add(admin.describeCluster().clusterId().get());
            }
        }
        return ids;
    }

    private Path metaProperties(int id) {
        return home.resolve("broker-" + id).resolve("data").resolve("meta.properties");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
