package dev.weir.partition.logdirs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.bus.LocalBus;
import dev.weir.config.MaintenanceSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageClient;
import dev.weir.partition.ShardFixture;
import dev.weir.partition.client.LogMessages.Checkpoints;
import dev.weir.partition.client.LogMessages.Offsets;
import dev.weir.partition.client.PartitionAddresses;
import dev.weir.partition.client.PartitionClient;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.RealLogFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each checkpoint is written in its own time. */
class LogDirsVerticleTest {
    private static final int NEVER_MS = Integer.MAX_VALUE;
    private static final String STARTS = "log-start-offset-checkpoint";
    private static final String RECOVERY = "recovery-point-offset-checkpoint";
    private static final String WATERMARKS = "replication-offset-checkpoint";
    private static final String CLEANER = "cleaner-offset-checkpoint";

    @TempDir
    private Path path;

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "5, 2147483647, 2147483647, recovery-point-offset-checkpoint cleaner-offset-checkpoint",
        "2147483647, 0, 2147483647, log-start-offset-checkpoint",
        "2147483647, 2147483647, 5, replication-offset-checkpoint",
    })
    void shouldWriteEachCheckpointInItsOwnTime(int recoveryMs, int startMs, int watermarkMs, String files)
            throws Exception {
        LogDirAtStart logDir = deploy(recoveryMs, startMs, watermarkMs);

        await().until(() -> written().equals(new TreeSet<>(List.of(files.split(" ")))));
        assertThat(Stream.of(
                                logDir.directory().readRecoveryPoints(),
                                logDir.directory().readLogStartOffsets(),
                                logDir.directory().readHighWatermarks(),
                                logDir.directory().readCleanerOffsets())
                        .filter(offsets -> !offsets.isEmpty()))
                .hasSize(files.split(" ").length);
    }

    @Test
    void shouldWriteAllOfThemForAMove() throws Exception {
        LogDirAtStart logDir = deploy(NEVER_MS, NEVER_MS, NEVER_MS);

        Future<Boolean> first = new LogDirsClient(bus).checkpoint(logDir.id());
        assertThat(first.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();

        assertThat(written()).containsExactly(CLEANER, STARTS, RECOVERY, WATERMARKS);
        assertThat(logDir.directory().readLogStartOffsets()).containsEntry(ShardFixture.name(), 2L);
    }

    @Test
    void shouldWriteNothingBeforeAllLogsAreOpen() throws Exception {
        LogDirAtStart logDir = deploy(false, 1, 1, 1);

        Future<Boolean> asked = new LogDirsClient(bus).checkpoint(logDir.id());
        // Whatever was asked after it has been answered too.
        new LogDirsClient(bus)
                .describe()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(asked.isComplete()).isFalse();
        assertThat(written()).isEmpty();

        new LogDirsClient(bus).opened();
        assertThat(asked.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(written()).contains(RECOVERY);
    }

    /** A new log of the same name would be taken for it after a crash. */
    @Test
    void shouldForgetALogThatIsGoneBeforeTheStartGoesOn() throws Exception {
        LogDirectory before = LogDirectory.open(new RealLogFiles(), path);
        before.writeLogStartOffsets(Map.of(new TopicPartition("gone", 0), 9L));
        before.close();
        LogDirAtStart logDir = deploy(false, NEVER_MS, NEVER_MS, NEVER_MS);

        new LogDirsClient(bus)
                .opened()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(logDir.directory().readLogStartOffsets()).containsOnlyKeys(ShardFixture.name());
    }

    /** Not before the metadata has reached the registration of this broker. */
    @Test
    void shouldRemoveWhatADeletedTopicHasLeftWhenAllLogsAreOpen() throws Exception {
        LogDirectory before = LogDirectory.open(new RealLogFiles(), path);
        Path live = Files.createDirectories(before.partitionPath(new TopicPartition("gone", 0)));
        before.writeTopicId(live, new Uuid(9, 9));
        Path stray = before.markStray(live, "aside");
        before.close();
        AtomicInteger asked = new AtomicInteger();
        bus.serve(ImageClient.NEWEST, ask -> {
            asked.incrementAndGet();
            return Future.succeededFuture(ClusterImage.empty("cluster"));
        });
        deploy(false, NEVER_MS, NEVER_MS, NEVER_MS);
        new LogDirsClient(bus)
                .describe()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(stray).exists();
        assertThat(asked).hasValue(0);

        new LogDirsClient(bus).opened();

        await().until(() -> Files.notExists(stray));
    }

    private LogDirAtStart deploy(int recoveryMs, int startMs, int watermarkMs) throws Exception {
        return deploy(true, recoveryMs, startMs, watermarkMs);
    }

    private LogDirAtStart deploy(boolean opened, int recoveryMs, int startMs, int watermarkMs) throws Exception {
        TopicPartition name = ShardFixture.name();
        LogDirAtStart logDir = LogDirAtStart.read(LogDirectory.open(new RealLogFiles(), path), new Uuid(500, 1));
        Offsets offsets = new Offsets(Map.of(name, 1L), Map.of(name, 2L), Map.of(name, 3L), Map.of(name, 4L));
        bus.serve(
                PartitionAddresses.of(0).checkpoint(),
                request -> Future.succeededFuture(new Checkpoints(Map.of(logDir.id(), offsets), true)));
        MaintenanceSettings settings = new MaintenanceSettings(5, recoveryMs, startMs, watermarkMs, 1, 0);
        LogDirsVerticle verticle = new LogDirsVerticle(
                bus,
                new PartitionClient(bus, 1),
                List.of(logDir),
                List.of(),
                batch -> Future.succeededFuture(true),
                settings,
                0,
                60_000);
        vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        if (opened) {
            new LogDirsClient(bus).opened();
        }
        return logDir;
    }

    private SortedSet<String> written() throws Exception {
        TreeSet<String> names = new TreeSet<>(new RealLogFiles().list(path));
        names.removeIf(name -> !name.endsWith("-checkpoint"));
        return names;
    }
}
