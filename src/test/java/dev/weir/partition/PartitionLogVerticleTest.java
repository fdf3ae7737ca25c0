package dev.weir.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.TopicSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.FollowerClient;
import dev.weir.partition.client.FollowerMessages;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
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
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionLogVerticleTest {
    private static final Uuid KEPT = new Uuid(3, 1);
    private static final Uuid LATE = new Uuid(3, 2);
    private static final Uuid GONE = new Uuid(3, 3);
    private static final Uuid MOVED = new Uuid(3, 4);
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
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(image));
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

    /** Between the image by which a broker sets its logs in order, and the shards that are there to hear, a controller goes on. */
    @Test
    void shouldFollowWhatWasCommittedSinceTheImageThatItOpensItsLogsBy() throws Exception {
        LocalBus bus = new LocalBus(vertx);
        InMemoryLogFiles files = new InMemoryLogFiles();
        ClusterImage image = apply(
                ClusterImage.empty("cluster"),
                List.of(
                        new TopicRecord("kept", KEPT),
                        partition(KEPT),
                        new TopicRecord("gone", GONE),
                        partition(GONE),
                        new TopicRecord("moved", MOVED),
                        partition(MOVED)));
        ClusterImage newest = apply(
                image,
                List.of(
                        new RemoveTopicRecord(GONE),
                        PartitionChangeRecord.of(MOVED, 0).withLeader(2),
                        new ConfigRecord(
                                new ConfigResource(ConfigResource.Type.TOPIC, "kept"), "max.message.bytes", "10"),
                        new TopicRecord("late", LATE),
                        partition(LATE)));
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(newest));

        deploy(bus, files, image);

        assertThat(files.list(Path.of("/logs")))
                .contains("kept-0", "moved-0", "late-0")
                .doesNotContain("gone-0");
        PartitionClient partitions = new PartitionClient(bus, 1);
        assertThat(append(partitions, KEPT)).isEqualTo(Errors.MESSAGE_TOO_LARGE);
        assertThat(append(partitions, MOVED)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(append(partitions, LATE)).isEqualTo(Errors.NONE);
    }

    /** Each change is taken in once, whether it comes before, within or after the step to the whole image. */
    @Test
    void shouldBeInStepWithAControllerThatNeverStopsToDecide() throws Exception {
        LocalBus bus = new LocalBus(vertx);
        InMemoryLogFiles files = new InMemoryLogFiles();
        BusyController controller = new BusyController(bus);
        await(vertx.deployVerticle(controller));
        ClusterImage early = await(new ImageClient(bus).newest());

        deploy(bus, files, early);
        ClusterImage last = await(controller.last.future());
        await(Future.all(new PartitionClient(bus, 1).stats(false)));

        List<String> expected = last.topics().byName().keySet().stream()
                .map(name -> name + "-0")
                .toList();
        assertThat(files.list(Path.of("/logs")))
                .filteredOn(name -> name.matches("t\\d+-0"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Errors append(PartitionClient partitions, Uuid topic) throws Exception {
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("some text".getBytes(UTF_8)))
                .buffer();
        AppendRequest request = new AppendRequest(
                List.of(new AppendRequest.Entry(new PartitionKey(topic, 0), -1, batch)),
                (short) 1,
                1_000,
                (short) 13,
                AppendRequest.Origin.CLIENT);
        return await(partitions.append(request)).get(0).error();
    }

    @Test
    void shouldTakeTheTurnsOfAFollowerUntilItCloses() throws Exception {
        LocalBus bus = new LocalBus(vertx);
        PartitionRecord followed = new PartitionRecord(
                KEPT,
                0,
                List.of(2, 1),
                List.of(2, 1),
                List.of(),
                List.of(),
                2,
                0,
                0,
                List.of(new Uuid(500, 2), DIRECTORY),
                false);
        ClusterImage image = apply(ClusterImage.empty("cluster"), List.of(new TopicRecord("kept", KEPT), followed));
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(image));
        deploy(bus, new InMemoryLogFiles(), image);
        FollowerClient followers = new FollowerClient(bus, 0);
        Place start = new Place(0, -1);
        FollowerTurn turn = new FollowerTurn(List.of(new FollowerMessages.Entry(
                new PartitionKey(KEPT, 0), 0, new Step.Append(start, FollowerPathTest.stamped(0, 0, "a"), 1, 0))));

        assertThat(await(followers.follow(turn)))
                .containsExactly(new Outcome.Done(new Position(new Place(1, 0), 0, 1)));

        await(new PartitionClient(bus, 1).checkpoint(true));
        assertThat(await(followers.follow(turn)).get(0)).isInstanceOf(Outcome.Refused.class);
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
                (now, topic) -> TopicSettings.toLogConfig(config, now.configs().ofTopic(topic)),
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
                        request -> Future.failedFuture("no controller"),
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
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** Makes a topic and deletes an older one with each change, on a thread of its own. */
    private static final class BusyController extends VerticleBase {
        private static final int CHANGES = 300;
        private static final int LIVE = 5;

        final Promise<ClusterImage> last = Promise.promise();
        private final LocalBus bus;
        private ClusterImage image = ClusterImage.empty("cluster");
        private int changes;

        BusyController(LocalBus bus) {
            this.bus = bus;
        }

        @Override
        public Future<?> start() {
            bus.serve(ImageClient.NEWEST, asked -> {
                // The first question is for an image to open logs by; it is old when they are open.
                if (changes == 0) {
                    next();
                }
                return Future.succeededFuture(image);
            });
            return Future.succeededFuture();
        }

        private void next() {
            List<MetadataRecord> records = new ArrayList<>();
            Uuid topic = new Uuid(7, changes);
            records.add(new TopicRecord("t" + changes, topic));
            records.add(partition(topic));
            if (changes >= LIVE) {
                records.add(new RemoveTopicRecord(new Uuid(7, changes - LIVE)));
            }
            ImageChange change = ImageChange.of(image, records, new LogPosition(changes, 1));
            image = change.after();
            changes++;
            bus.publish(MetadataUpdates.CHANGES, change);
            if (changes < CHANGES) {
                context.runOnContext(turn -> next());
            } else {
                last.tryComplete(image);
            }
        }
    }
}
