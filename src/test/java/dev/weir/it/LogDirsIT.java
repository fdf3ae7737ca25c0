package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker with several log directories: what lies where, what moves, and what happens when one is full. */
class LogDirsIT {
    private static final String TOPIC = "moving";
    private static final int PARTITIONS = 3;
    private static final String RATE = "replica.alter.log.dirs.io.max.bytes.per.second";

    private Path home = Path.of("");

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    @Test
    void shouldSpreadPartitionsEvenly() throws Exception {
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            // when
            for (int i = 0; i < 4; i++) {
                admin.createTopics(List.of(new NewTopic("topic" + i, i + 2, (short) 1)))
                        .all()
                        .get();
            }

            // then
            Map<String, Integer> counts = new TreeMap<>();
            Await.until(() -> {
                counts.clear();
                admin.describeLogDirs(List.of(1))
                        .allDescriptions()
                        .get()
                        .get(1)
                        .forEach((path, description) ->
                                counts.put(path, description.replicaInfos().size()));
                return counts.values().stream().mapToInt(i -> i).sum() == 14;
            });
            assertThat(counts.keySet()).containsExactly(dir("a"), dir("b"), dir("c"));
            assertThat(counts.values()).allMatch(count -> count == 4 || count == 5);
            assertThatThrownBy(() -> admin.alterReplicaLogDirs(Map.of(replica(0), "/nowhere"))
                            .all()
                            .get())
                    .hasCauseInstanceOf(LogDirNotFoundException.class);
        }
    }

    @Test
    void shouldMoveAsKafkasReassignmentToolSays() throws Exception {
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            // given
            createTopic(admin);
            Map<TopicPartitionReplica, String> wanted = wanted(1);
            Path plan = Files.writeString(home.resolve("plan.json"), plan(wanted));

            // when
            String executed = reassign(broker, plan, "--execute", "--replica-alter-log-dirs-throttle", "50000000");
            Await.until(() -> hasMoved(admin, wanted));
            String listed = reassign(broker, plan, "--list");
            String verified = reassign(broker, plan, "--verify");

            // then
            assertThat(executed)
                    .contains("Successfully started partition reassignment")
                    .contains("Successfully started moving log directory to " + dir("b") + " for replica moving-0");
            assertThat(listed).contains("No partition reassignments found.");
            assertThat(verified)
                    .contains("Reassignment of partition moving-0 is completed.")
                    .contains("Reassignment of replica moving-2-1 completed successfully.")
                    .contains("Clearing broker-level throttles");
        }
    }

    private static String reassign(BrokerProcess broker, Path plan, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        if (!all.contains("--list")) {
            all.addAll(List.of("--reassignment-json-file", plan.toString()));
        }
        KafkaTool.Result result = KafkaTool.run("reassign.ReassignPartitionsCommand", all.toArray(String[]::new));
        assertThat(result.status()).as(result.all()).isZero();
        return result.out();
    }

    private static String plan(Map<TopicPartitionReplica, String> wanted) {
        return wanted.entrySet().stream()
                .map(one -> "{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[1],\"log_dirs\":[\"%s\"]}"
                        .formatted(TOPIC, one.getKey().partition(), one.getValue()))
                .collect(Collectors.joining(",", "{\"version\":1,\"partitions\":[", "]}"));
    }

    @Test
    void shouldMoveUnderLoadWithNothingMissingOrDoubled() throws Exception {
        // given
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            try (Load load = Load.start(broker.bootstrap(), TOPIC, "moves", 500);
                    Follower follower = Follower.start(broker.bootstrap(), TOPIC)) {
                Await.until(() -> load.acknowledged().size() > 2_000);

                // when
                for (int round = 0; round < 3; round++) {
                    int before = load.acknowledged().size();
                    move(admin, round);
                    Await.until(() -> load.acknowledged().size() > before + 1_000);
                }
                load.stop();

                // then
                assertThat(load.problems()).isEmpty();
                follower.awaitEnd();
                assertThat(follower.problems()).isEmpty();
                Load.assertKept(broker.bootstrap(), TOPIC, load.acknowledged());
            }
            KafkaTool.Result described = KafkaTool.run(
                    "LogDirsCommand", "--describe", "--bootstrap-server", broker.bootstrap(), "--topic-list", TOPIC);
            assertThat(described.out()).contains(dir("a"), dir("b"), dir("c"), "\"isFuture\":false");
            assertThat(broker.terminate()).isZero();
            assertThat(broker.log()).doesNotContain(" ERROR ");
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    @Test
    void shouldCompleteTheMovesThatAKillInterrupts() throws Exception {
        // given
        Map<String, String> acknowledged = new HashMap<>();
        try (BrokerProcess broker = start(RATE + "=200000");
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            for (int round = 0; round < 3; round++) {
                try (Load load = Load.start(broker.bootstrap(), TOPIC, "round" + round, 500)) {
                    Await.until(() -> load.acknowledged().size() > 2_000);

                    // when
                    Map<TopicPartitionReplica, String> wanted = wanted(round);
                    admin.alterReplicaLogDirs(wanted).all().get();
                    broker.kill();
                    broker.restart();
                    limit(admin, "1000000000");
                    Await.until(() -> hasMoved(admin, wanted));
                    limit(admin, "200000");
                    load.stop();
                    acknowledged.putAll(load.acknowledged());
                }
            }
            Load.assertKept(broker.bootstrap(), TOPIC, acknowledged);
            assertThat(broker.terminate()).isZero();
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    @Test
    void shouldServeTheOthersWhileOneDirectoryIsFull() throws Exception {
        // given
        try (SmallDisk disk = SmallDisk.mount(home.resolve("data").resolve("c"), 16 << 20);
                BrokerProcess broker = start("log.dir.reserve.bytes=" + (2 << 20));
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            Path ballast = disk.ballast(13 << 20);
            try (Load load = Load.start(broker.bootstrap(), TOPIC, "full", 500)) {
                Await.until(() -> load.problems().containsKey("KafkaStorageException"));

                // when
                Set<Integer> full = replicasIn(admin, dir("c"));
                Map<Integer, Long> before = counts(load);
                Await.until(() -> full.size() < PARTITIONS
                        && counts(load).entrySet().stream()
                                .filter(one -> !full.contains(one.getKey()))
                                .allMatch(one -> one.getValue() > before.getOrDefault(one.getKey(), 0L) + 300));
                List<String> whileFull = Clients.readAll(broker.bootstrap(), TOPIC, record -> record.key());
                Files.delete(ballast);
                Map<Integer, Long> during = counts(load);
                Await.until(() -> counts(load).entrySet().stream()
                        .allMatch(one -> one.getValue() > during.getOrDefault(one.getKey(), 0L) + 100));
                load.stop();

                // then
                assertThat(full).isNotEmpty();
                assertThat(whileFull).isNotEmpty();
                Load.assertKept(broker.bootstrap(), TOPIC, load.acknowledged());
            }
            assertThat(broker.terminate()).isZero();
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    @Test
    void shouldSyncBeforeItAcknowledgesWhereThatIsAsked() throws Exception {
        // given
        try (BrokerProcess broker =
                        start("log.flush.interval.messages=1", "log.flush.offset.checkpoint.interval.ms=100");
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);

            // when
            Map<String, String> acknowledged;
            try (Load load = Load.start(broker.bootstrap(), TOPIC, "synced", 100)) {
                Await.until(() -> load.acknowledged().size() > 2_000);
                load.stop();
                acknowledged = load.acknowledged();
                assertThat(load.problems()).isEmpty();
            }

            // then
            Map<String, Long> ends = new TreeMap<>();
            acknowledged.values().forEach(place -> {
                String[] parts = place.split(":");
                ends.merge(TOPIC + " " + parts[0], Long.parseLong(parts[1]) + 1, Math::max);
            });
            Await.until(() -> {
                Map<String, Long> synced = recoveryPoints();
                return ends.entrySet().stream()
                        .allMatch(end -> synced.getOrDefault(end.getKey(), 0L) >= end.getValue());
            });
            broker.kill();
            broker.restart();
            Load.assertKept(broker.bootstrap(), TOPIC, acknowledged);
            assertThat(broker.log()).doesNotContain(" ERROR ");
        }
    }

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
            assertThat(Found.in(directories, dir("b")).error() != null).isEqualTo(broken);
            assertThat(Found.in(directories, dir("b")).replicaInfos()).isEmpty();
            if (broken) {
                admin.createTopics(List.of(new NewTopic("new", 3, (short) 1)))
                        .all()
                        .get();
                Await.until(() -> replicas(admin) == 5);
            }
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
            groups.putIfAbsent(Math.abs(("group" + i).hashCode()) % 3, "group" + i);
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

    private BrokerProcess start(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("log.dirs=" + dir("a") + "," + dir("b") + "," + dir("c"));
        return BrokerProcess.start(home, all.toArray(String[]::new));
    }

    private String dir(String name) {
        return home.resolve("data").resolve(name).toString();
    }

    private static void createTopic(Admin admin) throws Exception {
        NewTopic topic = new NewTopic(TOPIC, PARTITIONS, (short) 1).configs(Map.of("segment.bytes", "1048576"));
        admin.createTopics(List.of(topic)).all().get();
    }

    private static TopicPartitionReplica replica(int partition) {
        return new TopicPartitionReplica(TOPIC, partition, 1);
    }

    private void move(Admin admin, int round) throws Exception {
        Map<TopicPartitionReplica, String> wanted = wanted(round);
        admin.alterReplicaLogDirs(wanted).all().get();
        Await.until(() -> hasMoved(admin, wanted));
    }

    /** Another directory for each partition in each round. */
    private Map<TopicPartitionReplica, String> wanted(int round) {
        Map<TopicPartitionReplica, String> wanted = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            wanted.put(replica(partition), dir(List.of("a", "b", "c").get((partition + round) % 3)));
        }
        return wanted;
    }

    private static boolean hasMoved(Admin admin, Map<TopicPartitionReplica, String> wanted) throws Exception {
        return where(admin).entrySet().stream()
                .allMatch(one -> one.getValue().getFutureReplicaLogDir() == null
                        && wanted.getOrDefault(one.getKey(), "")
                                .equals(one.getValue().getCurrentReplicaLogDir()));
    }

    private static Map<TopicPartitionReplica, ReplicaLogDirInfo> where(Admin admin) throws Exception {
        List<TopicPartitionReplica> all = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.add(replica(partition));
        }
        return admin.describeReplicaLogDirs(all).all().get();
    }

    private static Set<Integer> replicasIn(Admin admin, String directory) throws Exception {
        return where(admin).entrySet().stream()
                .filter(one -> directory.equals(one.getValue().getCurrentReplicaLogDir()))
                .map(one -> one.getKey().partition())
                .collect(Collectors.toSet());
    }

    private static void limit(Admin admin, String rate) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, "1"),
                        List.of(new AlterConfigOp(new ConfigEntry(RATE, rate), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static Map<Integer, Long> counts(Load load) {
        return load.acknowledged().values().stream()
                .collect(Collectors.groupingBy(
                        place -> Integer.parseInt(place.substring(0, place.indexOf(':'))), Collectors.counting()));
    }

    private Map<String, Long> recoveryPoints() throws IOException {
        Map<String, Long> found = new HashMap<>();
        for (String name : List.of("a", "b", "c")) {
            Path file = Path.of(dir(name)).resolve("recovery-point-offset-checkpoint");
            try (Stream<String> lines = Files.lines(file)) {
                lines.skip(2)
                        .map(line -> line.split(" "))
                        .forEach(parts -> found.put(parts[0] + " " + parts[1], Long.parseLong(parts[2])));
            }
        }
        return found;
    }
}
