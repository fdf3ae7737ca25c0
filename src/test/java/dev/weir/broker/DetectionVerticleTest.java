package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import dev.weir.cluster.ClusterClient;
import dev.weir.cluster.ClusterUpdates;
import dev.weir.cluster.FailureDetectorVerticle;
import dev.weir.cluster.Life;
import dev.weir.cluster.MembershipUpdate;
import dev.weir.cluster.MembershipView;
import dev.weir.cluster.Peer;
import dev.weir.cluster.PeerChange;
import dev.weir.controller.BrokerDeath;
import dev.weir.controller.ControllerClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.NewestImage;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.network.FakeQuorum;
import dev.weir.peer.PeerClosed;
import dev.weir.peer.PeerEndpoint;
import dev.weir.peer.PeerPurpose;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumEvent;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Which deaths are told to the controller: the real detection and probes over loopback, with peers that are only ports. Broker 1
 * watches; broker 9 dies last in each test, so that what is not told of the others before will not be told.
 */
@Timeout(120)
class DetectionVerticleTest {
    private static final int SELF = 1;
    private static final int LAST = 9;
    private static final String POOL = "detection";

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final FakeQuorum quorum = new FakeQuorum(bus);
    private final Watched peers = new Watched();
    private final NewestImage newest = new NewestImage(ClusterImage.empty("cluster"));
    private final Map<Integer, ServerSocket> brokers = new HashMap<>();
    private final Map<Integer, PeerEndpoint> endpoints = new HashMap<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<BrokerDeath> deaths = new CopyOnWriteArrayList<>();
    private final List<QuorumEvent.LeaderLost> lost = new CopyOnWriteArrayList<>();
    private int registrations;

