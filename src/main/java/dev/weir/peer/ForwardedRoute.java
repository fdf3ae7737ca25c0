package dev.weir.peer;

import dev.weir.bus.BusException;
import dev.weir.controller.ControllerRoute;
import dev.weir.peer.wire.Envelopes;
import dev.weir.protocol.Messages;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumView;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * The way to the active controller, wherever it is: on this broker, or on another one. What a broker asks for itself is sent as it
 * is; what it asks for a client goes in an Envelope (KIP-590). Safe on any thread.
 *
 * <p>If the controller is unknown, has moved or cannot be reached, the request is sent again until its time is over. If the
 * controller is lost after the request was sent, it may have been carried out: it is sent again at once if to do it twice is
 * harmless, and else the client is told, with NETWORK_EXCEPTION.
 */
public final class ForwardedRoute implements ControllerRoute {
    private static final int RETRY_MS = 50;
    private static final int ATTEMPT_MS = 10_000;

    /** What a broker asks for itself. */
    private static final Set<ApiKeys> DIRECT = EnumSet.of(
            ApiKeys.ALLOCATE_PRODUCER_IDS,
            ApiKeys.ALTER_PARTITION,
            ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
            ApiKeys.BROKER_HEARTBEAT,
            ApiKeys.BROKER_REGISTRATION);

    /** What does no harm if it is done twice, and is answered alike. */
    private static final Set<ApiKeys> REPEATABLE = EnumSet.of(
            ApiKeys.ALLOCATE_PRODUCER_IDS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.ALTER_PARTITION,
            ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
            ApiKeys.BROKER_HEARTBEAT,
            ApiKeys.BROKER_REGISTRATION,
            ApiKeys.DESCRIBE_QUORUM,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS);

    private final Vertx vertx;
    private final PeerClient peers;
    private final QuorumClient quorum;
    private final String listener;
    private final String clientId;
    private final LeaderWatch watch;

    /**
     * The route over these connections.
     *
     * @param quorum says who leads
     * @param listener the name of the listener by which controllers are reached
     * @param clientId of the requests inside envelopes
     */
    public ForwardedRoute(Vertx vertx, PeerClient peers, QuorumClient quorum, String listener, String clientId) {
        this.vertx = vertx;
        this.peers = peers;
        this.quorum = quorum;
        this.listener = listener;
        this.clientId = clientId;
        this.watch = new LeaderWatch(vertx, quorum);
    }

    @Override
    public <Q extends ApiMessage, R extends ApiMessage> Future<R> ask(
            Q request, int timeoutMs, Function<Q, Future<R>> locally) {
        return attempt(new Question<>(request, PeerConnection.nowMs() + timeoutMs, locally))
                // Whatever it is that says nothing: this broker's replica, its controller, or another one.
                .timeout(timeoutMs, TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(cause instanceof TimeoutException ? timedOut() : cause));
    }

    private static BusException timedOut() {
        return new BusException(Errors.REQUEST_TIMED_OUT, "no active controller has answered in time");
    }

    private <Q extends ApiMessage, R extends ApiMessage> Future<R> attempt(Question<Q, R> question) {
        boolean ownMatter = DIRECT.contains(ApiKeys.forId(question.request().apiKey()));
        return (ownMatter ? quorum.view() : quorum.viewForClient()).transform(view -> {
            if (view.failed() || question.leftMs() <= 0) {
                return again(question);
            }
            if (view.result().leads()) {
                return question.locally()
                        .apply(question.request())
                        .recover(cause -> BusException.errorOf(cause) == Errors.NOT_CONTROLLER
                                ? again(question)
                                : Future.failedFuture(cause));
            }
            int controllerId = view.result().leaderId();
            return leader(view.result())
                    .map(to -> send(controllerId, to, question))
                    .orElseGet(() -> again(question));
        });
    }

    private Optional<PeerEndpoint> leader(QuorumView view) {
        return view.voterSet().voter(view.leaderId()).flatMap(voter -> QuorumPeers.endpointOf(voter, listener));
    }

    private <Q extends ApiMessage, R extends ApiMessage> Future<R> again(Question<Q, R> question) {
        if (question.leftMs() <= RETRY_MS) {
            return Future.failedFuture(timedOut());
        }
        Promise<R> later = Promise.promise();
        vertx.setTimer(RETRY_MS, timer -> attempt(question).onComplete(later));
        return later.future();
    }

