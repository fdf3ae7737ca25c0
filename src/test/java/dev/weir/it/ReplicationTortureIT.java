package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.history.Anomaly;
import dev.weir.history.History;
import dev.weir.history.HistoryChecker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients write, read and commit while brokers of three are killed, stopped, restarted and lose replicas at random. At the end
 * the history of what every client saw is checked, and replicas are compared byte by byte. {@code
 * -Dweir.it.torture.minutes=N} goes on for longer, {@code -Dweir.it.torture.seed=N} does something else.
 */
class ReplicationTortureIT {
    private static final long MINUTES = Long.getLong("weir.it.torture.minutes", 0);
    private static final long SEED = Long.getLong("weir.it.torture.seed", 1);
    private static final int PAUSE_MS = Integer.getInteger("weir.it.torture.pause.ms", 60);
    private static final int LEAST_ROUNDS = 2;
    private static final int PARTITIONS = 4;
    private static final int BROKERS = 3;
    private static final int SHOWN = 20;
    private static final String TOPIC = "tortured";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path home;

    private Cluster cluster;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldKeepItsPromisesWhateverHappensToItsBrokers() throws Exception {
        // given
        cluster = Cluster.start(home, BROKERS, "default.replication.factor=3", "offsets.topic.num.partitions=5");
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) BROKERS)
                            .configs(Map.of("min.insync.replicas", "2", "segment.bytes", "1048576"))))
                    .all()
                    .get();
        }
        awaitSettled(List.of());
        History history = new History();
        TortureClients clients = new TortureClients(cluster, TOPIC, PARTITIONS, PAUSE_MS, history, SEED);
        TortureFaults faults = new TortureFaults(cluster, TOPIC, new Random(SEED));
        clients.start();

        // when
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
            faults.inflict();
            awaitSettled(faults.story());
            Thread.sleep(500);
        }
        clients.end();
        readAll(history);

        // then
        System.out.println("torture: seed " + SEED + ", " + faults.counts() + ", " + history.summary());
        List<Anomaly> anomalies = HistoryChecker.check(history);
        assertThat(anomalies.stream().limit(SHOWN).map(Anomaly::toString))
                .as("%s anomalies; seed %s, data in %s, faults %s", anomalies.size(), SEED, home, faults.story())
                .isEmpty();
        assertThat(clients.problems())
                .as("seed %s, data in %s, faults %s", SEED, home, faults.story())
                .isEmpty();
        assertThat(history.acknowledged()).isPositive();
        assertReplicasAreEqual();
    }

    private void awaitSettled(List<String> story) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        String left = TortureWatch.unsettled(cluster, TOPIC);
        while (!left.isEmpty()) {
            if (System.nanoTime() > until) {
                throw new AssertionError(
                        "seed " + SEED + ", data in " + home + ", does not settle: " + left + "; " + story);
            }
            Thread.sleep(100);
            left = TortureWatch.unsettled(cluster, TOPIC);
        }
    }

    private void readAll(History history) {
        try (KafkaConsumer<Long, Long> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "auto.offset.reset", "none"),
                new LongDeserializer(),
                new LongDeserializer())) {
            for (int id = 0; id < PARTITIONS; id++) {
                TopicPartition partition = new TopicPartition(TOPIC, id);
                consumer.assign(List.of(partition));
                consumer.seek(partition, 0);
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (consumer.position(partition) < end) {
                    consumer.poll(java.time.Duration.ofMillis(200))
                            .forEach(record -> history.addFinal(record.partition(), record.offset(), record.value()));
                }
            }
        }
    }

    private void assertReplicasAreEqual() throws IOException {
        for (int id : cluster.ids()) {
            assertThat(cluster.broker(id).terminate())
                    .as("exit code of broker %s", id)
                    .isZero();
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            byte[] first = bytes(1, partition);
            for (int id = 2; id <= BROKERS; id++) {
                assertThat(java.util.Arrays.mismatch(first, bytes(id, partition)))
                        .as(
                                "where partition %s differs on brokers 1 and %s; seed %s, data in %s",
                                partition, id, SEED, home)
                        .isEqualTo(-1);
            }
        }
        for (int id : cluster.ids()) {
            DumpedLogs.assertAccepted(cluster.broker(id).data(), TOPIC);
        }
    }

    private byte[] bytes(int broker, int partition) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.list(cluster.broker(broker).data().resolve(TOPIC + "-" + partition))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                all.write(Files.readAllBytes(file));
            }
        }
        return all.toByteArray();
    }
}
