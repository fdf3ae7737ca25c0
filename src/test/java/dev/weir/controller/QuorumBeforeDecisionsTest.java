package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.controller.log.MetadataLogOpener;
import dev.weir.controller.log.NoTransport;
import dev.weir.controller.log.QuorumSetup;
import dev.weir.controller.log.SnapshotPolicy;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.NewestImage;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumCall;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The controller's thread is the quorum's too: a queue of requests must not keep a vote waiting. */
class QuorumBeforeDecisionsTest {
    private static final int SECONDS = 20;
    private static final ReplicaKey ME = new ReplicaKey(1, new Uuid(1, 1));

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final KnownReplicas known = new KnownReplicas();
    private final ControllerClient client = new ControllerClient(bus);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch voteAnswered = new CountDownLatch(1);
    private final AtomicInteger topics = new AtomicInteger();
    private volatile boolean voteCameFirst;

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @Test
    void shouldAnswerAVoteThoughManyDecisionsAreAskedFor() throws Exception {
        deploy();
        register();
        List<Future<CreateTopicsResponseData>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(client.createTopics(new CreateTopicsRequestData().setTopics(one("t" + i))));
        }
        Vote vote = new Vote(ReplicaKey.of(1), ME, 1, new OffsetAndEpoch(0, 0), false, Optional.empty());
        new QuorumClient(bus, known).ask(new QuorumCall(vote, 1)).onComplete(answer -> voteAnswered.countDown());
        asked.countDown();

        await(Future.join(answers));

        assertThat(voteCameFirst).isTrue();
        assertThat(topics).hasValue(100);
    }

    /** The first decision takes until everything is asked; the second one, until the vote is answered. */
    private Uuid idOfTopic() {
        int number = topics.incrementAndGet();
        try {
            if (number == 1 && !asked.await(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nothing was asked");
            } else if (number == 2) {
                voteCameFirst = voteAnswered.await(SECONDS / 4, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return Uuid.randomUuid();
    }

    private static CreateTopicsRequestData.CreatableTopicCollection one(String name) {
        CreateTopicsRequestData.CreatableTopicCollection all = new CreateTopicsRequestData.CreatableTopicCollection();
        all.add(new CreatableTopic().setName(name).setNumPartitions(1).setReplicationFactor((short) 1));
        return all;
    }

    /** Topics need a broker. */
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

    private void deploy() throws Exception {
        ControllerCore core = new ControllerCore(TestCluster.SETTINGS, new FakeConfigRules(), new RandomSource() {
            @Override
            public Uuid newId() {
                return idOfTopic();
            }

            @Override
            public int below(int bound) {
                return 0;
            }
        });
        InMemoryLogFiles files = new InMemoryLogFiles();
        QuorumSetup setup = new QuorumSetup(
                Optional.of(TestCluster.CLUSTER_ID),
                new Voter(ME, List.of()),
                VoterSet.of(List.of(new Voter(ReplicaKey.of(1), List.of()))),
                QuorumSettings.DEFAULT,
                new SnapshotPolicy(Long.MAX_VALUE, 0));
        ControllerVerticle verticle = new ControllerVerticle(
                bus,
                core,
                setup,
                new MetadataLogOpener(files, LogDirectory.open(files, Path.of("/data")), 65_536),
                new NoTransport(),
                bound -> 0,
                id -> {},
                new NewestImage(ClusterImage.empty("")),
                known,
                new BrokerSessions(9000),
                new ControllerTasks(core, new ControllerTasks.Settings(true, 1_000, 1_000)));
        await(vertx.deployVerticle(
                verticle,
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("controller")
                        .setWorkerPoolSize(1)));
        BrokerRegistrationRequestData registration = new BrokerRegistrationRequestData()
                .setBrokerId(1)
                .setClusterId(TestCluster.CLUSTER_ID)
                .setIncarnationId(new Uuid(4, 4))
                .setLogDirs(List.of(TestCluster.dir(1)));
        registration
                .features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName("metadata.version")
                        .setMinSupportedVersion((short) 1)
                        .setMaxSupportedVersion((short) 25));
        await(client.registerBroker(registration));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(3 * SECONDS, TimeUnit.SECONDS);
    }
}
