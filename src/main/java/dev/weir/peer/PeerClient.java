package dev.weir.peer;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Sends requests to other brokers, over one connection for each peer and purpose. Owns its connections, on an event loop context
 * of its own; its methods may be called on any thread. Nothing of it counts against the memory for clients' requests.
 */
public final class PeerClient {
    private static final long SWEEP_MS = 10_000;

    private final Vertx vertx;
    private final ContextInternal owner;
    private final NetClient client;
    private final PeerOptions options;
    private final PeerSecurity security;
    private final Consumer<PeerClosed> listener;
    private final Map<Key, PeerConnection> connections = new HashMap<>();
    private boolean closed;

    /**
     * No connection yet.
     *
     * @param listener hears of each connection that ends and each attempt that fails, on the event loop
     */
    public PeerClient(Vertx vertx, PeerOptions options, PeerSecurity security, Consumer<PeerClosed> listener) {
        this.vertx = vertx;
        this.owner = ((VertxInternal) vertx).createEventLoopContext();
        this.client = vertx.createNetClient(security.options()
                .setConnectTimeout(options.connectTimeoutMs())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true));
        this.options = options;
        this.security = security;
        this.listener = listener;
        owner.runOnContext(start -> vertx.setPeriodic(SWEEP_MS, this::sweep));
    }

    /**
     * Sends a request in the newest version that both sides know. The future completes on the caller's context.
     *
     * @param timeoutMs for everything: waiting for a connection, sending, the answer
     * @return the response, or a {@link PeerException}
     */
    public Future<ApiMessage> send(PeerEndpoint to, PeerPurpose purpose, ApiMessage request, int timeoutMs) {
        return send(to, purpose, ApiKeys.forId(request.apiKey()), versions -> request, timeoutMs);
    }

    /** As the other {@code send}, with a request that is made on the event loop as soon as the peer's versions are known. */
    public Future<ApiMessage> send(
            PeerEndpoint to,
            PeerPurpose purpose,
            ApiKeys api,
            Function<PeerVersions, ApiMessage> request,
            int timeoutMs) {
        ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
        Promise<ApiMessage> answer = caller.promise();
        PeerCall call =
                new PeerCall(api, request, PeerConnection.nowMs() + Math.max(1, timeoutMs), new Told(caller, answer));
        owner.runOnContext(turn -> send(new Key(to, purpose), call));
        return answer.future();
    }

    /**
     * As the other {@code send}, over a connection whose responses lie in pooled buffers. Who asks releases the response; one that
     * nobody hears of any more is released here.
     *
     * @param purpose of the kind REPLICA
     */
    public Future<PooledResponse> sendPooled(PeerEndpoint to, PeerPurpose purpose, ApiMessage request, int timeoutMs) {
        ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
        Promise<PooledResponse> answer = caller.promise();
        PeerCall call = new PeerCall(
                ApiKeys.forId(request.apiKey()),
                versions -> request,
                PeerConnection.nowMs() + Math.max(1, timeoutMs),
                new PooledTold(caller, answer));
        owner.runOnContext(turn -> send(new Key(to, purpose), call));
        return answer.future();
    }

    /**
     * Keeps a connection to a peer that is used for nothing, so that the listener hears of its end at once, and then of each
     * failed attempt to open it again: a process that was killed is CLOSED, then REFUSED.
     */
    public void watch(PeerEndpoint peer) {
        owner.runOnContext(turn -> {
            Key key = new Key(peer, PeerPurpose.WATCH);
            if (!closed && connections.size() < options.maxConnections()) {
                connections.computeIfAbsent(key, this::connection).keep();
            }
        });
    }

    /** Ends the connection that {@link #watch} keeps. The listener does not hear of that. */
    public void unwatch(PeerEndpoint peer) {
        owner.runOnContext(turn -> {
            PeerConnection watching = connections.remove(new Key(peer, PeerPurpose.WATCH));
            if (watching != null) {
                watching.end();
            }
        });
    }

    /** Closes all connections for good; what is under way fails at once. */
    public Future<Void> close() {
        Promise<Void> done = Promise.promise();
        owner.runOnContext(turn -> {
            closed = true;
            List.copyOf(connections.values()).forEach(PeerConnection::end);
            connections.clear();
            client.close().onComplete(done);
        });
        return done.future();
    }

    private void send(Key key, PeerCall call) {
        PeerConnection known = connections.get(key);
        if (known != null) {
            known.send(call);
        } else if (closed) {
            call.failed(PeerException.Reason.CLOSED, "the connections of this broker are closed");
        } else if (connections.size() >= options.maxConnections()) {
            call.failed(PeerException.Reason.TOO_MANY, options.maxConnections() + " connections to peers are open");
        } else {
            PeerConnection opened = connection(key);
            connections.put(key, opened);
            opened.send(call);
        }
    }

    private PeerConnection connection(Key key) {
        return new PeerConnection(vertx, client, key.endpoint(), key.purpose(), options, security, listener);
    }

    private void sweep(long timer) {
        if (closed) {
            vertx.cancelTimer(timer);
            return;
        }
        long now = PeerConnection.nowMs();
        connections.values().removeIf(connection -> {
            boolean idle = connection.isIdle(now);
            if (idle) {
                connection.end();
            }
            return idle;
        });
    }

    private record Key(PeerEndpoint endpoint, PeerPurpose purpose) {}

    /** Tells the end of a call in a turn of the caller's own. */
    private record Told(Context caller, Promise<ApiMessage> answer) implements PeerCall.Outcome {
        @Override
        public void answered(ApiMessage response) {
            tell(caller, () -> answer.tryComplete(response));
        }

        @Override
        public void failed(PeerException cause) {
            tell(caller, () -> answer.tryFail(cause));
        }
    }

    /** The same of a response in pooled memory, which changes its owner. */
    private record PooledTold(Context caller, Promise<PooledResponse> answer) implements PeerCall.Outcome {
        @Override
        public void answered(ApiMessage response) {
            answered(response, () -> {});
        }

        @Override
        public void answered(ApiMessage response, Runnable release) {
            boolean told = tell(caller, () -> {
                if (!answer.tryComplete(new PooledResponse(response, release))) {
                    release.run();
                }
            });
            if (!told) {
                release.run();
            }
        }

        @Override
        public void failed(PeerException cause) {
            tell(caller, () -> answer.tryFail(cause));
        }
    }

    /** False where the caller is undeployed, so nobody waits; the other calls of this connection must still be told. */
    private static boolean tell(Context caller, Runnable end) {
        try {
            caller.runOnContext(turn -> end.run());
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
