package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition that Apache Kafka has written, under a broker of ours. */
class KafkaFilesIT {
    private static final String TOPIC = "moved";

    private Path home = Path.of("");

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    @Test
    void shouldServeAPartitionThatKafkaHasWritten() throws Exception {
        // given
        List<String> written;
        Path source;
        try (KafkaProcess kafka = KafkaProcess.start(Files.createDirectory(home.resolve("peer")))) {
            create(kafka.bootstrap());
            written = fill(kafka.bootstrap(), true);
            kafka.stop();
            source = kafka.data().resolve(TOPIC + "-0");
        }
        Path own = Files.createDirectory(home.resolve("own"));
        try (BrokerProcess broker = BrokerProcess.start(own)) {
            create(broker.bootstrap());
            broker.terminate();
            replace(source, broker.data().resolve(TOPIC + "-0"));

            // when
            broker.restart();
            List<String> read = Clients.readAll(broker.bootstrap(), TOPIC);
            String producers = KafkaTool.run(
                            "TransactionsCommand",
                            "--bootstrap-server",
                            broker.bootstrap(),
                            "describe-producers",
                            "--topic",
                            TOPIC,
                            "--partition",
                            "0")
                    .out();
            List<String> more = fill(broker.bootstrap(), false);

            // then
            assertThat(read).containsExactlyElementsOf(written);
            assertThat(producers.lines().filter(line -> line.matches("\\d+.*"))).hasSize(5);
            written.addAll(more);
            assertThat(Clients.readAll(broker.bootstrap(), TOPIC)).containsExactlyElementsOf(written);
            assertThat(broker.log()).doesNotContain("ERROR", "WARN");
            broker.terminate();
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    private static void create(String bootstrap) throws Exception {
        NewTopic topic = new NewTopic(TOPIC, 1, (short) 1)
                .configs(Map.of("segment.bytes", "1048576", "index.interval.bytes", "1024"));
        try (Admin admin = Clients.admin(bootstrap)) {
            admin.createTopics(Set.of(topic)).all().get();
        }
    }

    /** Produces with every codec; returns what was written, in order. */
    private static List<String> fill(String bootstrap, boolean idempotent) {
        List<String> written = new ArrayList<>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<String, String> producer = Clients.producer(
                    bootstrap,
                    "enable.idempotence=" + idempotent,
                    "compression.type=" + codec,
                    "batch.size=4000",
                    "linger.ms=20")) {
                for (int i = 0; i < 5_000; i++) {
                    String value = codec + " value with some length to it " + Integer.toHexString(i * 7919);
                    written.add(i + "=" + value);
                    producer.send(new ProducerRecord<>(TOPIC, "" + i, value));
                }
            }
        }
        return written;
    }

    private static void replace(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("partition.metadata")) {
                    Files.delete(file);
                }
            }
        }
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("partition.metadata")) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
        }
    }
}
