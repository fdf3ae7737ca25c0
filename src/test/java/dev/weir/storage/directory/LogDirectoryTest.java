package dev.weir.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.storage.OpenOptions;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.TestLogs;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.RealLogFiles;
import dev.weir.storage.producer.ProducerStateHook;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a log directory, against Kafka's own readers and writers where it has them. */
@NullUnmarked
class LogDirectoryTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 3);
    private static final Map<TopicPartition, Long> OFFSETS = Map.of(ORDERS, 42L, new TopicPartition("a.b-c", 0), 0L);

    @TempDir
    Path root;

    private final RealLogFiles files = new RealLogFiles();

    @Test
    void shouldBeHeldByOneAtATime() throws Exception {
        // given
        LogDirectory first = open();

        // when, then
        assertThatThrownBy(this::open)
                .isInstanceOf(LogDirectoryException.class)
                .hasMessageContaining("held by another broker")
                .hasMessageNotContaining("\n");
        first.close();
        open().close();
    }

    @Test
    void shouldKeepMetaProperties() throws Exception {
        // given
        LogDirectory directory = open();
        MetaProperties properties = new MetaProperties("abc", 7, Uuid.randomUuid());
        assertThat(directory.metaProperties()).isEmpty();

        // when
        directory.writeMetaProperties(properties);

        // then
        assertThat(directory.metaProperties()).contains(properties);
    }

    @Test
    void shouldReadMetaPropertiesAsKafkaWritesThem() throws Exception {
        // given
        Uuid id = Uuid.randomUuid();
        Files.writeString(
                root.resolve("meta.properties"),
                "#\n#Sat Nov 01 10:00:00 UTC 2025\ncluster.id=xyz\ndirectory.id=" + id + "\nnode.id=1\nversion=1\n");

        // when, then
        assertThat(open().metaProperties()).contains(new MetaProperties("xyz", 1, id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "version=0\nbroker.id=1\n",
                "version=1\nnode.id=1\n",
                "version=1\ncluster.id=a\nnode.id=x\n",
                "version=1\ncluster.id=a\nnode.id=1\ndirectory.id=???\n",
                "\\u00zz"
            })
    void shouldRefuseBrokenMetaPropertiesWithOneLine(String content) throws Exception {
        // given
        Files.writeString(root.resolve("meta.properties"), content);

        // when, then
        assertThatThrownBy(() -> open().metaProperties())
                .isInstanceOf(LogDirectoryException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldKeepTheMarkerOfACleanStopUntilItIsRemoved() throws Exception {
        // given
        LogDirectory directory = open();
        assertThat(directory.wasCleanlyStopped()).isFalse();

        // when
        directory.markCleanShutdown(Long.MAX_VALUE);

        // then
        assertThat(new CleanShutdownFileHandler(root.toString()).exists()).isTrue();
        assertThat(new CleanShutdownFileHandler(root.toString()).read()).hasValue(Long.MAX_VALUE);
        assertThat(directory.wasCleanlyStopped()).isTrue();
        assertThat(directory.cleanlyStoppedEpoch()).isEqualTo(Long.MAX_VALUE);
        directory.removeCleanShutdownMarker();
        assertThat(directory.wasCleanlyStopped()).isFalse();
        assertThat(directory.cleanlyStoppedEpoch()).isEqualTo(LogDirectory.NO_EPOCH);
    }

    @Test
    void shouldWriteTheMarkerByteForByteAsKafka() throws Exception {
        // given
        Path kafkas = Files.createDirectory(root.resolve("kafkas"));
        new CleanShutdownFileHandler(kafkas.toString()).write(77);

        // when
        open().markCleanShutdown(77);

        // then
        assertThat(root.resolve(".kafka_cleanshutdown")).hasSameBinaryContentAs(kafkas.resolve(".kafka_cleanshutdown"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "garbage", "{\"version\":0}", "{\"brokerEpoch\":\"soon\"}", "{\"brokerEpoch\":1e99}"})
    void shouldTakeAMarkerWithoutAReadableEpochForACleanStopWithoutOne(String content) throws Exception {
        // given
        Files.writeString(root.resolve(".kafka_cleanshutdown"), content);

        // when
        LogDirectory directory = open();

        // then
        assertThat(directory.wasCleanlyStopped()).isTrue();
        assertThat(directory.cleanlyStoppedEpoch()).isEqualTo(LogDirectory.NO_EPOCH);
    }

    @Test
    void shouldTakeKafkasCleanShutdownMarker() throws Exception {
        // given
        new CleanShutdownFileHandler(root.toString()).write(12);

        // when
        LogDirectory directory = open();

        // then
        assertThat(directory.wasCleanlyStopped()).isTrue();
        assertThat(directory.cleanlyStoppedEpoch()).isEqualTo(12);
    }

    @Test
    void shouldExchangeOffsetCheckpointsWithKafka() throws Exception {
        // given
        LogDirectory directory = open();

        // when
        directory.writeRecoveryPoints(OFFSETS);
        directory.writeLogStartOffsets(OFFSETS);
        directory.writeHighWatermarks(OFFSETS);

        // then
        for (String name : new String[] {
            "recovery-point-offset-checkpoint", "log-start-offset-checkpoint", "replication-offset-checkpoint"
        }) {
            OffsetCheckpointFile kafka =
                    new OffsetCheckpointFile(root.resolve(name).toFile(), new LogDirFailureChannel(1));
            assertThat(kafka.read()).isEqualTo(OFFSETS);
            kafka.write(Map.of(ORDERS, 99L));
        }
        assertThat(directory.readRecoveryPoints()).isEqualTo(Map.of(ORDERS, 99L));
        assertThat(directory.readLogStartOffsets()).isEqualTo(Map.of(ORDERS, 99L));
        assertThat(directory.readHighWatermarks()).isEqualTo(Map.of(ORDERS, 99L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1\n0\n",
                "0\n",
                "0\n2\nt 0 1\n",
                "0\n1\nt 0\n",
                "0\n1\nt 0 x\n",
                "0\n1\nt 0 -4\n",
                "0\n1\nt 0 12",
                "0\n2\nt 0 1\nt 0 2\n",
                "0\nx\n",
                "\0\0\0\0"
            })
    void shouldGoOnWithoutADamagedCheckpoint(String content) throws Exception {
        // given
        Files.writeString(root.resolve("recovery-point-offset-checkpoint"), content);

        // when, then
        assertThat(open().readRecoveryPoints()).isEmpty();
    }

    @Test
    void shouldExchangePartitionMetadataWithKafka() throws Exception {
        // given
        LogDirectory directory = open();
        Path partition = Files.createDirectories(directory.partitionPath(ORDERS));
        Uuid id = Uuid.randomUuid();
        assertThat(directory.readTopicId(partition)).isEmpty();

        // when
        directory.writeTopicId(partition, id);

        // then
        PartitionMetadataFile kafka = new PartitionMetadataFile(
                partition.resolve("partition.metadata").toFile(), new LogDirFailureChannel(1));
        assertThat(kafka.read().topicId()).isEqualTo(id);
        assertThat(directory.readTopicId(partition)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "version: 1\ntopic_id: AAAA\n", "version: 0\n", "version: 0\ntopic_id: !\n"})
    void shouldCallBrokenPartitionMetadataCorrupt(String content) throws Exception {
        // given
        LogDirectory directory = open();
        Path partition = Files.createDirectories(directory.partitionPath(ORDERS));
        Files.writeString(partition.resolve("partition.metadata"), content);

        // when, then
        assertThatThrownBy(() -> directory.readTopicId(partition)).isInstanceOf(LogCorruptException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "orders-3, orders, 3, LIVE",
        "a-b-12, a-b, 12, LIVE",
        "__cluster_metadata-0, __cluster_metadata, 0, LIVE",
        "orders-3.0123456789abcdef0123456789abcdef-delete, orders, 3, DELETE",
        "orders-3.0123456789abcdef0123456789abcdef-future, orders, 3, FUTURE",
        "orders-3.0123456789abcdef0123456789abcdef-stray, orders, 3, STRAY"
    })
    void shouldListPartitions(String name, String topic, int partition, PartitionDirectory.Kind kind) throws Exception {
        // given
        Files.createDirectories(root.resolve(name));

        // when, then
        assertThat(open().partitions())
                .containsExactly(
                        new PartitionDirectory(new TopicPartition(topic, partition), kind, root.resolve(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost+found", "orders", "orders-", "orders-x", "-3", "orders-99999999999", ".hidden"})
    void shouldLeaveOutWhatIsNoPartition(String name) throws Exception {
        // given
        Files.createDirectories(root.resolve(name));
        Files.writeString(root.resolve("file-0"), "not a directory", StandardCharsets.UTF_8);

        // when, then
        assertThat(open().partitions()).isEmpty();
    }

    @Test
    void shouldSetAsideAndRemoveDirectories() throws Exception {
        // given
        LogDirectory directory = open();
        String id = "0123456789abcdef0123456789abcdef";
        PartitionLog log = PartitionLog.open(
                new OpenFileCache(files, 20),
                directory.partitionPath(ORDERS),
                ORDERS,
                TestLogs.config(),
                OpenOptions.fresh(0),
                ProducerStateHook.NONE);
        log.stage(TestLogs.batch(0, 1, 10, 0, 0), 0, 0);
        log.write();

        // when
        Path deleted = log.delete(id);

        // then
        assertThat(directory.partitions())
                .containsExactly(new PartitionDirectory(ORDERS, PartitionDirectory.Kind.DELETE, deleted));
        directory.removeDeleted(deleted);
        assertThat(directory.partitions()).isEmpty();
        Path stray = directory.markStray(Files.createDirectories(directory.partitionPath(ORDERS)), id);
        assertThat(directory.partitions())
                .containsExactly(new PartitionDirectory(ORDERS, PartitionDirectory.Kind.STRAY, stray));
        assertThatThrownBy(() -> directory.removeDeleted(stray)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldProbeTheDisk() throws Exception {
        // given
        LogDirectory directory = open();

        // when, then
        assertThat(directory.probeWrite()).isTrue();
        assertThat(directory.freeBytes()).isPositive();
        try (var left = Files.list(root)) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactly(".lock");
        }
    }

    @Test
    void shouldTurnReadOnlyAndComeBack() {
        // given
        DirectoryHealth health = DirectoryHealth.WRITABLE;

        // when
        DirectoryHealth failed = health.writeFailed(
                new LogIoException("writing orders-3 failed", new java.io.IOException("No space left on device")));

        // then
        assertThat(failed.writable()).isFalse();
        assertThat(failed.reason()).contains("No space left");
        assertThat(failed.probed(1000, 100, false).writable()).isFalse();
        assertThat(failed.probed(50, 100, true).writable()).isFalse();
        assertThat(failed.probed(1000, 100, true)).isEqualTo(DirectoryHealth.WRITABLE);
        assertThat(health.probed(50, 100, true).reason()).contains("below the reserve");
    }

    @Test
    void shouldShortenLongNames() {
        // given
        TopicPartition longest = new TopicPartition("t".repeat(249), 12);

        // when
        String name = DirectoryNames.suffixed(longest, "0".repeat(32), PartitionDirectory.Kind.DELETE);

        // then
        assertThat(name).hasSize(255);
        assertThat(DirectoryNames.parse(name).map(DirectoryNames.Parsed::kind))
                .isEqualTo(Optional.of(PartitionDirectory.Kind.DELETE));
    }

    private LogDirectory open() throws Exception {
        return LogDirectory.open(files, root);
    }
}
