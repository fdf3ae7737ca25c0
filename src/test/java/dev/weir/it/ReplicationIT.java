package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three brokers that copy a topic's records from each other, byte for byte. */
class ReplicationIT {
    private static final String TOPIC = "copied";
    private static final int PARTITIONS = 4;

    @TempDir
    private Path home;

    private Cluster cluster;
    private final Random random = new Random(7);
    private int written;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "zstd"})
    void shouldCopyWhatIsProduced(String compression) throws Exception {
        // given
        start();

        // when
        produce(6_000, "compression.type=" + compression, "batch.size=20000");

        // then
        awaitEqualLogs();
        for (int id : cluster.ids()) {
            Path data = cluster.broker(id).data();
            assertThat(segments(data)).hasSizeGreaterThan(PARTITIONS);
            DumpedLogs.assertAccepted(data, TOPIC);
        }
        assertThat(Clients.readAll(cluster.bootstrap(), TOPIC)).hasSize(6_000);
    }

    @Test
    void shouldCopyWhatWasProducedWhileABrokerWasAway() throws Exception {
        // given
        start();
        produce(1_000);
        awaitEqualLogs();

        for (boolean killed : new boolean[] {false, true}) {
            // when
            int away = follower();
            if (killed) {
                cluster.broker(away).kill();
            } else {
                cluster.broker(away).terminate();
            }
            produce(2_000);
            cluster.broker(away).restart();

            // then
            awaitEqualLogs();
        }
        assertThat(Clients.readAll(cluster.bootstrap(), TOPIC)).hasSize(5_000);
    }

    @Test
    void shouldFillAPartitionWhoseDirectoryWasEmptied() throws Exception {
        // given
        start();
        produce(1_000);
        awaitEqualLogs();
        int away = follower();
        cluster.broker(away).terminate();

        // when
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Path directory = cluster.broker(away).data().resolve(TOPIC + "-" + partition);
            if (partition % 2 == 0) {
                deleteFilesIn(directory);
                Files.delete(directory);
            }
        }
        produce(1_000);
        cluster.broker(away).restart();

        // then
        awaitEqualLogs();
        DumpedLogs.assertAccepted(cluster.broker(away).data(), TOPIC);
    }

    @Test
    void shouldShowWhatIsCopied() throws Exception {
        // given
        start();

        // when
        produce(1_000);
        awaitEqualLogs();

        // then
        for (int id : cluster.ids()) {
            BrokerProcess broker = cluster.broker(id);
            Await.until(() -> broker.metric("weir_replica_fetcher_max_lag") == 0);
            assertThat(broker.metric("weir_replication_bytes_in_total")).isPositive();
            assertThat(broker.metric("weir_replica_fetcher_partitions")).isPositive();
            assertThat(broker.metric("weir_replica_fetcher_failed_partitions")).isZero();
            assertThat(broker.metric("weir_replica_truncations_below_high_watermark_total"))
                    .isZero();
        }
    }

    private void start() throws Exception {
        cluster = Cluster.start(home, 3, "offsets.topic.replication.factor=1");
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)
                            .configs(Map.of("segment.bytes", String.valueOf(1 << 20)))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            Assumptions.assumeFalse(
                    e.getCause() instanceof InvalidReplicationFactorException, "several replicas are refused yet");
            throw e;
        }
    }

    private void produce(int records, String... settings) throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(cluster.bootstrap(), settings)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                byte[] noise = new byte[900];
                random.nextBytes(noise);
                String value = written++ + " " + Base64.getEncoder().encodeToString(noise);
                sent.add(producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, "key " + i, value)));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        }
    }

    /** A broker that does not lead the first partition. */
    private int follower() throws Exception {
        try (Admin admin = cluster.admin()) {
            int leader = admin.describeTopics(List.of(TOPIC))
                    .allTopicNames()
                    .get()
                    .get(TOPIC)
                    .partitions()
                    .get(0)
                    .leader()
                    .id();
            return leader % 3 + 1;
        }
    }

    /** Each broker has the same segments of the same bytes, with all that was produced. */
    private void awaitEqualLogs() {
        Await.until(() -> {
            Map<String, String> first = segments(cluster.broker(1).data());
            return endsAreEqual()
                    && first.equals(segments(cluster.broker(2).data()))
                    && first.equals(segments(cluster.broker(3).data()));
        });
    }

    private boolean endsAreEqual() throws Exception {
        try (Admin admin = cluster.admin()) {
            long total = 0;
            for (int i = 0; i < PARTITIONS; i++) {
                TopicPartition partition = new TopicPartition(TOPIC, i);
                total += admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition)
                        .get()
                        .offset();
            }
            return total == written;
        }
    }

    /** The bytes of the segments of all partitions, by partition and name. */
    private static Map<String, String> segments(Path data) throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            Path directory = data.resolve(TOPIC + "-" + i);
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file :
                        files.filter(one -> one.toString().endsWith(".log")).toList()) {
                    found.put(i + "/" + file.getFileName(), digest(file));
                }
            }
        }
        return found;
    }

    private static String digest(Path file) throws IOException {
        try {
            byte[] bytes = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return Files.size(file) + " bytes " + HexFormat.of().formatHex(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void deleteFilesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
