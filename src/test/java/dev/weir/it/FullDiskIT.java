package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.junit.jupiter.api.Test;
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

    @Test
    void shouldTellCommittedOffsetsWhileItCanTakeNoNewOnes(@TempDir Path home) throws Exception {
        long reserveBytes = 4 << 20;
        try (SmallDisk disk = SmallDisk.mount(home.resolve("data"), DISK_BYTES);
                BrokerProcess broker = BrokerProcess.start(home, "log.dir.reserve.bytes=" + reserveBytes);
                Admin admin = Clients.admin(broker.bootstrap());
                RawClient client = new RawClient(broker.kafkaPort())) {
            // given
            admin.createTopics(Set.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            client.call(
                    ApiKeys.FIND_COORDINATOR,
                    (short) 4,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g")));
            Await.until(() -> commit(client, 5) == Errors.NONE);
            Path ballast = disk.ballast(Files.getFileStore(disk.path()).getUsableSpace() - reserveBytes / 2);
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
}
