package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator sets for logs, for topics and brokers, live with Kafka's own tool; at the end Kafka reads all files. */
class LogSettingsIT {
    /** Segments of an instant, so that everything soon lies in a sealed one. */
    private static final String[] SOON_SEALED = {"segment.ms=100", "retention.ms=-1"};

    private static final List<String> TOPICS = new ArrayList<>();
    private static BrokerProcess broker;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path home) {
        broker = BrokerProcess.start(
                home, "log.retention.check.interval.ms=100", "log.cleaner.backoff.ms=100", "num.io.threads=2");
        admin = Clients.admin(broker.bootstrap());
    }

    @AfterAll
    static void readEverythingWithKafka() throws Exception {
        admin.close();
        try (BrokerProcess last = broker) {
            last.kill();
            last.restart();
            last.terminate();
            assertThat(last.log()).doesNotContain(" ERROR ");
            for (String topic : TOPICS) {
                DumpedLogs.assertAccepted(last.data(), topic);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void shouldKeepTheNewestOfEachKeyAndDropTombstonesInTime(String codec) throws Exception {
        // given
        String topic = create(
                "compacted-" + codec,
                "cleanup.policy=compact",
                "min.cleanable.dirty.ratio=0",
                "delete.retention.ms=500",
                SOON_SEALED[0]);
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker.bootstrap(), "compression.type=" + codec, "linger.ms=5")) {
            for (int i = 0; i < 2_000; i++) {
                producer.send(new ProducerRecord<>(topic, "k" + i % 10, "value " + i));
            }
            producer.send(new ProducerRecord<>(topic, "k3", null)).get();

            // when, then
            Await.until(() -> {
                producer.send(new ProducerRecord<>(topic, "tick", "tock")).get();
                return newestOnly(topic);
            });
        }
        Map<String, String> newest = new HashMap<>();
        Clients.readAll(broker.bootstrap(), topic, r -> r.key() + "=" + r.value())
                .forEach(r -> newest.put(r.substring(0, r.indexOf('=')), r));
        assertThat(newest).hasSize(10).containsEntry("k9", "k9=value 1999").doesNotContainKey("k3");
    }

    @Test
    void shouldCompactAndDelete() throws Exception {
        // given
        String topic = create(
                "compacted-and-deleted",
                "cleanup.policy=compact",
                "min.cleanable.dirty.ratio=0",
                SOON_SEALED[0],
                "retention.ms=1");
        fill(topic, 500, 10, 20);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            Await.until(() -> {
                producer.send(new ProducerRecord<>(topic, "tick", "tock")).get();
                return values(topic, "k5").size() == 1;
            });
            assertThat(earliest(topic)).isZero();

            // when
            alter("topics", topic, "cleanup.policy=[compact,delete]");

            // then
            Await.until(() -> values(topic, "k5").isEmpty());
            assertThat(earliest(topic)).isPositive();
        }
    }

    @Test
    void shouldDeleteByAgeAsSoonAsToldTo() throws Exception {
        // given
        String topic = create("aged", SOON_SEALED);
        fill(topic, 100, 10, 50);

        // when
        alter("topics", topic, "retention.ms=1");

        // then
        Await.until(() -> earliest(topic) == 100);
        assertThat(latest(topic)).isEqualTo(100);
    }

    @Test
    void shouldDeleteBySizeAsSoonAsToldTo() throws Exception {
        // given
        String topic = create("large", "segment.bytes=1048576", "retention.ms=-1");
        fill(topic, 400, 10, 10_000);
        assertThat(earliest(topic)).isZero();

        // when
        alter("topics", topic, "retention.bytes=1048576");

        // then
        Await.until(() -> earliest(topic) > 150);
        assertThat(latest(topic)).isEqualTo(400);
        assertThat(Clients.readAll(broker.bootstrap(), topic)).hasSize((int) (400 - earliest(topic)));
    }

    @ParameterizedTest
    @CsvSource({"--entity-default, ''", "--entity-name, 1"})
    void shouldTakeRetentionFromTheBrokersAlteredDefault(String entity, String name) throws Exception {
        // given
        String topic = create("of-the-broker" + name, SOON_SEALED[0]);
        fill(topic, 100, 10, 50);
        List<String> which = name.isEmpty() ? List.of(entity) : List.of(entity, name);

        // when
        configure(which, "--add-config", "log.retention.ms=1");

        // then
        Await.until(() -> earliest(topic) == 100);
        configure(which, "--delete-config", "log.retention.ms");
    }

    @Test
    void shouldObeyTheAlteredRateOfTheCleaner() throws Exception {
        // given
        List<String> all = List.of("--entity-default");
        configure(all, "--add-config", "log.cleaner.io.max.bytes.per.second=100");
        String topic = create("throttled", "cleanup.policy=compact", "min.cleanable.dirty.ratio=0", SOON_SEALED[0]);
        fill(topic, 500, 10, 100);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            Await.until(() -> {
                producer.send(new ProducerRecord<>(topic, "tick", "tock")).get();
                return latest(topic) > 510;
            });
            assertThat(values(topic, "k5")).hasSize(50);

            // when
            configure(all, "--delete-config", "log.cleaner.io.max.bytes.per.second");

            // then
            Await.until(() -> {
                producer.send(new ProducerRecord<>(topic, "tick", "tock")).get();
                return values(topic, "k5").size() == 1;
            });
        }
    }

    @Test
    void shouldStampRecordsWithTheTimeOfAppending() throws Exception {
        // given
        String topic = create("stamped", "retention.ms=-1");
        send(topic, 5_000L, "created");

        // when
        alter("topics", topic, "message.timestamp.type=LogAppendTime");
        Await.until(() -> send(topic, 5_000L, "appended").timestamp() > 5_000L);

        // then
        List<TimestampType> types = Clients.readAll(broker.bootstrap(), topic, record -> record.timestampType());
        assertThat(types.get(0)).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(types.get(types.size() - 1)).isEqualTo(TimestampType.LOG_APPEND_TIME);
        long last = Clients.readAll(broker.bootstrap(), topic, record -> record.timestamp())
                .get(types.size() - 1);
        assertThat(last).isCloseTo(System.currentTimeMillis(), Offset.offset(60_000L));
    }

    @ParameterizedTest
    @CsvSource({"message.timestamp.before.max.ms, -7200000", "message.timestamp.after.max.ms, 7200000"})
    void shouldRefuseTimesThatAreTooFarAway(String setting, long away) throws Exception {
        // given
        String topic = create("times" + away, "retention.ms=-1", "message.timestamp.after.max.ms=86400000");
        send(topic, System.currentTimeMillis() + away, "fine");

        // when
        alter("topics", topic, setting + "=3600000");

        // then
        Await.until(() -> refusal(topic, System.currentTimeMillis() + away, "v") instanceof InvalidTimestampException);
        send(topic, System.currentTimeMillis() + away / 4, "fine");
    }

    @Test
    void shouldRefuseBatchesAboveTheBoundAsSoonAsToldTo() throws Exception {
        // given
        String topic = create("bounded", "retention.ms=-1");
        String value = "v".repeat(5_000);
        send(topic, 1L, value);

        // when, then
        alter("topics", topic, "max.message.bytes=1000");
        Await.until(() -> refusal(topic, 1L, value) instanceof RecordTooLargeException);
        alter("topics", topic, "max.message.bytes=10000");
        Await.until(() -> refusal(topic, 1L, value) == null);
    }

    @ParameterizedTest
    @CsvSource({
        "uncompressed, NONE",
        "gzip, GZIP",
        "snappy, SNAPPY",
        "lz4, LZ4",
        "zstd, ZSTD",
    })
    void shouldCompressAnewAsTheTopicSays(String type, String codec) throws Exception {
        // given
        String topic = create("recompressed-" + type, "retention.ms=-1");
        alter("topics", topic, "compression.type=" + type);

        // when
        for (String producers : List.of("none", "gzip", "zstd")) {
            try (KafkaProducer<String, String> producer =
                    Clients.producer(broker.bootstrap(), "compression.type=" + producers)) {
                producer.send(new ProducerRecord<>(topic, "k", producers.repeat(100)))
                        .get();
            }
        }

        // then
        assertThat(Clients.readAll(broker.bootstrap(), topic))
                .containsExactly("k=" + "none".repeat(100), "k=" + "gzip".repeat(100), "k=" + "zstd".repeat(100));
        String dump = DumpedLogs.assertAccepted(broker.data(), topic);
        assertThat(dump.lines()
                        .distinct()
                        .filter(line -> line.contains("compresscodec: " + codec.toLowerCase(Locale.ROOT))))
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"gzip, 1, 9", "lz4, 1, 17", "zstd, 1, 15"})
    void shouldCompressAtTheLevelThatTheTopicSays(String codec, int fast, int small) throws Exception {
        // given
        String topic = create("level-" + codec, "retention.ms=-1", "compression.type=" + codec);
        String value =
                new Random(1).ints(20_000, 0, 4_000).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));

        // when
        long[] sizes = new long[2];
        for (int i = 0; i < 2; i++) {
            alter("topics", topic, "compression." + codec + ".level=" + (i == 0 ? fast : small));
            long before = size(topic);
            send(topic, 1L, value);
            sizes[i] = size(topic) - before;
        }

        // then
        assertThat(sizes[1]).isLessThan(sizes[0]);
    }

    private static String create(String topic, String... settings) throws Exception {
        Map<String, String> configs = new HashMap<>();
        for (String setting : settings) {
            configs.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs)))
                .all()
                .get();
        TOPICS.add(topic);
        return topic;
    }

    private static void fill(String topic, int records, int keys, int valueBytes) throws Exception {
        String padding = "v".repeat(valueBytes);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            RecordMetadata last = null;
            for (int i = 0; i < records; i++) {
                var sent = producer.send(new ProducerRecord<>(topic, "k" + i % keys, padding));
                last = i == records - 1 ? sent.get() : null;
            }
            assertThat(last).isNotNull();
        }
    }

    private static RecordMetadata send(String topic, long timestamp, String value) throws Exception {
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker.bootstrap(), "max.request.size=10000000", "batch.size=0")) {
            return producer.send(new ProducerRecord<>(topic, 0, timestamp, "k", value))
                    .get();
        }
    }

    private static @Nullable Throwable refusal(String topic, long timestamp, String value) {
        Throwable thrown = catchThrowable(() -> send(topic, timestamp, value));
        return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
    }

    private static boolean newestOnly(String topic) {
        List<String> keys = Clients.readAll(broker.bootstrap(), topic, record -> record.key());
        return !keys.contains("k3")
                && IntStream.range(0, 10)
                        .filter(i -> i != 3)
                        .allMatch(i -> keys.stream().filter(("k" + i)::equals).count() == 1);
    }

    private static List<String> values(String topic, String key) {
        return Clients.readAll(broker.bootstrap(), topic, record -> record.key() + "=" + record.value()).stream()
                .filter(record -> record.startsWith(key + "="))
                .toList();
    }

    private static long earliest(String topic) throws Exception {
        return offset(topic, OffsetSpec.earliest());
    }

    private static long latest(String topic) throws Exception {
        return offset(topic, OffsetSpec.latest());
    }

    private static long offset(String topic, OffsetSpec spec) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, spec))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private static long size(String topic) throws Exception {
        var dirs = Found.in(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1);
        return Found.in(dirs.values().iterator().next().replicaInfos(), new TopicPartition(topic, 0))
                .size();
    }

    private static void alter(String type, String name, String setting) {
        run("--entity-type", type, "--entity-name", name, "--alter", "--add-config", setting);
    }

    private static void configure(List<String> which, String verb, String setting) {
        List<String> arguments = new ArrayList<>(List.of("--entity-type", "brokers", "--alter", verb, setting));
        arguments.addAll(which);
        run(arguments.toArray(String[]::new));
    }

    private static void run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        KafkaTool.Result result = KafkaTool.run("kafka.admin.ConfigCommand", all.toArray(String[]::new));
        assertThat(result.status()).as(result.all()).isZero();
    }
}
