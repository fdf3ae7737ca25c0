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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

    @Test
    void shouldTellCommittedOffsetsWhileItCanTakeNoNewOnes() throws Exception {
        long reserveBytes = 4 << 20;
        try (BrokerProcess broker = BrokerProcess.start(home, "log.dir.reserve.bytes=" + reserveBytes);
                Admin admin = Clients.admin(broker.bootstrap());
                RawClient client = new RawClient(broker.kafkaPort())) {
            // given
            admin.createTopics(Set.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            client.call(
                    ApiKeys.FIND_COORDINATOR,
                    (short) 4,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g")));
            Await.until(() -> commit(client, 5) == Errors.NONE);
            Path ballast = ballast(Files.getFileStore(disk).getUsableSpace() - reserveBytes / 2);
            Await.until(() -> broker.metric("weir_log_dirs_read_only") == 1);

            // when
            Errors refused = commit(client, 6);

            // then
            assertThat(refused).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(committed(admin)).isEqualTo(5);
            Files.delete(ballast);
            Await.until(() -> commit(client, 7) == Errors.NONE);
            assertThat(committed(admin)).isEqualTo(7);
            assertThat(broker.log()).doesNotContain("cannot be read yet");
        }
    }

    private static Errors commit(RawClient client, long offset) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        OffsetCommitResponseData answer = (OffsetCommitResponseData)
                client.call(ApiKeys.OFFSET_COMMIT, (short) 8, request).data();
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets("g")
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition(TOPIC, 0))
                .offset();
    }

    private Path ballast() throws IOException {
        return ballast(BALLAST_BYTES);
    }

    private Path ballast(long bytes) throws IOException {
        Path ballast = disk.resolve("ballast");
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            byte[] block = new byte[1 << 20];
            for (long written = 0; written < bytes; written += block.length) {
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
