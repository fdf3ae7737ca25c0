package dev.weir.broker;

import dev.weir.bus.Broadcast;
import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.ListenerSettings;
import dev.weir.controller.ControllerRoute;
import dev.weir.peer.ForwardedRoute;
import dev.weir.peer.PeerClient;
import dev.weir.peer.PeerClosed;
import dev.weir.peer.PeerEndpoint;
import dev.weir.peer.PeerOptions;
import dev.weir.peer.PeerSecurity;
import dev.weir.peer.QuorumPeers;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.VoterSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * This broker's ways to the others. They are made when the first request is sent, so that a broker that is alone pays nothing
 * for them. Safe on any thread.
 */
final class Peers implements QuorumTransport, ControllerRoute, PeerWatch {
    /** The end of each connection to another broker. */
    static final Broadcast<PeerClosed> CLOSED = new Broadcast<>("peers.closed");

    private static final String VERSION = "1";

    private final Vertx vertx;
    private final BrokerConfig config;
    private final QuorumClient quorum;
    private final Supplier<ListenerSettings> listeners;
    private final Supplier<String> clusterId;
    private final LocalBus bus;
    private @Nullable Ways ways;

    /**
     * No connection yet.
     *
     * @param listeners as they are bound
     */
    Peers(
            Vertx vertx,
            BrokerConfig config,
            QuorumClient quorum,
            Supplier<ListenerSettings> listeners,
            Supplier<String> clusterId,
            LocalBus bus) {
        this.vertx = vertx;
        this.config = config;
        this.quorum = quorum;
        this.listeners = listeners;
        this.clusterId = clusterId;
        this.bus = bus;
    }

    private record Ways(PeerClient client, QuorumPeers toQuorum, ForwardedRoute toController) {}

    private synchronized Ways ways() {
        if (ways == null) {
            String clientId = "broker-" + config.node().nodeId();
            PeerClient client = new PeerClient(
                    vertx, PeerOptions.of(clientId, VERSION), PeerSecurity.PLAINTEXT, end -> bus.publish(CLOSED, end));
            String listener = listeners.get().controllerListener();
            List<PeerEndpoint> bootstrap = config.quorum().bootstrapServers().stream()
                    .map(server -> new PeerEndpoint(server.host(), server.port()))
                    .toList();
            ways = new Ways(
                    client,
                    new QuorumPeers(
                            client,
                            clusterId,
                            new QuorumPeers.Settings(
                                    listener,
                                    Quorums.endpoints(listeners.get()),
                                    bootstrap,
                                    config.quorum().requestTimeoutMs())),
                    new ForwardedRoute(vertx, client, quorum, listener, clientId));
        }
        return ways;
    }

    /** More connections, of whose ends nobody hears; the caller closes them. */
    PeerClient client(String clientId) {
        return new PeerClient(vertx, PeerOptions.of(clientId, VERSION), PeerSecurity.PLAINTEXT, end -> {});
    }

    @Override
    public void watch(PeerEndpoint peer) {
        ways().client().watch(peer);
    }

    @Override
    public void unwatch(PeerEndpoint peer) {
        ways().client().unwatch(peer);
    }

    @Override
    public void send(
            int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
        ways().toQuorum().send(to, voters, request, answered, unanswered);
    }

    @Override
    public <Q extends ApiMessage, R extends ApiMessage> Future<R> ask(
            Q request, int timeoutMs, Function<Q, Future<R>> locally) {
        return ways().toController().ask(request, timeoutMs, locally);
    }

    @Override
    public synchronized void close() {
        if (ways != null) {
            ways.toQuorum().close();
        }
    }
}
