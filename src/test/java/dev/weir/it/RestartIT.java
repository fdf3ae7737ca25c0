package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same jar over the same data: after an orderly stop and after a kill, with all that was acknowledged. */
class RestartIT {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final String MARKER = ".kafka_cleanshutdown";

    private Path home = Path.of("");

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    @Test
    void shouldComeBackAfterSigtermWithEveryRecord() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home, "num.partitions=2")) {
            List<String> acknowledged = fill(broker, "kept");

            // when
            int code = broker.terminate();
            boolean marked = Files.exists(broker.data().resolve(MARKER));
            String marker = Files.readString(broker.data().resolve(MARKER));
            String dump = DumpedLogs.assertAccepted(broker.data(), "kept");
            broker.restart();

            // then
            assertThat(code).as(broker.log()).isZero();
            assertThat(marked).isTrue();
            assertThat(marker).matches("\\{\"version\":0,\"brokerEpoch\":[1-9][0-9]*}");
            assertThat(broker.latestLog()).doesNotContain("was not stopped in order");
            assertThat(Files.exists(broker.data().resolve(MARKER))).isFalse();
            assertThat(dump).contains("producerId: ");
            assertThat(Clients.readAll(broker.bootstrap(), "kept")).containsExactlyInAnyOrderElementsOf(acknowledged);
            assertThat(broker.latestLog()).doesNotContain("ERROR");
        }
    }

    @Test
    void shouldComeBackAfterAKillWithEveryRecord() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home, "num.partitions=2")) {
            List<String> acknowledged = fill(broker, "kept");

            // when
            broker.kill();
            boolean marked = Files.exists(broker.data().resolve(MARKER));
            broker.restart();

            // then
            assertThat(marked).isFalse();
            assertThat(broker.latestLog())
                    .contains("Broker 1 was not stopped in order", "and its log directories name -1");
            assertThat(Clients.readAll(broker.bootstrap(), "kept")).containsExactlyInAnyOrderElementsOf(acknowledged);
            broker.terminate();
            DumpedLogs.assertAccepted(broker.data(), "kept");
        }
    }

    @Test
    void shouldKeepTopicsAndConfigsOverManyRestarts() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            for (int round = 0; round < 3; round++) {
                KafkaTool.Result created = KafkaTool.run(
                        "TopicCommand",
                        "--bootstrap-server",
                        broker.bootstrap(),
                        "--create",
                        "--topic",
                        "round-" + round,
                        "--config",
                        "retention.ms=" + (1000 + round));
                assertThat(created.status()).as(created.all()).isZero();

                // when
                if (round % 2 == 0) {
                    broker.kill();
                } else {
                    broker.terminate();
                }
                broker.restart();
            }

            // then
            String described = KafkaTool.run("TopicCommand", "--bootstrap-server", broker.bootstrap(), "--describe")
                    .out();
            assertThat(described).contains("round-0", "round-1", "round-2", "retention.ms=1001", "retention.ms=1002");
        }
    }

    /** Produces with every codec, idempotently and not; returns all that was acknowledged, as key=value. */
    private static List<String> fill(BrokerProcess broker, String topic)
            throws ExecutionException, InterruptedException {
        List<String> acknowledged = new ArrayList<>();
        for (String codec : CODECS) {
            for (boolean idempotent : List.of(true, false)) {
                try (KafkaProducer<String, String> producer = Clients.producer(
                        broker.bootstrap(),
                        "compression.type=" + codec,
                        "enable.idempotence=" + idempotent,
                        "batch.size=2000")) {
                    List<Future<RecordMetadata>> sent = new ArrayList<>();
                    for (int i = 0; i < 1_000; i++) {
                        String value = codec + "-" + idempotent + "-" + i;
                        acknowledged.add(i + "=" + value);
                        sent.add(producer.send(new ProducerRecord<>(topic, "" + i, value)));
                    }
                    for (Future<RecordMetadata> one : sent) {
                        one.get();
                    }
                }
            }
        }
        return acknowledged;
    }
}
