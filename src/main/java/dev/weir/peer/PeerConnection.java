package dev.weir.peer;

import dev.weir.bus.EarliestTimer;
import dev.weir.peer.PeerClosed.Cause;
import dev.weir.peer.PeerException.Reason;
import dev.weir.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer for one purpose. The first request opens it. When it ends, everything that waits fails at once, and a
 * request after that opens it again, not before the backoff is over. Owned by the event loop of its {@link PeerClient}.
 *
 * <pre>
 *   IDLE ─request─▶ CONNECTING ─▶ GREETING (versions, authentication) ─▶ READY
 *    ▲                   │             │                                   │ closed, stuck, garbage
 *    └── backoff over ── PAUSED ◀──────┴───────────────────────────────────┘
 * </pre>
 */
final class PeerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);
    private static final short VERSIONS_VERSION = 4;
    private static final long WARNING_PAUSE_MS = 60_000;

    private enum Stage {
        IDLE,
        CONNECTING,
        GREETING,
        READY,
        PAUSED,
        ENDED
    }

    private final Vertx vertx;
    private final NetClient client;
    private final PeerEndpoint endpoint;
    private final PeerPurpose purpose;
    private final PeerOptions options;
    private final PeerSecurity security;
    private final Consumer<PeerClosed> listener;
    private final PeerCalls calls;
    private final Backoff backoff;
    private Stage stage = Stage.IDLE;
    private @Nullable Link link;
    private PeerVersions versions = PeerVersions.of(new ApiVersionsResponseData());
    private long unsentBytes;
    private final EarliestTimer deadlines;
    private long lastUsedMs;
    private boolean kept;
    private long nextWarningMs = Long.MIN_VALUE;

    PeerConnection(
            Vertx vertx,
            NetClient client,
            PeerEndpoint endpoint,
            PeerPurpose purpose,
            PeerOptions options,
            PeerSecurity security,
            Consumer<PeerClosed> listener) {
        this.vertx = vertx;
        this.client = client;
        this.endpoint = endpoint;
        this.purpose = purpose;
        this.options = options;
        this.security = security;
        this.listener = listener;
        this.calls = new PeerCalls(options.maxCalls());
        this.backoff = new Backoff(options.backoffMs(), options.backoffMaxMs());
        this.deadlines = new EarliestTimer(PeerConnection::nowMs, calls::nextDeadlineMs, this::expire);
        this.lastUsedMs = nowMs();
    }

    /** The clock of the deadlines. */
    static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    /** Sends a request as soon as there is a connection. */
    void send(PeerCall call) {
        lastUsedMs = nowMs();
        if (stage == Stage.ENDED) {
            call.failed(Reason.CLOSED, "the connections of this broker are closed");
        } else if (!calls.add(call)) {
            call.failed(Reason.TOO_MANY, options.maxCalls() + " requests wait for " + endpoint);
        } else {
            deadlines.arm(vertx);
            advance();
        }
    }

    /** Connects now, and again after each end, without any request. */
    void keep() {
        kept = true;
        advance();
    }

    /** Closes for good. */
    void end() {
        stage = Stage.ENDED;
        drop();
        failAll(Reason.CLOSED, Reason.CLOSED, "the connections of this broker are closed");
    }

    /** Whether nothing was asked for a long time, so that it may be ended. */
    boolean isIdle(long nowMs) {
        return !kept && calls.isEmpty() && nowMs - lastUsedMs > options.maxIdleMs();
    }

    private void advance() {
        if (stage == Stage.IDLE && (kept || calls.hasWaiting())) {
            connect();
        } else if (stage == Stage.READY) {
            flush();
        }
    }

    private void connect() {
        stage = Stage.CONNECTING;
        client.connect(endpoint.port(), endpoint.host()).onComplete(result -> {
            if (stage == Stage.ENDED) {
                if (result.succeeded()) {
                    result.result().close();
                }
            } else if (result.failed()) {
                lost(
                        causeOf(result.cause()),
                        Reason.NOT_CONNECTED,
                        String.valueOf(result.cause().getMessage()));
            } else {
                greet(new Link(result.result()));
            }
        });
    }

    private void greet(Link opened) {
        stage = Stage.GREETING;
        link = opened;
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName(PeerOptions.SOFTWARE)
                .setClientSoftwareVersion(options.version());
        ask(opened, VERSIONS_VERSION, request)
                .compose(response -> {
                    ApiVersionsResponseData known = (ApiVersionsResponseData) response;
                    if (known.errorCode() != Errors.NONE.code()) {
                        return Future.failedFuture(
                                "it refuses to tell its versions: " + Errors.forCode(known.errorCode()));
                    }
                    versions = PeerVersions.of(known);
                    return security.authenticate(
                            message -> ask(opened, versions.newest(ApiKeys.forId(message.apiKey())), message));
                })
                .onSuccess(done -> {
                    if (link == opened) {
                        stage = Stage.READY;
                        backoff.succeeded();
                        flush();
                    }
                })
                .onFailure(cause -> opened.fail(Cause.CLOSED, String.valueOf(cause.getMessage())));
    }

    /** A request of the greeting: it goes before all that wait. */
    private Future<ApiMessage> ask(Link opened, short version, ApiMessage message) {
        Promise<ApiMessage> promise = Promise.promise();
        ApiKeys api = ApiKeys.forId(message.apiKey());
        PeerCall call =
                new PeerCall(api, known -> message, nowMs() + options.connectTimeoutMs(), new PeerCall.Outcome() {
                    @Override
                    public void answered(ApiMessage response) {
                        promise.tryComplete(response);
                    }

                    @Override
                    public void failed(PeerException cause) {
                        promise.tryFail(cause);
                    }
                });
        transmit(opened, call, version);
        deadlines.arm(vertx);
        opened.context.flush();
        return promise.future();
    }

    private void flush() {
        Link open = link;
        PeerCall call = open == null ? null : calls.next();
        boolean wrote = false;
        while (open != null && call != null) {
            short version = versions.newest(call.api());
            if (version == PeerVersions.NONE) {
                call.failed(Reason.UNSUPPORTED_VERSION, endpoint + " does not serve " + call.api());
            } else {
                wrote |= transmit(open, call, version);
            }
            call = calls.next();
        }
        if (open != null && wrote) {
            open.context.flush();
        }
    }

    private boolean transmit(Link open, PeerCall call, short version) {
        int id = calls.sending(call);
        ByteBuffer frame;
        try {
            frame = Messages.requestFrame(call.api(), version, id, options.clientId(), call.request(versions));
        } catch (RuntimeException e) {
            calls.take(id);
            call.failed(
                    Reason.UNSUPPORTED_VERSION,
                    call.api() + " version " + version + " cannot be sent to " + endpoint + ": " + e.getMessage());
            return false;
        }
        int size = frame.remaining();
        if (unsentBytes + size > options.maxUnsentBytes()) {
            calls.take(id);
            call.failed(Reason.TOO_MANY, "too many bytes wait for " + endpoint);
            return false;
        }
        unsentBytes += size;
        call.sentIn(version);
        open.context.write(Unpooled.wrappedBuffer(frame)).addListener(done -> {
            if (link == open) {
                unsentBytes -= size;
            }
        });
        return true;
    }

    /** The connection, or the attempt to open one, has ended. */
    private void lost(Cause cause, Reason reason, String message) {
        LOG.debug("Connection to {} for {}: {}, {}", endpoint, purpose, cause, message);
        stage = Stage.PAUSED;
        drop();
        vertx.setTimer(backoff.failed(ThreadLocalRandom.current().nextDouble()), timer -> {
            if (stage == Stage.PAUSED) {
                stage = Stage.IDLE;
                advance();
            }
        });
        failAll(reason, Reason.NOT_CONNECTED, endpoint + ": " + message);
        listener.accept(new PeerClosed(endpoint, purpose, cause));
    }

    private void drop() {
        Link open = link;
        link = null;
        unsentBytes = 0;
        if (open != null) {
            open.close();
        }
    }

    private void failAll(Reason ofSent, Reason ofWaiting, String message) {
        List<PeerCall> sent = calls.takeSent();
        List<PeerCall> waiting = calls.takeWaiting();
        sent.forEach(call -> call.failed(ofSent, message));
        waiting.forEach(call -> call.failed(ofWaiting, message));
    }

    private void expire(long nowMs) {
        PeerCalls.Expired expired = calls.expire(nowMs);
        Link open = link;
        if (expired.stuck() && open != null) {
            open.fail(Cause.TIMEOUT, "it has not answered in time");
        }
        expired.calls().forEach(call -> call.failed(Reason.TIMEOUT, endpoint + " has not answered in time"));
    }

    /** Once a minute: a peer may send nonsense again after each attempt. */
    private void warn(String text) {
        long now = nowMs();
        if (now >= nextWarningMs) {
            nextWarningMs = now + WARNING_PAUSE_MS;
            LOG.warn(text);
        } else {
            LOG.debug(text);
        }
    }

    private static Cause causeOf(Throwable failure) {
        if (failure instanceof ConnectTimeoutException) {
            return Cause.TIMEOUT;
        }
        boolean refused = failure instanceof ConnectException
                && String.valueOf(failure.getMessage()).contains("Connection refused");
        return refused ? Cause.REFUSED : Cause.UNREACHABLE;
    }

    /** One socket. After its end nothing of it is heard. */
    private final class Link implements ResponseFrames.Sink, PooledFrames.Sink {
        private final NetSocket socket;
        private final ChannelHandlerContext context;
        private final IncomingFrames frames;

        Link(NetSocket socket) {
            this.socket = socket;
            this.context = ((NetSocketInternal) socket).channelHandlerContext();
            this.frames = purpose.isPooled()
                    ? new PooledFrames(options.maxFrameBytes(), this)
                    : new ResponseFrames(options.maxFrameBytes(), this);
            context.pipeline().addBefore(context.name(), "responses", frames);
            socket.exceptionHandler(cause -> LOG.debug("Connection to {}: {}", endpoint, cause.toString()));
            socket.closeHandler(closed -> fail(Cause.CLOSED, "the connection was closed"));
        }

        @Override
        public void onFrame(ByteBuffer frame) {
            onFrame(frame, () -> {});
        }

        @Override
        public void onPooledFrame(ByteBuf pooled) {
            onFrame(pooled.nioBuffer(), pooled::release);
        }

        private void onFrame(ByteBuffer frame, Runnable release) {
            PeerCall call = calls.take(frame.getInt(frame.position()));
            if (call == null) {
                release.run();
                onGarbage("a response to a request that was not sent");
                return;
            }
            ApiMessage response;
            try {
                response = Messages.readResponse(call.api(), call.version(), frame);
            } catch (RuntimeException | Error e) {
                release.run();
                call.failed(Reason.CLOSED, endpoint + " has sent an unreadable response to " + call.api());
                onGarbage("an unreadable response to " + call.api() + ": " + e);
                return;
            }
            call.answered(response, release);
        }

        @Override
        public void onGarbage(String what) {
            if (link == this) {
                warn("Closing the connection to " + endpoint + " for " + purpose.kind() + ": it has sent " + what);
                fail(Cause.CLOSED, "it has sent " + what);
            }
        }

        void fail(Cause cause, String message) {
            if (link == this) {
                lost(cause, cause == Cause.TIMEOUT ? Reason.TIMEOUT : Reason.CLOSED, message);
            }
        }

        void close() {
            frames.end();
            socket.close();
        }
    }
}
