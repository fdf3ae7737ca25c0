package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The producer and the consumer of kafka-clients against one broker. */
class ClientsIT {
    private static BrokerProcess broker;

    @BeforeAll
    static void start(@TempDir Path home) {
        // Some records are of long ago, and would not outlive the first round of retention.
        broker = BrokerProcess.start(home, "log.retention.ms=-1");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({
        "none, 0, false",
        "gzip, 1, false",
        "snappy, all, false",
        "lz4, all, true",
        "zstd, all, true",
        "none, all, true",
        "zstd, 0, false"
    })
    void shouldGiveBackWhatWasProduced(String codec, String acks, boolean idempotent) throws Exception {
        // given
        String topic = "produced-" + codec + "-" + acks + "-" + idempotent;
        List<String> sent = new ArrayList<>();

        // when
        try (KafkaProducer<String, String> producer = Clients.producer(
                broker.bootstrap(),
                "compression.type=" + codec,
                "acks=" + acks,
                "enable.idempotence=" + idempotent,
                "batch.size=4000")) {
            producer.partitionsFor(topic);
            for (int i = 0; i < 5_000; i++) {
                sent.add(i + "=value " + i);
                producer.send(new ProducerRecord<>(topic, "" + i, "value " + i));
            }
            producer.flush();
        }

        // then
        Await.until(() -> endOf(topic) == 5_000);
        assertThat(Clients.readAll(broker.bootstrap(), topic)).containsExactlyElementsOf(sent);
    }

    @Test
    void shouldKeepHeadersAndNullsAndTimestamps() throws Exception {
        // given
        ProducerRecord<String, String> full = new ProducerRecord<>("shapes", 0, 1_700_000_000_000L, "key", "value");
        full.headers().add(new RecordHeader("trace", "abc".getBytes(StandardCharsets.UTF_8)));
        full.headers().add(new RecordHeader("trace", null));
        full.headers().add(new RecordHeader("", new byte[0]));

        // when
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            RecordMetadata metadata = producer.send(full).get();
            producer.send(new ProducerRecord<>("shapes", 0, null, null)).get();
            producer.send(new ProducerRecord<>("shapes", 0, "", "")).get();
            assertThat(metadata.offset()).isZero();
            assertThat(metadata.timestamp()).isEqualTo(1_700_000_000_000L);
        }
        List<ConsumerRecord<String, String>> read = Clients.readAll(broker.bootstrap(), "shapes", record -> record);

        // then
        assertThat(read).extracting(ConsumerRecord::key).containsExactly("key", null, "");
        assertThat(read).extracting(ConsumerRecord::value).containsExactly("value", null, "");
        assertThat(read.get(0).timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(read.get(0).headers().toArray())
                .containsExactly(full.headers().toArray());
        assertThat(read.get(0).leaderEpoch()).isPresent();
    }

    @Test
    void shouldRefuseARecordThatIsTooLargeAndGoOn() throws Exception {
        // given
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker.bootstrap(), "max.request.size=9000000", "buffer.memory=20000000")) {

            // when, then
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("large", "x".repeat(2_000_000)))
                            .get())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
            assertThat(producer.send(new ProducerRecord<>("large", "x".repeat(1_000_000)))
                            .get()
                            .offset())
                    .isZero();
        }
    }

    @Test
    void shouldFindOffsetsByTime() throws Exception {
        // given
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("timed", 0, 1_000_000L + i * 1_000, "k", "v"))
                        .get();
            }
        }
        TopicPartition partition = new TopicPartition("timed", 0);
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap())) {

            // when
            var at = consumer.offsetsForTimes(Map.of(partition, 1_004_500L));
            var exactly = consumer.offsetsForTimes(Map.of(partition, 1_004_000L));
            var never = consumer.offsetsForTimes(Map.of(partition, 2_000_000L));

            // then
            assertThat(Found.in(at, partition).offset()).isEqualTo(5);
            assertThat(Found.in(at, partition).timestamp()).isEqualTo(1_005_000);
            assertThat(Found.in(exactly, partition).offset()).isEqualTo(4);
            assertThat(never.get(partition)).isNull();
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 10L);
        }
    }

    @Test
    void shouldServeFromAnOffsetAndTellWhereThereIsNone() throws Exception {
        // given
        TopicPartition partition = new TopicPartition("sought", 0);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("sought", "k", "" + i)).get();
            }
        }
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap())) {
            consumer.assign(List.of(partition));

            // when
            consumer.seek(partition, 7);
            List<String> tail = new ArrayList<>();
            Await.until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> tail.add(record.value()));
                return tail.size() >= 3;
            });

            // then
            assertThat(tail).containsExactly("7", "8", "9");
            consumer.seek(partition, 1_000);
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void shouldWakeAWaitingFetchWhenSomethingIsWritten() throws Exception {
        // given
        TopicPartition partition = new TopicPartition("awaited", 0);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap());
                KafkaConsumer<String, String> consumer =
                        Clients.consumer(broker.bootstrap(), "fetch.max.wait.ms=20000", "auto.offset.reset=earliest")) {
            producer.partitionsFor("awaited");
            consumer.assign(List.of(partition));
            consumer.poll(Duration.ofMillis(500));

            // when
            long start = System.nanoTime();
            producer.send(new ProducerRecord<>("awaited", "k", "now")).get();
            var records = consumer.poll(Duration.ofSeconds(15));

            // then
            assertThat(records.records(partition)).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private static long endOf(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap())) {
            return consumer.endOffsets(List.of(partition)).getOrDefault(partition, -1L);
        }
    }

    @Test
    void shouldRefuseTransactionsClearly() {
        // given
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker.bootstrap(), "transactional.id=t", "max.block.ms=5000")) {

            // when, then
            assertThatThrownBy(producer::initTransactions).isInstanceOf(KafkaException.class);
        }
    }
}
