package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups in both protocols with Kafka's consumer, its tools and kcat. */
class GroupIT {
    private static final int PARTITIONS = 6;
    private static final int RECORDS = 1_200;

    @TempDir
    private static Path home;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.start(home, "group.initial.rebalance.delay.ms=300", "offsets.topic.num.partitions=4");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void shouldShareATopicAmongMembersThatComeAndGo(String protocol) throws Exception {
        // given
        String topic = "shared-" + protocol;
        fill(topic);
        GroupOfConsumers group = new GroupOfConsumers(broker.bootstrap(), protocol, topic);

        // when
        group.join(2);
        Await.until(() -> group.isSettled(PARTITIONS));
        group.join(2);
        Await.until(() -> group.isSettled(PARTITIONS));
        group.leave(3);
        Await.until(() -> group.isSettled(PARTITIONS) && group.seen() == RECORDS);
        group.leave(1);

        // then: nobody was given what another still held
        assertThat(group.faults()).isEmpty();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            assertThat(
                            admin
                                    .listConsumerGroupOffsets(group.id())
                                    .partitionsToOffsetAndMetadata()
                                    .get()
                                    .values()
                                    .stream()
                                    .mapToLong(OffsetAndMetadata::offset)
                                    .sum())
                    .isEqualTo(RECORDS);
        }

