package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumer groups of both protocols, with Kafka's consumer, its tools and kcat. */
class GroupsIT {
    private static final int RECORDS = 300;

    private static BrokerProcess broker;

    @BeforeAll
    static void start(@TempDir Path home) {
        broker = BrokerProcess.start(home, "group.initial.rebalance.delay.ms=0", "offsets.topic.num.partitions=4");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void shouldShareATopicAndGoOnWhereTheGroupHasStopped(String protocol) throws Exception {
        // given
        String topic = "shared-" + protocol;
        fill(topic, 4);
        Set<String> all = new HashSet<>();
        try (KafkaConsumer<String, String> one = member(protocol, "share-" + protocol);
                KafkaConsumer<String, String> two = member(protocol, "share-" + protocol)) {

            // when
            one.subscribe(List.of(topic));
            two.subscribe(List.of(topic));
            Await.until(() -> {
                one.poll(Duration.ofMillis(100)).forEach(record -> all.add(record.value()));
                two.poll(Duration.ofMillis(100)).forEach(record -> all.add(record.value()));
                return one.assignment().size() == 2
                        && two.assignment().size() == 2
                        && positions(one) + positions(two) == RECORDS;
            });
            one.commitSync();
            two.commitSync();

            // then
            assertThat(all).hasSize(RECORDS);
            assertThat(one.assignment()).doesNotContainAnyElementsOf(two.assignment());
        }
        try (KafkaConsumer<String, String> later = member(protocol, "share-" + protocol)) {
            later.subscribe(List.of(topic));
            Await.until(() -> {
                assertThat(later.poll(Duration.ofMillis(100))).isEmpty();
                return later.assignment().size() == 4;
            });
            Map<TopicPartition, OffsetAndMetadata> committed = later.committed(later.assignment());
            assertThat(committed.values().stream()
                            .mapToLong(OffsetAndMetadata::offset)
                            .sum())
                    .isEqualTo(RECORDS);
        }
    }

    @Test
    void shouldServeTheToolsForGroups() throws Exception {
        // given
        fill("tooled", 2);

        // when
        KafkaTool.Result first = consume("first", "tooled", RECORDS);
        KafkaTool.Result second = consume("second", "tooled", 100);
        String names = groups("--list");
        String offsets = groups("--describe", "--group", "first");
        String state = groups("--describe", "--group", "first", "--state");
        String reset = groups("--reset-offsets", "--group", "first", "--topic", "tooled", "--to-earliest", "--execute");
        KafkaTool.Result again = consume("first", "tooled", RECORDS);
        String deleted = groups("--delete", "--group", "second");
        String namesAfterwards = groups("--list");

        // then
        assertThat(first.out().lines()).hasSize(RECORDS);
        assertThat(second.out().lines()).hasSize(100);
        assertThat(names.lines()).contains("first", "second");
        assertThat(offsets).contains("tooled", "LAG").containsPattern("first +tooled +0 +\\d+ +\\d+ +0 ");
        assertThat(state).contains("Empty");
        assertThat(reset).containsPattern("first +tooled +1 +0");
        assertThat(again.out().lines()).hasSize(RECORDS);
        assertThat(deleted).contains("successful");
        assertThat(namesAfterwards.lines()).contains("first").doesNotContain("second");
    }

    @Test
    void shouldServeKcatAsAMember() throws Exception {
        // given
        fill("kittens", 2);

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
    void shouldKeepCommitsOverAKill() throws Exception {
        // given
        fill("survivor", 1);
        TopicPartition partition = new TopicPartition("survivor", 0);
        try (KafkaConsumer<String, String> consumer = member("classic", "survivors")) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(123, "note")));
        }

        // when
        broker.kill();
        broker.restart();

        // then
        try (KafkaConsumer<String, String> consumer = member("classic", "survivors")) {
            assertThat(consumer.committed(Set.of(partition)))
                    .containsEntry(partition, new OffsetAndMetadata(123, "note"));
        }
    }

    private static void fill(String topic, int partitions) throws Exception {
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, i % partitions, "k", "value " + i));
            }
        }
    }

    private static KafkaConsumer<String, String> member(String protocol, String group) {
        return Clients.consumer(
                broker.bootstrap(), "group.protocol=" + protocol, "group.id=" + group, "auto.offset.reset=earliest");
    }

    /** The sum of the offsets that come next. */
    private static long positions(KafkaConsumer<String, String> consumer) {
        return consumer.assignment().stream().mapToLong(consumer::position).sum();
    }

    private static KafkaTool.Result consume(String group, String topic, int count) {
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
        return result;
    }

    private static String groups(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        KafkaTool.Result result = KafkaTool.run("consumer.group.ConsumerGroupCommand", all.toArray(String[]::new));
        assertThat(result.status()).as(result.all()).isZero();
        return result.all();
    }
}