    private <Q extends ApiMessage, R extends ApiMessage> Future<R> send(
            int controllerId, PeerEndpoint to, Question<Q, R> question) {
        ApiKeys api = question.api();
        // The hurry of one client must not end the connection for what others wait for.
        int timeoutMs = (int)
                (REPEATABLE.contains(api)
                        ? Math.max(1, Math.min(question.leftMs(), ATTEMPT_MS))
                        : Math.max(question.leftMs(), ATTEMPT_MS));
        Future<Verdict> answer = DIRECT.contains(api)
                ? peers.send(to, PeerPurpose.CONTROL, question.request(), timeoutMs)
                        .map(response -> direct(api, response))
                : forward(to, api, question.request(), timeoutMs);
        return watch.whileLeads(controllerId, answer).transform(result -> {
            if (result.failed()) {
                return unanswered(controllerId, result.cause(), question);
            }
            Errors error = result.result().error();
            if (error == Errors.NOT_CONTROLLER) {
                return again(question);
            }
            if (error != Errors.NONE) {
                return Future.failedFuture(new BusException(error, null));
            }
            @SuppressWarnings("unchecked")
            R response = (R) result.result().response();
            return Future.succeededFuture(response);
        });
    }

    private <Q extends ApiMessage, R extends ApiMessage> Future<R> unanswered(
            int controllerId, Throwable cause, Question<Q, R> question) {
        boolean repeatable = REPEATABLE.contains(question.api());
        if (cause instanceof LeaderWatch.Moved) {
            return repeatable ? attempt(question) : Future.failedFuture(lost(controllerId));
        }
        if (!(cause instanceof PeerException unsent)) {
            return Future.failedFuture(cause);
        }
        return switch (unsent.reason()) {
            case UNSUPPORTED_VERSION ->
                Future.failedFuture(new BusException(Errors.UNSUPPORTED_VERSION, cause.getMessage()));
            case NOT_CONNECTED, TOO_MANY -> again(question);
            case CLOSED -> repeatable ? again(question) : Future.failedFuture(lost(controllerId));
            case TIMEOUT -> repeatable ? again(question) : Future.failedFuture(timedOut());
        };
    }

    private static BusException lost(int controllerId) {
        return new BusException(
                Errors.NETWORK_EXCEPTION,
                "The controller, broker " + controllerId
                        + ", was lost before it answered. It may have done what was asked: look before you ask again.");
    }

    private static Verdict direct(ApiKeys api, ApiMessage response) {
        boolean moved = Messages.hasError(api, api.latestVersion(false), response, Errors.NOT_CONTROLLER);
        return new Verdict(moved ? Errors.NOT_CONTROLLER : Errors.NONE, response);
    }

    private Future<Verdict> forward(PeerEndpoint to, ApiKeys api, ApiMessage request, int timeoutMs) {
        short[] version = {PeerVersions.NONE};
        ApiMessage inside = newestForm(request);
        return peers.send(
                        to,
                        PeerPurpose.FORWARDING,
                        ApiKeys.ENVELOPE,
                        versions -> {
                            version[0] = versions.newest(api);
                            return Envelopes.wrap(api, version[0], clientId, inside, InetAddress.getLoopbackAddress());
                        },
                        timeoutMs)
                .map(response -> {
                    EnvelopeResponseData envelope = (EnvelopeResponseData) response;
                    Errors error = Errors.forCode(envelope.errorCode());
                    return error != Errors.NONE || envelope.responseData() == null
                            ? new Verdict(error == Errors.NONE ? Errors.UNKNOWN_SERVER_ERROR : error, response)
                            : new Verdict(Errors.NONE, Messages.readResponse(api, version[0], envelope.responseData()));
                });
    }

    /** The newest version has no room for the names of an older one, and would lose them. */
    private static ApiMessage newestForm(ApiMessage request) {
        if (request instanceof DeleteTopicsRequestData delete
                && !delete.topicNames().isEmpty()) {
            DeleteTopicsRequestData newest = new DeleteTopicsRequestData().setTimeoutMs(delete.timeoutMs());
            delete.topicNames()
                    .forEach(name -> newest.topics().add(new DeleteTopicsRequestData.DeleteTopicState().setName(name)));
            return newest;
        }
        return request;
    }

    /** What a controller said: a response, or an error for all of it. */
    private record Verdict(Errors error, ApiMessage response) {}

    private record Question<Q extends ApiMessage, R extends ApiMessage>(
            Q request, long deadlineMs, Function<Q, Future<R>> locally) {
        ApiKeys api() {
            return ApiKeys.forId(request.apiKey());
        }

        long leftMs() {
            return deadlineMs - PeerConnection.nowMs();
        }
    }
}
