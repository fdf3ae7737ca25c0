package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stateful Kafka Streams application, at least once. */
class StreamsIT {
    private static final int PARTITIONS = 3;
    private static final int LINES = 3_000;
    private static final String CHANGELOG = WordCountApp.ID + "-" + WordCountApp.STORE + "-changelog";
    private static final String REPARTITION = WordCountApp.ID + "-" + WordCountApp.STORE + "-repartition";

    @TempDir
    private Path home;

    private final Random random = new Random(7);
    private final Map<String, String> expected = new TreeMap<>();
    private BrokerProcess broker;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        broker = BrokerProcess.start(home, "group.initial.rebalance.delay.ms=100");
        admin = Clients.admin(broker.bootstrap());
        admin.createTopics(List.of(
                        new NewTopic(WordCountApp.LINES, PARTITIONS, (short) 1),
                        new NewTopic(WordCountApp.COUNTS, PARTITIONS, (short) 1)))
                .all()
                .get();
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void shouldCountRightAlsoAfterAKillThatTakesTheStateWithIt() throws Exception {
        // given
        write();
        Process app = launch("first");
        Await.until(() -> counts().equals(expected));
        Await.until(this::isAllCommitted);
        assertThat(policyOf(CHANGELOG)).isEqualTo("compact");
        assertThat(policyOf(REPARTITION)).isEqualTo("delete");
        Await.until(() -> startOf(REPARTITION) > 0);

        // when: it comes back with nothing but what the broker keeps
        app.destroyForcibly().waitFor();
        write();
        Process next = launch("second");

        // then
        Await.until(() -> counts().equals(expected));
        next.destroy();
        assertThat(next.waitFor(30, TimeUnit.SECONDS)).as("ends in order").isTrue();
    }

    private Process launch(String name) throws IOException {
        Path state = Files.createDirectories(home.resolve(name));
        Process app = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx300m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        "target/test-classes:" + KafkaTool.classPath(),
                        WordCountApp.class.getName(),
                        broker.bootstrap(),
                        state.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(app::destroyForcibly));
        return app;
    }

    private void write() {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int i = 0; i < LINES; i++) {
                String line = random.ints(5, 0, 200).mapToObj(n -> "word" + n).collect(Collectors.joining(" "));
                for (String word : line.split(" ")) {
                    expected.merge(word, "1", (old, one) -> Integer.toString(Integer.parseInt(old) + 1));
                }
                producer.send(new ProducerRecord<>(WordCountApp.LINES, i % PARTITIONS, null, line));
            }
        }
    }

    /** The newest count of each word. */
    private Map<String, String> counts() {
        Map<String, String> counts = new TreeMap<>();
        Clients.readAll(broker.bootstrap(), WordCountApp.COUNTS, record -> Map.entry(record.key(), record.value()))
                .forEach(count -> counts.put(count.getKey(), count.getValue()));
        return counts;
    }

    /** Whether a kill makes nothing be counted twice. */
    private boolean isAllCommitted() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(WordCountApp.ID)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            wanted.put(new TopicPartition(WordCountApp.LINES, i), OffsetSpec.latest());
            wanted.put(new TopicPartition(REPARTITION, i), OffsetSpec.latest());
        }
        var ends = admin.listOffsets(wanted).all().get();
        return ends.entrySet().stream()
                .allMatch(e -> committed.containsKey(e.getKey())
                        && committed.get(e.getKey()).offset() == e.getValue().offset());
    }

    private long startOf(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            wanted.put(new TopicPartition(topic, i), OffsetSpec.earliest());
        }
        return admin.listOffsets(wanted).all().get().values().stream()
                .map(info -> info.offset())
                .min(Comparator.naturalOrder())
                .orElse(0L);
    }

    private String policyOf(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get("cleanup.policy")
                .value();
    }
}
