package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.controller.log.MetadataLogOpener;
import dev.weir.controller.log.NoTransport;
import dev.weir.controller.log.QuorumSetup;
import dev.weir.controller.log.SnapshotPolicy;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.NewestImage;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import dev.weir.storage.file.InterceptedLogFiles;
import dev.weir.storage.file.LogFiles;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerVerticleTest {
    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private final CountDownLatch hangs = new CountDownLatch(1);
    private volatile boolean markHangs;
    private final LogFiles disk = new InterceptedLogFiles(files, new InterceptedLogFiles.Mistake() {
        @Override
        public boolean forgetsForce(Path path) {
            if (path.endsWith("quorum-synced.part") && markHangs) {
                hangs.countDown();
                while (markHangs) {
                    Thread.onSpinWait();
                }
            }
            return false;
        }
    });
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final ControllerClient client = new ControllerClient(bus);
    private final NewestImage newest = new NewestImage(ClusterImage.empty(""));
    private String deployment = "";

    @BeforeEach
    void deployAndRegister() throws Exception {
        deploy();
        register();
    }

    @AfterEach
    void close() throws Exception {
        markHangs = false;
        await(vertx.close());
    }

    @Test
    void shouldTellEverySubscriberOfTheNewImageBeforeItAnswers() throws Exception {
        List<ImageChange> seen = new ArrayList<>();
        CompletableFuture<Integer> seenAtAnswer = new CompletableFuture<>();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> {
            bus.subscribe(MetadataUpdates.CHANGES, seen::add);
            client.createTopics(creation("a", "b")).onComplete(done -> seenAtAnswer.complete(seen.size()));
        });

        assertThat(seenAtAnswer.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(seen.get(0).changedTopics()).hasSize(2);
        assertThat(seen.get(0).after().topic("a")).isPresent();
    }

    @Test
    void shouldHaveTheNewImageForAnyThreadToReadWhenItAnswers() throws Exception {
        for (int i = 0; i < 100; i++) {
            await(client.createTopics(creation("t" + i)));

            assertThat(newest.get().topic("t" + i)).isPresent();
        }
    }

    @Test
    void shouldHaveTheImageOfItsLogForAnyThreadToReadFromTheStartOn() throws Exception {
        await(client.createTopics(creation("kept")));
        await(vertx.undeploy(deployment));
        newest.set(ClusterImage.empty(""));

        deploy();

        assertThat(newest.get().topic("kept")).isPresent();
    }

    @Test
    void shouldMakeAnUnbrokenChainOfImages() throws Exception {
        List<ImageChange> seen = new CopyOnWriteArrayList<>();
        bus.subscribe(MetadataUpdates.CHANGES, seen::add);

        await(Future.all(IntStream.range(0, 50)
                .mapToObj(i -> client.createTopics(creation("t" + i)))
                .toList()));
        ClusterImage image = await(client.image());

        assertThat(image.topics().byName()).hasSize(50);
        assertThat(seen).hasSize(50);
        for (int i = 1; i < seen.size(); i++) {
            assertThat(seen.get(i).before()).isSameAs(seen.get(i - 1).after());
        }
    }

    @Test
    void shouldComeBackWithEverythingAfterACrash() throws Exception {
        await(client.createTopics(creation("kept")));
        await(client.allocateProducerIds(blockRequest()));
        ClusterImage before = await(client.image());

        await(vertx.undeploy(deployment));
        files.crash(new java.util.Random(5));
        deploy();
        register();
        ClusterImage after = await(client.image());

        assertThat(after.topic("kept").orElseThrow().id())
                .isEqualTo(before.topic("kept").orElseThrow().id());
        assertThat(after.features()).isEqualTo(before.features()).containsKey("metadata.version");
        assertThat(after.topic("kept").orElseThrow().partition(0).orElseThrow().leaderEpoch())
                .isEqualTo(1);
        assertThat(await(client.allocateProducerIds(blockRequest())).producerIdStart())
                .isEqualTo(1000);
    }

    @Test
    void shouldNeverHandOutAProducerIdTwice() throws Exception {
        AllocateProducerIdsRequestData request = blockRequest();
        List<Future<AllocateProducerIdsResponseData>> blocks = IntStream.range(0, 20)
                .mapToObj(i -> client.allocateProducerIds(request))
                .toList();
        await(Future.all(blocks));

        Set<Long> starts = new java.util.HashSet<>();
        blocks.forEach(block -> starts.add(block.result().producerIdStart()));
        assertThat(starts).hasSize(20);
    }

    @Test
    void shouldAnswerWithAStorageErrorWhereTheDiskFailsAndGoOnWhenItIsBack() throws Exception {
        files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE) {
                throw new IOException("no space left on device");
            }
        });

        assertThatThrownBy(() -> await(client.createTopics(creation("a"))))
                .isInstanceOfSatisfying(
                        BusException.class, e -> assertThat(e.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR));
        files.onOperation((operation, path) -> {});
        CreateTopicsResponseData answer = createWhenTheDiskIsBack("a");

        assertThat(answer.topics().find("a").errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void shouldDescribeTheQuorumWhileTheDiskHangs() throws Exception {
        // given
        markHangs = true;
        AtomicInteger topics = new AtomicInteger();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            client.createTopics(creation("t" + topics.incrementAndGet()));
            return hangs.getCount() == 0;
        });

        // when
        client.createTopics(creation("late"));

        // then
        assertThat(await(new QuorumClient(bus, new KnownReplicas()).view()).leads())
                .isTrue();
    }

    private CreateTopicsResponseData createWhenTheDiskIsBack(String topic) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                return await(client.createTopics(creation(topic)));
            } catch (BusException e) {
                assertThat(e.error()).isIn(Errors.KAFKA_STORAGE_ERROR, Errors.NOT_CONTROLLER);
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }
    }

    private void deploy() throws Exception {
        ControllerCore core = new ControllerCore(TestCluster.SETTINGS, new FakeConfigRules(), new RandomSource() {
            @Override
            public Uuid newId() {
                return Uuid.randomUuid();
            }

            @Override
            public int below(int bound) {
                return 0;
            }
        });
        ReplicaKey me = new ReplicaKey(1, new Uuid(1, 1));
        QuorumSetup setup = new QuorumSetup(
                Optional.of(TestCluster.CLUSTER_ID),
                new Voter(me, List.of()),
                VoterSet.of(List.of(new Voter(ReplicaKey.of(1), List.of()))),
                QuorumSettings.DEFAULT,
                new SnapshotPolicy(1000, 0));
        ControllerVerticle verticle = new ControllerVerticle(
                bus,
                core,
                setup,
                new MetadataLogOpener(disk, LogDirectory.open(disk, Path.of("/data")), 65_536),
                new NoTransport(),
                bound -> 0,
                id -> {},
                newest,
                new KnownReplicas(),
                new BrokerSessions(9000),
                new ControllerTasks(core, new ControllerTasks.Settings(true, 1_000, 1_000)));
        deployment = await(vertx.deployVerticle(
                verticle,
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("controller")
                        .setWorkerPoolSize(1)));
    }

    private void register() throws Exception {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(1)
                .setClusterId(TestCluster.CLUSTER_ID)
                .setIncarnationId(Uuid.randomUuid())
                .setLogDirs(List.of(TestCluster.dir(1)));
        Feature.allSupported().forEach(range -> request.features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(range.name())
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        assertThat(await(client.registerBroker(request)).errorCode()).isEqualTo(Errors.NONE.code());
    }

    private AllocateProducerIdsRequestData blockRequest() throws Exception {
        return new AllocateProducerIdsRequestData()
                .setBrokerId(1)
                .setBrokerEpoch(await(client.image()).broker(1).orElseThrow().epoch());
    }

    private static CreateTopicsRequestData creation(String... names) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        for (String name : names) {
            request.topics()
                    .add(new CreatableTopic().setName(name).setNumPartitions(2).setReplicationFactor((short) 1));
        }
        return request;
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
