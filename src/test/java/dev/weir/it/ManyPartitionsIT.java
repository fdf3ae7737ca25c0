package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many partitions on one node. {@code -Dweir.it.partitions=10000} gives the large run; memory, files and the times of restarts
 * are printed.
 */
class ManyPartitionsIT {
    private static final int PARTITIONS = Integer.getInteger("weir.it.partitions", 600);
    private static final int OPEN_FILES = 500;

    @Test
    void shouldKeepFewFilesOpenAndTellHowFarAStartIs(@TempDir Path home) throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.startWithOpenFiles(home, OPEN_FILES)) {
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                admin.createTopics(List.of(new NewTopic("many", PARTITIONS, (short) 1)))
                        .all()
                        .get();
            }

            // when
            send(broker, "first");
            report(broker, "with a record in each of");
            long files = openFiles(broker);
            broker.terminate();
            List<String> cleanStart = restart(broker);
            report(broker, "after a clean stop of");
            broker.kill();
            List<String> crashStart = restart(broker);
            report(broker, "after kill -9 of");
            send(broker, "second");

            // then
            assertThat(files).isLessThan(OPEN_FILES);
            assertThat(openFiles(broker)).isLessThan(OPEN_FILES);
            String all = "\"partitions\":" + PARTITIONS;
            assertThat(cleanStart).anyMatch(health -> health.contains("\"UP\"") && health.contains(all));
            assertThat(crashStart).anyMatch(health -> health.contains("\"UP\"") && health.contains(all));
            assertThat(broker.latestLog()).contains("Opened " + PARTITIONS + " of " + PARTITIONS + " partitions");
            assertThat(broker.log()).doesNotContain(" ERROR ");
            assertThat(readTogether(broker)).containsOnly(entry("first", PARTITIONS), entry("second", PARTITIONS));
        }
    }

    private static void send(BrokerProcess broker, String value) {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap())) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                producer.send(new ProducerRecord<>("many", partition, "key", value));
            }
        }
    }

    /** How often each value is there, read from all partitions at once. */
    private static Map<String, Integer> readTogether(BrokerProcess broker) {
        Map<String, Integer> counts = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap())) {
            List<TopicPartition> all = consumer.partitionsFor("many").stream()
                    .map(info -> new TopicPartition("many", info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            Await.until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> counts.merge(record.value(), 1, Integer::sum));
                return all.stream().allMatch(one -> consumer.position(one) >= ends.getOrDefault(one, 0L));
            });
        }
        return counts;
    }

    /** Starts again, and answers what the health page has said meanwhile. */
    private static List<String> restart(BrokerProcess broker) {
        long started = System.nanoTime();
        List<String> said = new ArrayList<>();
        broker.relaunch();
        Await.until(() -> {
            try {
                said.add(broker.get("/health/started").body());
            } catch (UncheckedIOException e) {
                // It does not listen yet.
            }
            return !said.isEmpty() && said.get(said.size() - 1).contains("\"UP\"");
        });
        System.out.println("MANY " + PARTITIONS + " partitions: serving after "
                + Duration.ofNanos(System.nanoTime() - started).toMillis() + " ms");
        return said;
    }

    private static void report(BrokerProcess broker, String when) throws IOException {
        try (Stream<String> status = Files.lines(Path.of("/proc/" + broker.pid() + "/status"))) {
            String memory =
                    status.filter(line -> line.startsWith("VmRSS")).findFirst().orElse("?");
            System.out.println("MANY " + when + " " + PARTITIONS + " partitions: " + memory.replaceAll("\\s+", " ")
                    + ", open files " + openFiles(broker));
        }
    }

    private static long openFiles(BrokerProcess broker) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + broker.pid() + "/fd"))) {
            return open.count();
        }
    }
}