        // and when: the next of the group begins where this one ended
        int read = group.read();
        group.join(1);
        Await.until(() -> group.isSettled(PARTITIONS));
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            producer.send(new ProducerRecord<>(topic, "k", "one more"));
        }
        Await.until(() -> group.seen() == RECORDS + 1);
        group.leave(1);

        // then
        assertThat(group.read()).isEqualTo(read + 1);
    }

    @Test
    void shouldServeKcatAsAMember() throws Exception {
        // given
        fill("kittens");

        // when
        String consumed = Kcat.run(
                "-b",
                broker.bootstrap(),
                "-X",
                "auto.offset.reset=earliest",
                "-c",
                "" + RECORDS,
                "-q",
                "-G",
                "kcats",
                "kittens");

        // then
        assertThat(consumed.lines()).hasSize(RECORDS);
    }

    @Test
    void shouldServeKafkasConsoleConsumerAsAMember() throws Exception {
        // given
        fill("watched");

        // when
        String some = consume("watchers", "watched", 500);
        String rest = consume("watchers", "watched", RECORDS - 500);

        // then
        assertThat(Stream.concat(some.lines(), rest.lines()).distinct()).hasSize(RECORDS);
        assertThat(groups("--describe", "--group", "watchers")
                        .lines()
                        .filter(line -> line.matches("watchers +watched +\\d +200 +200 +0 .*")))
                .hasSize(PARTITIONS);
        assertThat(groups("--list").lines()).contains("watchers");
    }

    private static String consume(String group, String topic, int count) {
        KafkaTool.Result result = KafkaTool.run(
                "consumer.ConsoleConsumer",
                "--bootstrap-server",
                broker.bootstrap(),
                "--group",
                group,
                "--topic",
                topic,
                "--from-beginning",
                "--max-messages",
                "" + count,
                "--timeout-ms",
                "30000");
        assertThat(result.status()).as(result.all()).isZero();
        return result.out();
    }

    @Test
    void shouldLetTwoGroupsReadTheSame() throws Exception {
        fill("published");
        GroupOfConsumers one = new GroupOfConsumers(broker.bootstrap(), "classic", "published");
        GroupOfConsumers other = new GroupOfConsumers(broker.bootstrap(), "consumer", "published");

        one.join(1);
        other.join(1);

        Await.until(() -> one.seen() == RECORDS && other.seen() == RECORDS);
        one.leave(1);
        other.leave(1);
    }

    @Test
    void shouldKeepEveryAcknowledgedCommitOverAKill(@TempDir Path own) throws Exception {
        try (BrokerProcess killed = BrokerProcess.start(own)) {
            TopicPartition partition = new TopicPartition("t", 0);
            try (Admin admin = Clients.admin(killed.bootstrap())) {
                admin.createTopics(List.of(new NewTopic("t", 1, (short) 1)))
                        .all()
                        .get();
            }
            for (int round = 0; round < 3; round++) {
                // given
                AtomicLong acknowledged = new AtomicLong();
                Thread committer = new Thread(() -> commitUntilItFails(killed.bootstrap(), partition, acknowledged));
                committer.start();
                long enough = acknowledged.get() + 50;
                Await.until(() -> acknowledged.get() > enough);

                // when
                killed.kill();
                committer.interrupt();
                committer.join();
                killed.restart();

                // then
                try (Admin admin = Clients.admin(killed.bootstrap())) {
                    OffsetAndMetadata kept = admin.listConsumerGroupOffsets("kept")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(partition);
                    assertThat(kept.offset()).isGreaterThanOrEqualTo(acknowledged.get());
                    assertThat(kept.metadata()).isEqualTo("note " + kept.offset());
                }
            }
        }
    }

    private static void commitUntilItFails(String bootstrap, TopicPartition partition, AtomicLong acknowledged) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(bootstrap, "group.id=kept")) {
            for (long offset = 1; !Thread.currentThread().isInterrupted(); offset++) {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset, "note " + offset)));
                acknowledged.set(offset);
            }
        } catch (KafkaException interrupted) {
            // the broker was killed under it, which is what this is about
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldBeLookedAfterWithKafkasTool(@TempDir Path folder) throws Exception {
        // given
        fill("tooled");
        GroupOfConsumers group = new GroupOfConsumers(broker.bootstrap(), "classic", "tooled");
        group.join(1);
        Await.until(() -> group.seen() == RECORDS);

        // when
        String members = groups("--describe", "--members", "--verbose", "--group", group.id());
        String lag = groups("--describe", "--group", group.id());
        String busy = groups("--delete", "--group", group.id());
        group.leave(1);
        Await.until(() -> stateOf(group.id()) == GroupState.EMPTY);
        String earliest = reset(group.id(), "--to-earliest");
        String shifted = reset(group.id(), "--shift-by", "7");
        String fixed = reset(group.id(), "--to-offset", "5");
        String current = reset(group.id(), "--to-current");
        String latest = reset(group.id(), "--to-latest");
        String dated = reset(group.id(), "--to-datetime", "2020-01-01T00:00:00.000");
        String aged = reset(group.id(), "--by-duration", "P1D");
        Path file = Files.writeString(folder.resolve("offsets.csv"), allAt("tooled", 3));
        String filed = groups("--reset-offsets", "--group", group.id(), "--from-file", file.toString(), "--execute");
        String offsets = groups("--delete-offsets", "--group", group.id(), "--topic", "tooled:0");
        String listed = groups("--list", "--state", "--type");
        String deleted = groups("--delete", "--group", group.id());
        String afterwards = groups("--list");

        // then
        assertThat(members).contains("tooled:0,1,2,3,4,5");
        assertThat(lag.lines().filter(line -> line.startsWith(group.id()))).hasSize(PARTITIONS);
        assertThat(busy).contains("not empty");
        assertThat(newOffsets(earliest)).allMatch(offset -> offset == 0);
        assertThat(newOffsets(shifted)).allMatch(offset -> offset == 7);
        assertThat(newOffsets(fixed)).allMatch(offset -> offset == 5);
        assertThat(newOffsets(current)).allMatch(offset -> offset == 5);
        assertThat(newOffsets(latest).mapToLong(Long::longValue).sum()).isEqualTo(RECORDS);
        assertThat(newOffsets(dated)).allMatch(offset -> offset == 0);
        assertThat(newOffsets(aged)).allMatch(offset -> offset == 0);
        assertThat(newOffsets(filed)).allMatch(offset -> offset == 3);
        assertThat(offsets).contains("Successful");
        assertThat(listed.lines()).anyMatch(line -> line.matches(group.id() + " +Classic +Empty *"));
        assertThat(deleted).contains("was successful");
        assertThat(afterwards).doesNotContain(group.id());
    }

    @Test
    void shouldWriteAGroupLogThatKafkaReads() throws Exception {
        fill("formatted");
        GroupOfConsumers group = new GroupOfConsumers(broker.bootstrap(), "classic", "formatted");
        group.join(1);
        Await.until(() -> group.seen() == RECORDS);
        group.leave(1);

        assertThat(formatted("OffsetsMessageFormatter"))
                .contains("\"group\":\"" + group.id() + "\",\"topic\":\"formatted\"");
        assertThat(formatted("GroupMetadataMessageFormatter"))
                .contains("\"group\":\"" + group.id() + "\"", "\"protocol\":\"range\"");
    }

    private static String formatted(String formatter) {
        return KafkaTool.run(
                        "consumer.ConsoleConsumer",
                        "--bootstrap-server",
                        broker.bootstrap(),
                        "--topic",
                        "__consumer_offsets",
                        "--from-beginning",
                        "--timeout-ms",
                        "4000",
                        "--formatter",
                        "org.apache.kafka.tools.consumer." + formatter)
                .out();
    }

    private static GroupState stateOf(String groupId) throws ExecutionException, InterruptedException {
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            return admin.describeConsumerGroups(List.of(groupId))
                    .all()
                    .get()
                    .get(groupId)
                    .groupState();
        }
    }

    private static void fill(String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = Clients.admin(broker.bootstrap());
                KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            IntStream.range(0, RECORDS)
                    .forEach(i -> producer.send(new ProducerRecord<>(topic, i % PARTITIONS, "k", "v" + i)));
        }
    }

    /** A file for the group tool, of topic, partition and offset. */
    private static String allAt(String topic, long offset) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(i -> topic + "," + i + "," + offset + "\n")
                .collect(Collectors.joining());
    }

    private static String reset(String groupId, String... to) {
        List<String> arguments = new ArrayList<>(List.of("--reset-offsets", "--group", groupId, "--all-topics"));
        arguments.addAll(List.of(to));
        arguments.add("--execute");
        return groups(arguments.toArray(String[]::new));
    }

    /** The last column of the tool's table, which names offsets. */
    private static Stream<Long> newOffsets(String table) {
        List<Long> offsets = table.lines()
                .map(String::strip)
                .filter(line -> line.matches(".* \\d+"))
                .map(line -> Long.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
        assertThat(offsets).hasSize(PARTITIONS);
        return offsets.stream();
    }

    private static String groups(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        return KafkaTool.run("consumer.group.ConsumerGroupCommand", all.toArray(String[]::new))
                .all();
    }
}