    @BeforeEach
    void start() throws Exception {
        end(vertx.deployVerticle(quorum));
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(newest.get()));
        bus.serve(new Address<BrokerDeath, Errors>("controller.broker-died", 100), death -> {
            deaths.add(death);
            return Future.succeededFuture(Errors.NONE);
        });
        bus.serve(QuorumClient.LEADER_LOST, event -> {
            lost.add(event);
            return Future.succeededFuture(true);
        });
        end(vertx.deployVerticle(
                new FailureDetectorVerticle(bus, SELF),
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName(POOL)
                        .setWorkerPoolSize(1)));
        register(SELF);
        register(LAST);
        quorum.leader(SELF, brokers.get(SELF).getLocalPort(), true);
        end(vertx.deployVerticle(new DetectionVerticle(
                bus,
                SELF,
                "PLAINTEXT",
                peers,
                newest,
                new ControllerClient(bus),
                new QuorumClient(bus, new KnownReplicas()),
                new ClusterClient(bus))));
    }

    @AfterEach
    void stop() throws Exception {
        end(vertx.close());
        for (Socket socket : sockets) {
            socket.close();
        }
        for (ServerSocket broker : brokers.values()) {
            broker.close();
        }
    }

    @Test
    void shouldReportABrokerWhoseConnectionHasClosedAndWhoseProbeIsRefused() throws Exception {
        watch(2);

        brokers.get(2).close();
        closed(2, PeerPurpose.WATCH);

        await().until(() -> !deaths.isEmpty());
        assertThat(deaths.get(0)).isEqualTo(new BrokerDeath(2, life(2).incarnation(), "CONNECTION_CLOSED_AND_REFUSED"));
    }

    @Test
    void shouldNotReportABrokerThatIsOnlyToldToBeGone() throws Exception {
        watch(2);
        watch(3);

        closed(2, PeerPurpose.WATCH);
        memberLost(3);

        dieLast();
        assertThat(deaths).extracting(BrokerDeath::brokerId).containsOnly(LAST);
    }

    /** Connections of other purposes come and go. */
    @Test
    void shouldNotEvenProbeForTheEndOfAnotherConnection() throws Exception {
        watch(2);
        brokers.get(2).close();

        closed(2, PeerPurpose.FORWARDING);

        dieLast();
        assertThat(deaths).extracting(BrokerDeath::brokerId).containsOnly(LAST);
    }

    @Test
    void shouldReportAMemberThatIsLostAfterAProbe() throws Exception {
        watch(2);

        brokers.get(2).close();
        memberLost(2);

        await().until(() -> !deaths.isEmpty());
        assertThat(deaths.get(0)).isEqualTo(new BrokerDeath(2, life(2).incarnation(), "MEMBER_LOST_AND_REFUSED"));
    }

    /** Was it this process that was gone? What had been told before counts for nothing then. */
    @Test
    void shouldReportNoOneForWhatWasToldBeforeThisProcessStoodStill() throws Exception {
        watch(2);
        watch(3);
        fill(2);
        fill(3);

        memberLost(2);
        standStill();

        // Told again and again, since a busy machine may make this process stand still once more.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            memberLost(3);
            return !deaths.isEmpty();
        });
        assertThat(deaths)
                .extracting(BrokerDeath::brokerId, BrokerDeath::evidence)
                .containsOnly(tuple(3, "MEMBER_LOST_AND_UNREACHABLE"));
    }

    @Test
    void shouldTellTheNextControllerOfThoseThatDiedBefore() throws Exception {
        register(2);
        quorum.leader(2, brokers.get(2).getLocalPort(), false);
        await().until(() -> peers.endpoints.equals(Set.of(endpoint(2))));

        brokers.get(2).close();
        closed(2, PeerPurpose.WATCH);
        await().until(() -> !lost.isEmpty() || !deaths.isEmpty());
        deaths.clear();
        quorum.leader(SELF, brokers.get(SELF).getLocalPort(), true);

        await().until(() -> deaths.stream().anyMatch(death -> death.brokerId() == 2));
    }

    @Test
    void shouldWatchTheControllerOnlyIfAnotherBrokerIsIt() throws Exception {
        watch(2);
        watch(3);

        quorum.leader(3, brokers.get(3).getLocalPort(), false);

        await().until(() -> peers.endpoints.equals(Set.of(endpoint(3))));
    }

    /** Registers a broker and waits until it is watched. */
    private void watch(int id) throws Exception {
        register(id);
        await().until(() -> peers.endpoints.contains(endpoint(id)));
    }

    private void register(int id) throws IOException {
        ServerSocket listens = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        brokers.put(id, listens);
        endpoints.put(id, new PeerEndpoint("127.0.0.1", listens.getLocalPort()));
        Endpoint at = new Endpoint("PLAINTEXT", "127.0.0.1", listens.getLocalPort(), SecurityProtocol.PLAINTEXT);
        MetadataRecord record = new RegisterBrokerRecord(
                id,
                life(id).incarnation(),
                ++registrations,
                List.of(at),
                List.of(),
                null,
                false,
                false,
                List.of(Uuid.randomUuid()));
        ImageChange change = ImageChange.of(newest.get(), List.of(record), new LogPosition(registrations, 1));
        bus.publish(MetadataUpdates.CHANGES, change);
        newest.set(change.after());
    }

    private PeerEndpoint endpoint(int id) {
        return endpoints.get(id);
    }

    private static Life life(int id) {
        return new Life(id, new Uuid(7, id));
    }

    private void closed(int id, PeerPurpose purpose) {
        bus.publish(Peers.CLOSED, new PeerClosed(endpoint(id), purpose, PeerClosed.Cause.CLOSED));
    }

    private void memberLost(int id) {
        Peer peer = new Peer(
                life(id),
                new dev.weir.cluster.Endpoint("127.0.0.1", endpoint(id).port()));
        bus.publish(
                ClusterUpdates.MEMBERSHIP,
                new MembershipUpdate(new MembershipView(true, List.of()), List.of(new PeerChange.PeerLost(peer))));
    }

    private void dieLast() throws IOException {
        brokers.get(LAST).close();
        await().until(() -> peers.endpoints.contains(endpoint(LAST)));
        closed(LAST, PeerPurpose.WATCH);
        await().until(() -> !deaths.isEmpty());
    }

    /** From here on the broker answers nobody, as a host that is gone. */
    private void fill(int id) throws IOException {
        while (true) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), endpoint(id).port()),
                        300);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    /** Holds the one thread of the detection for as long as tells it that it has stood still. */
    private void standStill() throws Exception {
        WorkerExecutor detection = vertx.createSharedWorkerExecutor(POOL, 1);
        end(detection.executeBlocking(() -> {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            return true;
        }));
    }

    private static <T> T end(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** Peers that nobody connects to. */
    private static final class Watched implements PeerWatch {
        final Set<PeerEndpoint> endpoints = ConcurrentHashMap.newKeySet();

        @Override
        public void watch(PeerEndpoint peer) {
            endpoints.add(peer);
        }

        @Override
        public void unwatch(PeerEndpoint peer) {
            endpoints.remove(peer);
        }
    }
}
