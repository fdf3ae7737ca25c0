package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up under load: a small file system in memory, made by the test. */
class FullDiskIT {
    private static final String TOPIC = "filling";
    private static final long DISK_BYTES = 40L << 20;
    private static final long BALLAST_BYTES = 20L << 20;

    private Path home = Path.of("");

    private Path disk = Path.of("");

    @BeforeEach
    void mount(@TempDir Path folder) throws Exception {
        home = folder;
        disk = Files.createDirectory(home.resolve("data"));
        int status = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", disk.toString());
        Assumptions.assumeTrue(status == 0, "skipped: this user may not mount a file system");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {4 << 20, 0})
    void shouldServeAgainWhenSpaceReturns(long reserveBytes) throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home, "log.dir.reserve.bytes=" + reserveBytes)) {
            NewTopic topic = new NewTopic(TOPIC, 2, (short) 1).configs(Map.of("segment.bytes", "4194304"));
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                admin.createTopics(Set.of(topic)).all().get();
            }
            Path ballast = ballast();

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

    private Path ballast() throws IOException {
        Path ballast = disk.resolve("ballast");
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            byte[] block = new byte[1 << 20];
            for (long written = 0; written < BALLAST_BYTES; written += block.length) {
                file.write(block);
            }
        }
        return ballast;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : 1;
    }
}
