package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.Test;

/** A log directory whose disk is full, beside others. */
class FullLogDirIT extends SeveralLogDirs {
    @Test
    void shouldServeTheOthersWhileOneDirectoryIsFull() throws Exception {
        // given
        try (SmallDisk disk = SmallDisk.mount(home.resolve("data").resolve("c"), 16 << 20);
                BrokerProcess broker = start("log.dir.reserve.bytes=" + (2 << 20));
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            Path ballast = disk.ballast(13 << 20);
            try (Load load = Load.start(broker.bootstrap(), TOPIC, "full", 500)) {
                Await.until(() -> load.problems().containsKey("KafkaStorageException"));

                // when
                Set<Integer> full = replicasIn(admin, dir("c"));
                Map<Integer, Long> before = counts(load);
                Await.until(() -> full.size() < PARTITIONS
                        && counts(load).entrySet().stream()
                                .filter(one -> !full.contains(one.getKey()))
                                .allMatch(one -> one.getValue() > before.getOrDefault(one.getKey(), 0L) + 300));
                List<String> whileFull = Clients.readAll(broker.bootstrap(), TOPIC, record -> record.key());
                Files.delete(ballast);
                Map<Integer, Long> during = counts(load);
                Await.until(() -> counts(load).entrySet().stream()
                        .allMatch(one -> one.getValue() > during.getOrDefault(one.getKey(), 0L) + 100));
                load.stop();

                // then
                assertThat(full).isNotEmpty();
                assertThat(whileFull).isNotEmpty();
                Load.assertKept(broker.bootstrap(), TOPIC, load.acknowledged());
            }
            assertThat(broker.terminate()).isZero();
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    @Test
    void shouldFreeRoomAtOnceWhenASettingAllowsIt() throws Exception {
        // given: a directory below its reserve, whose next round of retention is five minutes away
        try (SmallDisk disk = SmallDisk.mount(home.resolve("data").resolve("c"), 16 << 20);
                BrokerProcess broker = start("log.dir.reserve.bytes=" + (4 << 20));
                Admin admin = Clients.admin(broker.bootstrap());
                KafkaProducer<String, String> producer =
                        Clients.producer(broker.bootstrap(), "retries=0", "max.block.ms=5000", "batch.size=1000")) {
            createTopic(admin);
            move(admin, 0);
            String value = "x".repeat(100_000);
            Await.until(() -> !isTaken(producer, value));

            // when
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, TOPIC),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("retention.bytes", "1"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();

            // then
            Await.until(() -> isTaken(producer, value));
            assertThat(disk.path()).isNotNull();
            assertThat(broker.terminate()).isZero();
        }
    }

    private static boolean isTaken(KafkaProducer<String, String> producer, String value) throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>(TOPIC, 2, "key", value)).get();
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(KafkaStorageException.class);
            return false;
        }
    }

    private static Set<Integer> replicasIn(Admin admin, String directory) throws Exception {
        return where(admin).entrySet().stream()
                .filter(one -> directory.equals(one.getValue().getCurrentReplicaLogDir()))
                .map(one -> one.getKey().partition())
                .collect(Collectors.toSet());
    }

    private static Map<Integer, Long> counts(Load load) {
        return load.acknowledged().values().stream()
                .collect(Collectors.groupingBy(
                        place -> Integer.parseInt(place.substring(0, place.indexOf(':'))), Collectors.counting()));
    }
}
