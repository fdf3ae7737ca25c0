package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log directory that is not there at start: its disk fails, or is not mounted. */
class MissingLogDirIT extends SeveralLogDirs {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeTheOthersWhereADirectoryIsNotThereAtStart(boolean broken) throws Exception {
        // given: a partition in each directory, and then a disk that fails, or is not mounted
        Set<String> sent = new TreeSet<>();
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            move(admin, 0);
            sent.addAll(send(broker, "before", 0, 1, 2));
            broker.kill();
        }
        Files.move(Path.of(dir("b")), Path.of(dir("away")));
        if (broken) {
            Files.createFile(Path.of(dir("b")));
        }

        // when
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {

            // then
            assertThat(broker.log()).contains("1 partitions are offline", "moving-1");
            assertThat(unavailable(broker)).containsExactly("moving 1 none 1 1");
            assertThat(broker.metric("weir_partitions_offline")).isEqualTo(1);
            sent.addAll(send(broker, "meanwhile", 0, 2));
            assertThatThrownBy(() -> send(broker, "nowhere", 1)).hasRootCauseInstanceOf(TimeoutException.class);
            var directories =
                    Found.in(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1);
            assertThat(Found.in(directories, dir("b")).error()).isInstanceOf(KafkaStorageException.class);
            assertThat(Found.in(directories, dir("b")).replicaInfos()).isEmpty();
            assertThat(broker.log()).contains("Log directory " + dir("b") + (broken ? " cannot be used" : " is empty"));
            assertThat(broker.metric("weir_log_dirs_offline")).isEqualTo(1);
            assertThat(broker.get("/health/ready").body())
                    .contains("\"status\":\"UP\"", "serving; partitions offline: 1", "\"partitionsOffline\":1");
            admin.createTopics(List.of(new NewTopic("new", 3, (short) 1))).all().get();
            Await.until(() -> replicas(admin) == 5);
            assertThat(broker.terminate()).isZero();
        }
        deleteAll(Path.of(dir("b")));
        Files.move(Path.of(dir("away")), Path.of(dir("b")));
        try (BrokerProcess broker = start()) {
            assertThat(unavailable(broker)).isEmpty();
            sent.addAll(send(broker, "after", 0, 1, 2));
            assertThat(Clients.readAll(broker.bootstrap(), TOPIC)).containsExactlyInAnyOrderElementsOf(sent);
            Map<String, Integer> epochs = new HashMap<>();
            Clients.readAll(
                    broker.bootstrap(),
                    TOPIC,
                    record -> record.partition() == 1
                            ? epochs.put(record.key(), record.leaderEpoch().orElse(-1))
                            : null);
            assertThat(epochs.get("after")).isGreaterThan(epochs.get("before"));
        }
    }

    /** The metadata says where the log of partition 2 is not, as it would after a crash of the whole machine. */
    @Test
    void shouldHaveNoLeaderNorCoordinatorWhereALogMayBeInADirectoryThatFails() throws Exception {
        // given: a partition and a part of the group log in each directory
        String[] groupLog = {"offsets.topic.num.partitions=3"};
        Map<Integer, String> groups = new HashMap<>();
        for (int i = 0; groups.size() < 3; i++) {
            groups.putIfAbsent(Utils.abs(("group" + i).hashCode()) % 3, "group" + i);
        }
        try (BrokerProcess broker = start(groupLog);
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            move(admin, 0);
            for (String group : groups.values()) {
                admin.alterConsumerGroupOffsets(
                                group, Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(group.length())))
                        .all()
                        .get();
            }
            broker.kill();
        }
        Files.move(Path.of(dir("c")).resolve("moving-2"), Path.of(dir("b")).resolve("moving-2"));
        List<Integer> lost = IntStream.range(0, 3)
                .filter(i -> Files.exists(Path.of(dir("b")).resolve("__consumer_offsets-" + i)))
                .boxed()
                .toList();
        assertThat(lost).hasSize(1);
        Files.move(Path.of(dir("b")), Path.of(dir("away")));
        Files.createFile(Path.of(dir("b")));

        for (int start = 0; start < 2; start++) {
            // when
            try (BrokerProcess broker = start(groupLog)) {

                // then
                Await.until(() -> unavailable(broker).size() == 3);
                assertThat(unavailable(broker))
                        .containsExactly(
                                "__consumer_offsets " + lost.get(0) + " none 1 1",
                                "moving 1 none 1 1",
                                "moving 2 none 1 1");
                groups.forEach((partition, group) -> assertThat(coordinatorError(broker, group))
                        .isEqualTo(lost.contains(partition) ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NONE));
                assertThat(broker.terminate()).isZero();
            }
        }
        Files.delete(Path.of(dir("b")));
        Files.move(Path.of(dir("away")), Path.of(dir("b")));
        try (BrokerProcess broker = start(groupLog);
                Admin admin = Clients.admin(broker.bootstrap())) {
            Await.until(() -> unavailable(broker).isEmpty());
            for (String group : groups.values()) {
                assertThat(admin.listConsumerGroupOffsets(group)
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(new TopicPartition(TOPIC, 0))
                                .offset())
                        .isEqualTo(group.length());
            }
            Set<String> sent = send(broker, "after", 0, 1, 2);
            assertThat(Clients.readAll(broker.bootstrap(), TOPIC)).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    private static Errors coordinatorError(BrokerProcess broker, String group) {
        try (RawClient client =
                new RawClient(Integer.parseInt(broker.bootstrap().replaceAll(".*:", "")))) {
            FindCoordinatorRequestData request = new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group));
            AbstractResponse answer = client.call(ApiKeys.FIND_COORDINATOR, (short) 4, request);
            return Errors.forCode(((FindCoordinatorResponseData) answer.data())
                    .coordinators()
                    .get(0)
                    .errorCode());
        }
    }

    /** Topic, partition, leader, replicas and ISR of what Kafka's tool says that nobody leads. */
    private static List<String> unavailable(BrokerProcess broker) {
        KafkaTool.Result described = KafkaTool.run(
                "TopicCommand", "--describe", "--unavailable-partitions", "--bootstrap-server", broker.bootstrap());
        assertThat(described.status()).as(described.all()).isZero();
        return described
                .out()
                .lines()
                .map(line -> Pattern.compile(": ?([^\t ]+)")
                        .matcher(line)
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.joining(" ")))
                .sorted()
                .toList();
    }

    @Test
    void shouldMakeALogAnewWhoseDirectoryIsGoneOnlyWhereItsTopicMayLoseIt() throws Exception {
        // given
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            move(admin, 0);
            send(broker, "before", 0, 1, 2);
            broker.kill();
        }
        deleteAll(Path.of(dir("b")));

        // when
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            assertThat(broker.log()).contains("1 partitions are offline", "moving-1");
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, TOPIC),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("unclean.leader.election.enable", "true"),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();

            // then
            Set<String> after = send(broker, "after", 1);
            assertThat(Clients.readAll(broker.bootstrap(), TOPIC, record -> record))
                    .filteredOn(record -> record.partition() == 1)
                    .extracting(record -> record.key() + "=" + record.value())
                    .containsExactlyElementsOf(after);
        }
    }

    private static int replicas(Admin admin) throws Exception {
        return Found.in(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1).values().stream()
                .mapToInt(directory -> directory.replicaInfos().size())
                .sum();
    }

    private static void deleteAll(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    @Test
    void shouldUseAnEmptyDirectoryInThePlaceOfAnotherOnlyWhenItIsDeclaredNew() throws Exception {
        // given
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            move(admin, 0);
            broker.kill();
        }
        deleteAll(Path.of(dir("b")));
        for (int i = 0; i < 2; i++) {
            try (BrokerProcess broker = start()) {
                assertThat(broker.log()).contains("make an empty file new-log-dir in it");
                assertThat(broker.terminate()).isZero();
            }
        }
        Files.createFile(Path.of(dir("b")).resolve("new-log-dir"));

        // when
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {

            // then: the partition stays missed, and others go to the new directory
            assertThat(unavailable(broker)).containsExactly("moving 1 none 1 1");
            assertThat(broker.metric("weir_log_dirs_offline")).isZero();
            admin.createTopics(List.of(new NewTopic("new", 3, (short) 1))).all().get();
            Await.until(() -> !Found.in(
                            Found.in(
                                    admin.describeLogDirs(List.of(1))
                                            .allDescriptions()
                                            .get(),
                                    1),
                            dir("b"))
                    .replicaInfos()
                    .isEmpty());
            assertThat(broker.terminate()).isZero();
        }
    }

    /** Ten records for each partition; answers them as they are read. */
    private static Set<String> send(BrokerProcess broker, String key, int... partitions) throws Exception {
        Set<String> sent = new TreeSet<>();
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker.bootstrap(), "delivery.timeout.ms=4000", "request.timeout.ms=2000")) {
            for (int partition : partitions) {
                for (int i = 0; i < 10; i++) {
                    String value = partition + "-" + i;
                    producer.send(new ProducerRecord<>(TOPIC, partition, key, value))
                            .get();
                    sent.add(key + "=" + value);
                }
            }
        }
        return sent;
    }
}
