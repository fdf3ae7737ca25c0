package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker says of itself at /metrics and /health, and the page that documents it. */
class MetricsIT {
    /** Shown only after a garbage collection. */
    private static final Set<String> PERHAPS = Set.of(
            "weir_replica_fetcher_failed_partitions",
            "weir_replica_fetcher_max_lag",
            "weir_replica_fetcher_partitions",
            "jvm_gc_pause_seconds",
            "jvm_gc_pause_seconds_max");

    /** Shown only after a garbage collection beside the running threads, which a small heap has none of. */
    private static final Set<String> RARELY =
            Set.of("jvm_gc_concurrent_phase_time_seconds", "jvm_gc_concurrent_phase_time_seconds_max");

    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE);
    private static final Pattern EXPORTED = Pattern.compile("^# TYPE (\\w+) ", Pattern.MULTILINE);
    private static final int RECORDS = 100;

    @TempDir
    private static Path home;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.start(home);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldExportWhatThePageSaysAndNothingElse() throws Exception {
        // given: something of everything
        try (Admin admin = Clients.admin(broker.bootstrap());
                RawClient raw = new RawClient(broker.kafkaPort())) {
            create(admin, "page", 1);
            commit("page-readers", "page", Map.of(0, 0L));
            raw.call(ApiKeys.PUSH_TELEMETRY, (short) 0, new PushTelemetryRequestData());
        }
        broker.get("/metrics");

        // when
        Set<String> exported = names(EXPORTED, broker.get("/metrics").body());

        // then
        Set<String> documented = names(DOCUMENTED, Files.readString(Path.of("docs/metrics.md")));
        exported.addAll(PERHAPS);
        exported.removeAll(RARELY);
        assertThat(exported).isEqualTo(documented);
    }

    @Test
    void shouldShowTrafficAndLagOfWhatThereIsAndForgetWhatIsGone() throws Exception {
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            // given
            create(admin, "measured", 2);
            produce("measured");
            commit("slow", "measured", Map.of(0, 10L, 1, 30L));

            // then
            assertThat(broker.metric("weir_topic_records_in_total{topic=\"measured\"}"))
                    .isEqualTo(RECORDS);
            assertThat(broker.metric("weir_topic_bytes_in_total{topic=\"measured\"}"))
                    .isPositive();
            assertThat(broker.metric("weir_topic_log_bytes{topic=\"measured\"}"))
                    .isEqualTo(broker.metric("weir_topic_bytes_in_total{topic=\"measured\"}"));
            assertThat(broker.metric("weir_group_lag{group=\"slow\"}")).isEqualTo(RECORDS - 40);
            assertThat(broker.metric("weir_group_partition_lag{group=\"slow\",partition=\"1\",topic=\"measured\"}"))
                    .isEqualTo(RECORDS / 2.0 - 30);
            assertThat(Clients.readAll(broker.bootstrap(), "measured")).hasSize(RECORDS);
            Await.until(() -> broker.metric("weir_topic_bytes_out_total{topic=\"measured\"}")
                    == broker.metric("weir_topic_bytes_in_total{topic=\"measured\"}"));

            // and when
            admin.deleteConsumerGroups(List.of("slow")).all().get();
            admin.deleteTopics(List.of("measured")).all().get();

            // then
            Await.until(() -> !broker.get("/metrics").body().contains("measured"));
            assertThat(broker.get("/metrics").body()).doesNotContain("\"slow\"");
        }
    }

    @Test
    void shouldCountAByteThatIsSentOnceAsOneByteOut(@TempDir Path own) throws Exception {
        try (BrokerProcess sharded = BrokerProcess.start(own, "num.io.threads=3");
                Admin admin = Clients.admin(sharded.bootstrap());
                KafkaConsumer<String, String> consumer =
                        Clients.consumer(sharded.bootstrap(), "fetch.max.bytes=3000")) {
            // given: far more in each partition than one answer may hold
            create(admin, "trickle", 8);
            List<TopicPartition> partitions = IntStream.range(0, 8)
                    .mapToObj(i -> new TopicPartition("trickle", i))
                    .toList();
            try (KafkaProducer<String, String> producer =
                    Clients.producer(sharded.bootstrap(), "batch.size=400", "linger.ms=5")) {
                for (int i = 0; i < 8 * RECORDS; i++) {
                    producer.send(new ProducerRecord<>("trickle", i % 8, null, "record " + i));
                }
            }

            // when
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            int read = 0;
            while (read < 8 * RECORDS) {
                read += consumer.poll(Duration.ofSeconds(1)).count();
            }

            // then
            Await.until(() -> sharded.metric("weir_topic_bytes_out_total{topic=\"trickle\"}")
                    == sharded.metric("weir_topic_bytes_in_total{topic=\"trickle\"}"));
        }
    }

    @Test
    void shouldShowTheKindsOfGroupsThatThereAreNoneOf(@TempDir Path own) throws Exception {
        try (BrokerProcess fresh = BrokerProcess.start(own)) {
            assertThat(fresh.metric("weir_groups{state=\"Stable\",type=\"classic\"}"))
                    .isZero();
            assertThat(fresh.metric("weir_groups{state=\"Reconciling\",type=\"consumer\"}"))
                    .isZero();
            assertThat(fresh.metric("weir_metrics_silent_parts")).isZero();
        }
    }

    @Test
    void shouldCountThePartitionsThatThereAreNow() throws Exception {
        String before = broker.get("/health/ready").body();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            create(admin, "more", 7);
        }

        String after = broker.get("/health/ready").body();

        assertThat(partitions(after)).isGreaterThanOrEqualTo(partitions(before) + 7);
        assertThat(after).contains("\"partitionsOpened\":" + partitions(after));
    }

    @Test
    void shouldNotKeepTheFiguresOfItsStart(@TempDir Path own) throws Exception {
        try (BrokerProcess starting = BrokerProcess.launch(own)) {
            // given: asked as soon as it speaks HTTP, which it does before it has opened anything
            Awaitility.await()
                    .ignoreExceptions()
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> starting.get("/metrics").statusCode() == 200);
            starting.awaitReady();

            // when
            try (Admin admin = Clients.admin(starting.bootstrap())) {
                create(admin, "later", 3);
            }

            // then
            assertThat(starting.metric("weir_partitions")).isEqualTo(3);
        }
    }

    private static int partitions(String health) {
        return Integer.parseInt(
                health.replaceAll(".*\"partitions\":(\\d+).*", "$1").strip());
    }

    private static Set<String> names(Pattern pattern, String text) {
        return new TreeSet<>(pattern.matcher(text)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList());
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    private static void produce(String topic) {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, i % 2, null, "record " + i));
            }
        }
    }

    private static void commit(String group, String topic, Map<Integer, Long> offsets) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), "group.id=" + group)) {
            offsets.forEach((partition, offset) -> consumer.commitSync(
                    Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)),
                    Duration.ofSeconds(30)));
        }
    }
}
