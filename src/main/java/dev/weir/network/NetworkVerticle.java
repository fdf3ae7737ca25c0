package dev.weir.network;

import dev.weir.network.NetworkOptions.ListenAddress;
import dev.weir.network.api.ApiTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the Kafka protocol server. Vert.x spreads the accepted connections over all instances. Owns its
 * connections; on stop it takes no more requests, answers those in flight and closes.
 */
public final class NetworkVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkVerticle.class);
    private static final long SWEEP_MS = 5_000;
    private static final long PROBATION_MS = 3_000;
    private static final long BROKERS_BYTES = 64L << 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final AtomicLong CONNECTION_IDS = new AtomicLong();

    private final NetworkOptions options;
    private final Shared shared;
    private final MeterRegistry registry;
    private final Supplier<Future<ApiTable>> tables;
    private final Set<Connection> connections = new HashSet<>();
    private final Promise<Void> drained = Promise.promise();
    private List<NetServer> servers = List.of();
    private boolean stopping;

    /**
     * One instance; all instances of a broker share {@code shared}.
     *
     * @param tables makes the handlers of this instance, which know the newest metadata; called on its event loop
     */
    public NetworkVerticle(
            NetworkOptions options, Shared shared, MeterRegistry registry, Supplier<Future<ApiTable>> tables) {
        this.options = options;
        this.shared = shared;
        this.registry = registry;
        this.tables = tables;
    }

    @Override
    public Future<?> start() {
        return tables.get().compose(this::listen);
    }

    private Future<?> listen(ApiTable table) {
        NetworkMetrics metrics = new NetworkMetrics(registry, shared.quotas, shared.memory);
        RequestDispatcher dispatcher = new RequestDispatcher(table, shared.warnings);
        if (options.maxIdleMs() > 0) {
            vertx.setPeriodic(Math.min(SWEEP_MS, options.maxIdleMs()), timer -> sweep());
        }
        vertx.setPeriodic(SWEEP_MS, timer -> closeStalled());
        servers = options.addresses().stream()
                .map(address -> vertx.createNetServer(serverOptions(address))
                        .connectHandler(socket -> accept(socket, address, dispatcher, metrics)))
                .toList();
        return Future.all(servers.stream().map(NetServer::listen).toList());
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        // Closing a server would close its connections at once, so replies in flight go out first.
        List.copyOf(connections).forEach(Connection::drain);
        if (connections.isEmpty()) {
            drained.tryComplete();
        }
        vertx.setTimer(options.drainMs(), timer -> drained.tryComplete());
        return drained.future()
                .transform(done ->
                        Future.all(servers.stream().map(NetServer::close).toList()));
    }

    private NetServerOptions serverOptions(ListenAddress address) {
        NetServerOptions server = new NetServerOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setReuseAddress(true)
                .setAcceptBacklog(options.backlog());
        if (options.sendBufferBytes() > 0) {
            server.setSendBufferSize(options.sendBufferBytes());
        }
        if (options.receiveBufferBytes() > 0) {
            server.setReceiveBufferSize(options.receiveBufferBytes());
        }
        return server;
    }

    private void accept(
            NetSocket socket, ListenAddress listening, RequestDispatcher dispatcher, NetworkMetrics metrics) {
        ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
        if (!(vertxHandler.channel().remoteAddress() instanceof InetSocketAddress peer) || stopping) {
            socket.close();
            return;
        }
        InetAddress address = peer.getAddress();
        ConnectionQuotas.Place place = shared.quotas.admit(address, listening.use());
        if (place.isOut()) {
            metrics.refused();
            shared.warnings.warn(
                    ClientWarnings.Kind.CONNECTION_REFUSED,
                    System.nanoTime(),
                    "Refusing a connection from " + address.getHostAddress() + ": " + place.over() + " is reached");
            socket.close();
            return;
        }
        Connection connection = new Connection(
                CONNECTION_IDS.incrementAndGet(),
                listening.listener(),
                address,
                vertxHandler,
                dispatcher,
                metrics,
                shared.warnings,
                place,
                System.nanoTime());
        FrameAssembler assembler = new FrameAssembler(options.maxRequestBytes(), shared.frameMemory(), connection);
        vertxHandler.pipeline().addBefore(vertxHandler.name(), "frames", assembler);
        connections.add(connection);
        if (place.isOnProbation()) {
            place.onPushedOut(() -> vertxHandler.executor().execute(connection::endProbation));
            vertx.setTimer(PROBATION_MS, timer -> connection.endProbation());
        }
        // A peer that resets its connection is no fault of the broker; Vert.x would log it as an error.
        socket.exceptionHandler(cause -> LOG.debug("Connection from {}: {}", address, cause.toString()));
        socket.closeHandler(closed -> {
            connections.remove(connection);
            connection.onClosed();
            if (stopping && connections.isEmpty()) {
                drained.tryComplete();
            }
        });
    }

    private void sweep() {
        long now = System.nanoTime();
        long maxIdle = TimeUnit.MILLISECONDS.toNanos(options.maxIdleMs());
        List.copyOf(connections).forEach(connection -> connection.closeIfIdle(now, maxIdle));
    }

    private void closeStalled() {
        long now = System.nanoTime();
        List.copyOf(connections).forEach(connection -> connection.closeIfStalled(now, PATIENCE_NANOS));
    }

    /** What the network verticles of one broker have in common: bounds that hold for all of them together. */
    public static final class Shared {
        private final RequestMemory memory;
        private final RequestMemory memoryOfBrokers = new RequestMemory(BROKERS_BYTES);
        private final ConnectionQuotas quotas;
        private final ClientWarnings warnings = new ClientWarnings(System.nanoTime());

        public Shared(NetworkOptions options) {
            this.memory = new RequestMemory(options.queuedMaxBytes());
            this.quotas = new ConnectionQuotas(options.maxConnections(), options.maxConnectionsPerIp());
        }

        private FrameMemory frameMemory() {
            return new FrameMemory(memory, memoryOfBrokers);
        }

        /** Takes altered limits for the connections to come. */
        public void limit(int maxConnections, int maxPerIp) {
            quotas.limit(maxConnections, maxPerIp);
        }
    }
}
