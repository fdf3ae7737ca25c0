package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.TopicSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.IoThrottle;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionLogVerticleTest {
    private static final Uuid KEPT = new Uuid(3, 1);
    private static final Uuid LATE = new Uuid(3, 2);
    private static final Uuid DIRECTORY = new Uuid(500, 1);

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    /** A controller elsewhere decides on while this broker stops. */
    @Test
    void shouldTouchNoLogAfterItHasBeenToldToClose() throws Exception {
        LocalBus bus = new LocalBus(vertx);
        InMemoryLogFiles files = new InMemoryLogFiles();
        ClusterImage image =
                apply(ClusterImage.empty("cluster"), List.of(new TopicRecord("kept", KEPT), partition(KEPT)));
        deploy(bus, files, image);
        PartitionClient partitions = new PartitionClient(bus, 1);
        await(partitions.checkpoint(true));

        List<MetadataRecord> late =
                List.of(new RemoveTopicRecord(KEPT), new TopicRecord("late", LATE), partition(LATE));
        Promise<Object> asked = Promise.promise();
        // In one context, so that the shard takes the request after the change.
        vertx.runOnContext(turn -> {
            bus.publish(MetadataUpdates.CHANGES, ImageChange.of(image, late, new LogPosition(9, 1)));
            Future.all(partitions.stats(false)).<Object>mapEmpty().onComplete(asked);
        });
        await(asked.future());

        assertThat(files.list(Path.of("/logs"))).contains("kept-0").doesNotContain("late-0");
    }

    private void deploy(LocalBus bus, InMemoryLogFiles files, ClusterImage image) throws Exception {
        BrokerConfig config = BrokerConfig.of(Map.of());
        LogDirAtStart logDir = LogDirAtStart.read(LogDirectory.open(files, Path.of("/logs")), DIRECTORY);
        WorkerExecutor pool = vertx.createSharedWorkerExecutor("syncs", 1);
        ShardOptions options = new ShardOptions(
                1,
                0,
                1,
                List.of(logDir),
                List.of(),
                new DirectoryLoads(List.of(logDir)),
                16,
                1_000,
                now -> config,
                (now, topic) -> TopicSettings.toLogConfig(config, Map.of()),
                name -> new ProducerStateManager());
        await(vertx.deployVerticle(
                new PartitionLogVerticle(
                        bus,
                        options,
                        image,
                        new OpenFileCache(files, 16),
                        pool,
                        pool,
                        new IoThrottle(1e9),
                        new CleanerSlots(),
                        () -> {}),
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("shard")
                        .setWorkerPoolSize(1)));
    }

    private static ClusterImage apply(ClusterImage image, List<MetadataRecord> records) {
        ClusterImage applied = image;
        for (MetadataRecord record : records) {
            applied = applied.apply(record);
        }
        return applied;
    }

    private static PartitionRecord partition(Uuid topic) {
        return new PartitionRecord(
                topic, 0, List.of(1), List.of(1), List.of(), List.of(), 1, 0, 0, List.of(DIRECTORY), false);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
