package dev.weir.network;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.LoggerLevels;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.ProducerIdClient;
import dev.weir.group.GroupClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.network.NetworkOptions.ListenAddress;
import dev.weir.network.api.AnswerMemory;
import dev.weir.network.api.ApiServices;
import dev.weir.network.api.BrokerView;
import dev.weir.network.api.ClientGate;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.peer.ForwardedRoute;
import dev.weir.peer.PeerClient;
import dev.weir.peer.PeerEndpoint;
import dev.weir.peer.PeerOptions;
import dev.weir.peer.PeerSecurity;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The network of one broker in this process, with a quorum of the test behind it and whatever the test serves on its bus. */
public final class PeerNode implements AutoCloseable {
    private static final PeerOptions OPTIONS =
            new PeerOptions("broker", "1", 20_000, 5, 20, 60_000, 10, 100, 1 << 20, 1 << 20);

    final Vertx vertx = Vertx.vertx();
    final LocalBus bus = new LocalBus(vertx);
    final KnownReplicas known = new KnownReplicas();
    final FakeQuorum quorum = new FakeQuorum(bus);
    final PeerClient peers = new PeerClient(vertx, OPTIONS, PeerSecurity.PLAINTEXT, closed -> {});
    final ControllerClient controller;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final int port;

    PeerNode(int id, String clusterId, int queuedMaxBytes) throws Exception {
        this(id, clusterId, queuedMaxBytes, 100);
    }

    PeerNode(int id, String clusterId, int queuedMaxBytes, int maxConnections) throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        controller = new ControllerClient(
                bus, new ForwardedRoute(vertx, peers, new QuorumClient(bus, known), "PLAINTEXT", "broker-" + id));
        NetworkOptions options = new NetworkOptions(
                List.of(new ListenAddress("PLAINTEXT", "127.0.0.1", port, NetworkOptions.Use.BOTH)),
                1 << 20,
                queuedMaxBytes,
                maxConnections,
                maxConnections,
                0,
                0,
                0,
                50,
                10_000);
        BrokerConfig config = BrokerConfig.of(Map.of("node.id", String.valueOf(id)));
        await(vertx.deployVerticle(quorum));
        await(vertx.deployVerticle(new NetworkVerticle(
                options,
                new NetworkVerticle.Shared(options),
                registry,
                () -> Future.succeededFuture(new ApiServices(
                                new BrokerView(id, config, new NewestImage(ClusterImage.empty(clusterId))),
                                new PartitionClient(bus, 1),
                                new LogDirsClient(bus),
                                controller,
                                new ProducerIdClient(bus),
                                new QuorumClient(bus, known),
                                new AnswerMemory(),
                                new GroupClient(bus, 1),
                                new NoLoggers(),
                                ClientGate.opened(),
                                1)
                        .table()))));
    }

    PeerEndpoint endpoint() {
        return new PeerEndpoint("127.0.0.1", port);
    }

    /** Open connections. */
    double connections() {
        return registry.get("weir.network.connections").gauge().value();
    }

    /** Bytes of the memory for clients' requests that are used. */
    double usedMemory() {
        return registry.get("weir.network.request.memory.bytes").gauge().value();
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        await(peers.close());
        await(vertx.close());
    }

    private static final class NoLoggers implements LoggerLevels {
        @Override
        public Map<String, String> levels() {
            return Map.of(ROOT, "INFO");
        }

        @Override
        public void set(String logger, String level) {}

        @Override
        public void unset(String logger) {}
    }
}
