package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up under load: a small file system in memory, made by the test. */
class FullDiskIT {
    private static final String TOPIC = "filling";
    private static final long DISK_BYTES = 40L << 20;
    private static final long BALLAST_BYTES = 20L << 20;

    @ParameterizedTest
    @ValueSource(longs = {4 << 20, 0})
    void shouldServeAgainWhenSpaceReturns(long reserveBytes, @TempDir Path home) throws Exception {
        // given
        try (SmallDisk disk = SmallDisk.mount(home.resolve("data"), DISK_BYTES);
                BrokerProcess broker = BrokerProcess.start(home, "log.dir.reserve.bytes=" + reserveBytes)) {
            NewTopic topic = new NewTopic(TOPIC, 2, (short) 1).configs(Map.of("segment.bytes", "4194304"));
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                admin.createTopics(Set.of(topic)).all().get();
            }
            Path ballast = disk.ballast(BALLAST_BYTES);

            try (Load load = Load.start(broker.bootstrap(), TOPIC, "reserve" + reserveBytes, 2_000)) {
                // when
                Await.until(() -> load.problems().containsKey("KafkaStorageException"));
                List<String> whileFull = Clients.readAll(broker.bootstrap(), TOPIC, record -> record.key());
                boolean ready = broker.get("/health/live").statusCode() == 200;
                Files.delete(ballast);
                int before = load.acknowledged().size();
                Await.until(() -> load.acknowledged().size() > before + 500);
                load.stop();

                // then
                assertThat(ready).isTrue();
                assertThat(whileFull).isNotEmpty();
                assertThat(broker.isAlive()).isTrue();
                assertThat(load.problems().keySet()).isSubsetOf("KafkaStorageException", "TimeoutException");
                Load.assertKept(broker.bootstrap(), TOPIC, load.acknowledged());
                assertThat(broker.terminate()).isZero();
                DumpedLogs.assertAccepted(broker.data(), TOPIC);
            }
        }
    }
}
