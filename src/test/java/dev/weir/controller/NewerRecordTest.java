package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.bus.LocalBus;
import dev.weir.controller.log.MetadataLogException;
import dev.weir.controller.log.MetadataLogOpener;
import dev.weir.controller.log.NewerMetadata;
import dev.weir.controller.log.QuorumSetup;
import dev.weir.controller.log.SnapshotPolicy;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.OffsetAndEpoch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumCall;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker among several to which a newer one sends what it does not understand. */
class NewerRecordTest {
    private static final int LEADER = 2;
    private static final int EPOCH = 5;
    private static final ReplicaKey ME = new ReplicaKey(1, new Uuid(1, 1));

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final InMemoryLogFiles files = new InMemoryLogFiles();

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    static Stream<List<Integer>> voters() {
        return Stream.of(List.of(1, LEADER, 3), List.of(LEADER, 3, 4));
    }

    /** As a voter, and as an observer. */
    @ParameterizedTest
    @MethodSource("voters")
    void shouldSayThatItMustBeUpgradedIfARecordOfANewerVersionComes(List<Integer> voters) throws Exception {
        ControllerVerticle controller = controller(voters, request -> records(NewerMetadata.batch(0, EPOCH)));

        await(deploy(controller));
        begin(voters);

        assertThat(await(controller.unable()))
                .contains("type 99, version 7")
                .contains("must be upgraded")
                .doesNotContain("disk");
    }

    @ParameterizedTest
    @MethodSource("voters")
    void shouldSayThatItMustBeUpgradedIfASnapshotOfANewerVersionComes(List<Integer> voters) throws Exception {
        OffsetAndEpoch id = new OffsetAndEpoch(8, EPOCH);
        ByteBuffer snapshot = NewerMetadata.snapshot(EPOCH);
        ControllerVerticle controller = controller(
                voters,
                request -> request instanceof QuorumRequest.FetchSnapshot
                        ? new QuorumAnswer(
                                new FetchSnapshotResponse(
                                        Errors.NONE,
                                        EPOCH,
                                        LEADER,
                                        id,
                                        0,
                                        snapshot.remaining(),
                                        snapshot.remaining(),
                                        Optional.empty()),
                                snapshot)
                        : QuorumAnswer.of(new FetchResponse(
                                Errors.NONE, EPOCH, LEADER, 8, Optional.empty(), Optional.of(id), List.of())));

        await(deploy(controller));
        begin(voters);

        assertThat(await(controller.unable()))
                .contains("type 99, version 7")
                .contains("must be upgraded")
                .doesNotContain("disk");
    }

    /** What it has appended before it was told, or another version has, is there at the next start. */
    @Test
    void shouldNotStartWithARecordOfANewerVersionInItsLog() throws Exception {
        List<Integer> voters = List.of(1, LEADER, 3);
        ControllerVerticle before = controller(voters, request -> records(NewerMetadata.batch(0, EPOCH)));
        String deployed = await(deploy(before));
        begin(voters);
        await(before.unable());
        await(vertx.undeploy(deployed));

        assertThatThrownBy(() -> await(deploy(controller(voters, request -> records(ByteBuffer.allocate(0))))))
                .isInstanceOf(MetadataLogException.class)
                .hasMessageContaining("type 99, version 7")
                .hasMessageContaining("must be upgraded");
    }

    private static QuorumAnswer records(ByteBuffer bytes) {
        FetchResponse head =
                new FetchResponse(Errors.NONE, EPOCH, LEADER, 0, Optional.empty(), Optional.empty(), List.of());
        return new QuorumAnswer(head, bytes);
    }

    /** The leader makes itself known to a voter; an observer finds it by itself. */
    private void begin(List<Integer> voters) {
        if (voters.contains(ME.id())) {
            new QuorumClient(bus, new KnownReplicas())
                    .ask(new QuorumCall(new QuorumRequest.BeginQuorumEpoch(LEADER, EPOCH, ME, Optional.empty()), 1));
        }
    }

    private ControllerVerticle controller(List<Integer> voters, Function<QuorumRequest, QuorumAnswer> leader)
            throws Exception {
        VoterSet configured = VoterSet.of(voters.stream()
                .map(id -> new Voter(ReplicaKey.of(id), List.of(new Voter.Endpoint("PLAINTEXT", "localhost", id))))
                .toList());
        ControllerCore core = new ControllerCore(TestCluster.SETTINGS, new FakeConfigRules(), new ZeroRandom());
        return new ControllerVerticle(
                bus,
                core,
                new QuorumSetup(
                        Optional.of("cluster"),
                        new Voter(ME, List.of()),
                        configured,
                        QuorumSettings.DEFAULT,
                        new SnapshotPolicy(1000, 0)),
                new MetadataLogOpener(files, LogDirectory.open(files, Path.of("/data")), 65_536),
                new ToLeader(leader),
                bound -> 0,
                id -> {},
                new NewestImage(ClusterImage.empty("")),
                new KnownReplicas(),
                new BrokerSessions(9000),
                new ControllerTasks(core, new ControllerTasks.Settings(true, 1_000, 1_000)));
    }

    private Future<String> deploy(ControllerVerticle controller) {
        return vertx.deployVerticle(
                controller,
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("controller")
                        .setWorkerPoolSize(1));
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static final class ZeroRandom implements RandomSource {
        @Override
        public Uuid newId() {
            return Uuid.randomUuid();
        }

        @Override
        public int below(int bound) {
            return 0;
        }
    }

    /** Only the leader answers. */
    private record ToLeader(Function<QuorumRequest, QuorumAnswer> leader) implements QuorumTransport {
        @Override
        public void send(
                int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
            boolean fetch = request instanceof QuorumRequest.Fetch || request instanceof QuorumRequest.FetchSnapshot;
            if (to == LEADER && fetch) {
                answered.accept(leader.apply(request));
            } else if (fetch) {
                answered.accept(QuorumAnswer.of(new FetchResponse(
                        Errors.NOT_LEADER_OR_FOLLOWER,
                        EPOCH,
                        LEADER,
                        -1,
                        Optional.empty(),
                        Optional.empty(),
                        List.of())));
            } else {
                unanswered.run();
            }
        }

        @Override
        public void close() {}
    }
}
