package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three brokers that share one metadata log, each a process of its own, with Kafka's own clients. */
class ClusterIT extends ClusterFixture {
    @Test
    void shouldShowTheSameTopicsAndBrokersOnEveryBroker() throws Exception {
        // given
        cluster = Cluster.start(home, 3);

        // when
        for (int id : cluster.ids()) {
            try (Admin admin = cluster.admin(id)) {
                create(admin, "made-by-" + id);
            }
        }

        // then
        for (int id : cluster.ids()) {
            cluster.awaitBrokers(id, 3);
            Await.until(() -> topicsOf(3).keySet().size() == 3);
            assertThat(topicsOf(id)).isEqualTo(topicsOf(1)).containsOnlyKeys("made-by-1", "made-by-2", "made-by-3");
        }
    }

    @Test
    void shouldServePartitionsThatDifferentBrokersLead() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic("spread", 6, (short) 1)))
                    .all()
                    .get();
        }

        // when
        try (KafkaProducer<String, String> producer = Clients.producer(cluster.bootstrap())) {
            for (int i = 0; i < 600; i++) {
                producer.send(new ProducerRecord<>("spread", i % 6, "k" + i, "v" + i));
            }
        }

        // then
        Set<Integer> leaders = new HashSet<>();
        try (Admin admin = cluster.admin()) {
            TopicDescription spread = admin.describeTopics(List.of("spread"))
                    .allTopicNames()
                    .get()
                    .get("spread");
            spread.partitions()
                    .forEach(partition -> leaders.add(partition.leader().id()));
        }
        assertThat(leaders).containsExactlyInAnyOrder(1, 2, 3);
        for (int id : cluster.ids()) {
            assertThat(Clients.readAll(cluster.broker(id).bootstrap(), "spread"))
                    .hasSize(600);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void shouldCoordinateGroupsOnWhicheverBrokerLeadsTheirPartition(String protocol) throws Exception {
        // given
        cluster = Cluster.start(home, 3, "group.initial.rebalance.delay.ms=0");
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic("shared", 6, (short) 1)))
                    .all()
                    .get();
        }
        try (KafkaProducer<String, String> producer = Clients.producer(cluster.bootstrap())) {
            for (int i = 0; i < 300; i++) {
                producer.send(new ProducerRecord<>("shared", i % 6, "k", "v" + i));
            }
        }

        // when
        List<GroupOfConsumers> groups = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            GroupOfConsumers group = new GroupOfConsumers(cluster.bootstrap(), protocol, "shared");
            group.join(2);
            groups.add(group);
        }

        // then
        for (GroupOfConsumers group : groups) {
            Await.until(() -> group.isSettled(6) && group.seen() == 300);
            group.leave(2);
            assertThat(group.faults()).isEmpty();
        }
    }

    @Test
    void shouldSurviveTheLossOfAnyOneBroker() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        List<String> created = new ArrayList<>();

        // when
        for (int id : cluster.ids()) {
            cluster.broker(id).kill();
            String topic = "while-" + id + "-is-dead";
            Await.until(() -> isCreated(topic));
            created.add(topic);
            cluster.broker(id).restart();
            cluster.awaitBrokers(id, 3);
        }

        // then
        for (int id : cluster.ids()) {
            Await.until(() -> topicsOf(id).keySet().containsAll(created));
        }
    }

    @Test
    void shouldDecideNothingWithoutAMajorityAndKeepWhatWasDecided() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        try (Admin admin = cluster.admin()) {
            create(admin, "before");
        }

        // when
        cluster.broker(1).kill();
        cluster.broker(2).kill();

        // then
        try (Admin admin = cluster.admin(3)) {
            assertThatThrownBy(() -> create(admin, "without")).isInstanceOf(ExecutionException.class);
        }

        // and when
        cluster.broker(1).relaunch();
        Await.until(() -> isCreated("after"));

        // then
        assertThat(topicsOf(3).keySet()).contains("before", "after");
    }

    @Test
    void shouldShowTheSameAfterARestartOfAllBrokers() throws Exception {
        // given
        cluster = Cluster.start(home, 3);
        try (Admin admin = cluster.admin()) {
            create(admin, "kept");
        }
        Map<String, String> before = topicsOf(1);

        // when
        for (int id : cluster.ids()) {
            assertThat(cluster.broker(id).terminate()).isZero();
        }
        cluster.ids().forEach(id -> cluster.broker(id).relaunch());
        cluster.ids().forEach(id -> cluster.broker(id).awaitReady());

        // then
        for (int id : cluster.ids()) {
            cluster.awaitBrokers(id, 3);
            assertThat(topicsOf(id)).isEqualTo(before);
        }
    }

    /** Its session would last longer than this test waits. */
    @Test
    void shouldFenceAKilledBrokerLongBeforeItsSessionEnds() throws Exception {
        // given
        cluster = Cluster.start(home, 3, "broker.session.timeout.ms=600000");
        int dead = controller();
        int alive = dead == 3 ? 2 : 3;

        // when
        cluster.broker(dead).kill();

        // then
        cluster.awaitBrokers(alive, 2);

        // and when
        cluster.broker(dead).restart();

        // then
        cluster.awaitBrokers(alive, 3);
    }

    /** Who keeps the metadata log by itself watches those that only follow it. */
    @Test
    void shouldFenceAKilledObserverLongBeforeItsSessionEnds() throws Exception {
        // given
        cluster = Cluster.alone(home, "broker.session.timeout.ms=600000");
        cluster.join(home, 2);
        cluster.awaitBrokers(1, 2);

        // when
        cluster.broker(2).kill();

        // then
        cluster.awaitBrokers(1, 1);

        // and when
        cluster.broker(2).restart();

        // then
        cluster.awaitBrokers(1, 2);
    }

    @Test
    void shouldRemoveTheLogOfATopicThatWasDeletedWhileItsBrokerWasDown() throws Exception {
        // given
        cluster = Cluster.alone(home);
        cluster.join(home, 2, "log.stray.delete.delay.ms=0", "log.retention.check.interval.ms=500");
        try (Admin admin = cluster.admin(1)) {
            admin.createTopics(List.of(
                            new NewTopic("gone", Map.of(0, List.of(2))), new NewTopic("kept", Map.of(0, List.of(2)))))
                    .all()
                    .get();
            Path data = cluster.broker(2).data();
            Await.until(() -> names(data).contains("gone-0") && names(data).contains("kept-0"));
            cluster.broker(2).terminate();

            // when
            admin.deleteTopics(List.of("gone")).all().get();
            cluster.broker(2).restart();

            // then
            Await.until(() -> names(data).stream().noneMatch(name -> name.startsWith("gone-0")));
            assertThat(names(data)).contains("kept-0");
            assertThat(cluster.broker(2).latestLog()).contains("gone-0 is of no topic of this cluster", "is removed");
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void shouldGrowFromOneBrokerWithDataToThree() throws Exception {
        // given
        cluster = Cluster.alone(home);
        try (Admin admin = cluster.admin(1)) {
            create(admin, "from-before");
        }

        // when
        for (int id = 2; id <= 3; id++) {
            cluster.join(home, id);
            addVoter(id);
        }
        Await.until(() -> voters(1).equals(Set.of(1, 2, 3)));
        cluster.broker(1).kill();

        // then
        Await.until(() -> isCreated("without-the-first"));
        cluster.broker(1).restart();
        for (int id : cluster.ids()) {
            cluster.awaitBrokers(id, 3);
            Await.until(() -> topicsOf(id).keySet().containsAll(List.of("from-before", "without-the-first")));
        }
    }

    /** As {@code kafka-metadata-quorum add-controller} does. */
    private void addVoter(int id) throws Exception {
        try (Admin admin = cluster.admin(1)) {
            Await.until(() -> observer(admin, id).isPresent());
            QuorumInfo.ReplicaState observer = observer(admin, id).orElseThrow();
            admin.addRaftVoter(
                            id,
                            observer.replicaDirectoryId(),
                            Set.of(new RaftVoterEndpoint(
                                    "PLAINTEXT", "localhost", cluster.broker(id).kafkaPort())))
                    .all()
                    .get();
        }
    }

    private static Optional<QuorumInfo.ReplicaState> observer(Admin admin, int id) throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get().observers().stream()
                .filter(one -> one.replicaId() == id)
                .findFirst();
    }

    /** KIP-853: the log says where the voters listen, whatever the settings of the others say. */
    @Test
    void shouldFindEveryVoterThatHasMoved() throws Exception {
        // given
        cluster = Cluster.start(home, 3);

        // when
        for (int id : cluster.ids()) {
            assertThat(cluster.broker(id).terminate()).isZero();
            cluster.move(id);
            cluster.awaitBrokers(id, 3);
        }

        // then
        for (int id : cluster.ids()) {
            int port = cluster.broker(id).kafkaPort();
            Await.until(() -> voterPorts().get(id).equals(List.of(port)));
        }
        cluster.broker(controller()).kill();
        Await.until(() -> isCreated("after-the-moves"));
    }

    @Test
    void shouldKnowWhereTheOnlyVoterListensAfterItHasMoved() throws Exception {
        // given
        cluster = Cluster.alone(home);
        cluster.broker(1).terminate();

        // when
        cluster.move(1);

        // then
        int port = cluster.broker(1).kafkaPort();
        Await.until(() -> voterPorts().get(1).equals(List.of(port)));
    }

    private Map<Integer, List<Integer>> voterPorts() throws Exception {
        try (Admin admin = cluster.admin()) {
            Map<Integer, List<Integer>> ports = new TreeMap<>();
            admin.describeMetadataQuorum()
                    .quorumInfo()
                    .get()
                    .nodes()
                    .forEach((id, node) -> ports.put(
                            id, node.endpoints().stream().map(at -> at.port()).toList()));
            return ports;
        }
    }

    /** Over many connections, so that every network thread gives some; the controller is killed in between. */
    @Test
    void shouldGiveEveryProducerAnIdOfItsOwn() throws Exception {
        // given
        cluster = Cluster.start(home, 3, "num.network.threads=3");
        List<Long> given = new ArrayList<>();

        // when
        for (int id : cluster.ids()) {
            given.addAll(producerIds(id, 40));
        }
        List<Long> before = List.copyOf(given);
        int dead = controller();
        cluster.broker(dead).kill();
        for (int id : cluster.ids()) {
            if (id != dead) {
                given.addAll(producerIds(id, 40));
            }
        }
        cluster.broker(dead).restart();
        given.addAll(producerIds(dead, 40));

        // then
        assertThat(given).hasSize(240).doesNotHaveDuplicates();
        assertThat(before.stream().map(id -> id / 1000).distinct())
                .as("one block for each broker")
                .hasSize(3);
    }

    private List<Long> producerIds(int broker, int count) {
        List<Long> ids = new ArrayList<>();
        for (int attempts = 0; ids.size() < count && attempts < 10_000; attempts++) {
            try (RawClient client = new RawClient(cluster.broker(broker).kafkaPort())) {
                InitProducerIdResponse response = (InitProducerIdResponse) client.call(
                        ApiKeys.INIT_PRODUCER_ID, (short) 4, new InitProducerIdRequestData().setTransactionalId(null));
                if (response.error() == Errors.NONE) {
                    ids.add(response.data().producerId());
                } else {
                    assertThat(response.error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
                }
            }
        }
        return ids;
    }

    @Test
    void shouldDescribeTheQuorum() throws Exception {
        // given
        cluster = Cluster.start(home, 3);

        // when
        try (Admin admin = cluster.admin()) {
            QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();

            // then
            assertThat(quorum.voters())
                    .extracting(QuorumInfo.ReplicaState::replicaId)
                    .containsExactlyInAnyOrder(1, 2, 3);
            assertThat(quorum.leaderId()).isIn(1, 2, 3);
            assertThat(quorum.observers()).isEmpty();
            assertThat(quorum.highWatermark()).isPositive();
        }
    }
}
