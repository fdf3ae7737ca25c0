package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Voters of three that come and go for good, by Kafka's own {@code kafka-metadata-quorum}. */
class VotersIT extends ClusterFixture {
    private static final int RECORDS = 30;

    @Test
    void shouldTakeInAVoterAgainThatHasLostItsDirectory() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        fillATopicOnEach();
        Uuid lost = directoryOf(3);

        // when
        cluster.broker(3).kill();
        Directories.delete(cluster.broker(3).data());
        cluster.broker(3).restart();

        // then
        assertThat(directoryOf(3)).isEqualTo(lost);
        assertThat(isCreated(3, "while-it-observes")).isTrue();

        // and when
        String removed = quorumTool("remove-controller", "-i", "3", "-d", lost.toString());
        Await.until(() -> voters(1).equals(Set.of(1, 2)));
        String added = quorumTool("--command-config", controllerProperties(3).toString(), "add-controller");

        // then
        assertThat(removed).contains("KRaft controller 3 with directory id " + lost);
        assertThat(added).contains("Added controller 3 with directory id");
        Await.until(() -> voters(1).equals(Set.of(1, 2, 3)));
        assertThat(directoryOf(3)).isNotEqualTo(lost);

        // and when
        cluster.broker(1).kill();

        // then
        Await.until(() -> isCreated(3, "by-the-second-and-the-new-third"));
        assertThat(recordsOf(2)).isEqualTo(RECORDS);
        assertThat(leaderOf(topicOf(3))).isEqualTo(-1);
    }

    @Test
    void shouldShrinkToOneBrokerThatKeepsItsData() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        fillATopicOnEach();

        // when
        for (int id : List.of(3, 2)) {
            quorumTool(
                    "remove-controller",
                    "-i",
                    Integer.toString(id),
                    "-d",
                    directoryOf(id).toString());
            Await.until(() -> !voters(1).isEmpty() && !voters(1).contains(id));
        }
        cluster.broker(2).terminate();
        cluster.broker(3).kill();

        // then
        Await.until(() -> isCreated(1, "alone"));
        assertThat(recordsOf(1)).isEqualTo(RECORDS);

        // and when
        cluster.broker(1).kill();
        cluster.broker(1).restart();

        // then
        assertThat(voters(1)).containsExactly(1);
        assertThat(recordsOf(1)).isEqualTo(RECORDS);
        assertThat(topicsOf(1)).containsKeys("alone", topicOf(1), topicOf(2), topicOf(3));
        assertThat(isCreated(1, "alone-again")).isTrue();
    }

    private void fillATopicOnEach() throws Exception {
        try (Admin admin = cluster.admin()) {
            for (int id : cluster.ids()) {
                admin.createTopics(List.of(new NewTopic(topicOf(id), Map.of(0, List.of(id)))))
                        .all()
                        .get();
            }
        }
        try (KafkaProducer<String, String> producer = Clients.producer(cluster.bootstrap())) {
            for (int i = 0; i < RECORDS; i++) {
                for (int id : cluster.ids()) {
                    producer.send(new ProducerRecord<>(topicOf(id), "k" + i, "v" + i));
                }
            }
        }
    }

    private static String topicOf(int broker) {
        return "on-" + broker;
    }

    private int recordsOf(int broker) {
        return Clients.readAll(cluster.broker(broker).bootstrap(), topicOf(broker))
                .size();
    }

    private int leaderOf(String topic) throws Exception {
        try (Admin admin = cluster.admin(2)) {
            var leader = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .get(0)
                    .leader();
            return leader == null ? -1 : leader.id();
        }
    }

    /** The directory of a voter, as the quorum knows it. */
    private Uuid directoryOf(int voter) throws Exception {
        return quorum().orElseThrow().voters().stream()
                .filter(one -> one.replicaId() == voter)
                .map(QuorumInfo.ReplicaState::replicaDirectoryId)
                .findFirst()
                .orElseThrow();
    }

    private String quorumTool(String... arguments) {
        String[] all = Stream.concat(Stream.of("--bootstrap-server", cluster.bootstrap()), Stream.of(arguments))
                .toArray(String[]::new);
        KafkaTool.Result result = KafkaTool.run("MetadataQuorumCommand", all);
        assertThat(result.status()).as(result.all()).isZero();
        return result.all();
    }

    /** What the tool wants to know of a controller that it adds. */
    private Path controllerProperties(int id) throws IOException {
        String address = "PLAINTEXT://localhost:" + cluster.broker(id).kafkaPort();
        return Files.writeString(
                home.resolve("controller-" + id + ".properties"),
                String.join(
                        "\n",
                        "process.roles=controller",
                        "node.id=" + id,
                        "log.dirs=" + cluster.broker(id).data(),
                        "controller.listener.names=PLAINTEXT",
                        "listeners=" + address,
                        "advertised.listeners=" + address));
    }
}
