package dev.weir.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.network.FakeQuorum;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request whose controller is lost before it has answered. */
class ForwardedRouteTest {
    private static final int LONG_MS = 60_000;
    /** Less than an attempt may take. */
    private static final int REQUEST_MS = 8_000;

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final FakeQuorum quorum = new FakeQuorum(bus);
    private final PeerClient peers = new PeerClient(
            vertx,
            new PeerOptions("broker", "1", LONG_MS, 1, 5, LONG_MS, 10, 100, 1 << 20, 1 << 20),
            PeerSecurity.PLAINTEXT,
            closed -> {});
    private final ForwardedRoute route =
            new ForwardedRoute(vertx, peers, new QuorumClient(bus, new KnownReplicas()), "PLAINTEXT", "broker-1");
    private FakePeer old;
    private FakePeer next;

    @BeforeEach
    void start() throws Exception {
        end(vertx.deployVerticle(quorum));
        old = new FakePeer(vertx);
        next = new FakePeer(vertx);
        next.onRequest((socket, header) -> FakePeer.answer(socket, header, answerTo(header)));
        leads(2, old);
    }

    @AfterEach
    void stop() throws Exception {
        end(peers.close());
        end(vertx.close());
    }

    @Test
    void shouldAskTheNextControllerAtOnceIfTheOneAskedLeadsNoMore() throws Exception {
        Future<ApiMessage> answer = ask(new BrokerHeartbeatRequestData());
        await().until(() -> old.requests.size() == 1);

        leads(3, next);

        assertThat(end(answer)).isEqualTo(new BrokerHeartbeatResponseData());
        assertThat(next.requests).hasSize(1);
    }

    @Test
    void shouldAskTheNextControllerIfTheConnectionEndsAndToAskTwiceIsHarmless() throws Exception {
        old.onRequest((socket, header) -> {
            leads(3, next);
            socket.close();
        });

        assertThat(end(ask(new BrokerHeartbeatRequestData()))).isEqualTo(new BrokerHeartbeatResponseData());
        assertThat(next.requests).hasSize(1);
    }

    /** To create a topic twice would answer that it exists. */
    @Test
    void shouldTellTheClientAtOnceIfTheControllerMovesAndMayHaveDoneWhatMustBeDoneOnce() throws Exception {
        Future<ApiMessage> answer = ask(new CreateTopicsRequestData());
        await().until(() -> old.requests.size() == 1);

        leads(3, next);

        assertThat(error(answer)).isEqualTo(Errors.NETWORK_EXCEPTION);
        assertThat(next.requests).isEmpty();
    }

    @Test
    void shouldTellTheClientAtOnceIfTheConnectionEndsAndTheControllerMayHaveDoneWhatMustBeDoneOnce() throws Exception {
        old.onRequest((socket, header) -> {
            leads(3, next);
            socket.close();
        });

        assertThat(error(ask(new CreateTopicsRequestData()))).isEqualTo(Errors.NETWORK_EXCEPTION);
        assertThat(next.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAskTheNextControllerForAnythingThatWasNotSent(boolean accepts) throws Exception {
        if (accepts) {
            old.neverGreets();
        } else {
            old.stop();
        }
        Future<ApiMessage> answer = ask(new CreateTopicsRequestData());
        if (accepts) {
            await().until(() -> !old.sockets.isEmpty());
        }

        leads(3, next);
        old.sockets.forEach(socket -> socket.close());

        assertThat(end(answer)).isEqualTo(new CreateTopicsResponseData());
        assertThat(old.requests).isEmpty();
        assertThat(next.requests).hasSize(1);
    }

    private static ApiMessage answerTo(RequestHeader header) {
        return header.apiKey() == ApiKeys.ENVELOPE
                ? new EnvelopeResponseData().setResponseData(FakePeer.created())
                : new BrokerHeartbeatResponseData();
    }

    private void leads(int id, FakePeer peer) {
        quorum.leader(id, peer.endpoint().port(), false);
    }

    private Future<ApiMessage> ask(ApiMessage request) {
        return route.ask(request, REQUEST_MS, locally -> Future.failedFuture("it does not lead"));
    }

    private static Errors error(Future<ApiMessage> answer) throws Exception {
        try {
            end(answer);
            return Errors.NONE;
        } catch (ExecutionException e) {
            return BusException.errorOf(e.getCause());
        }
    }

    private static <T> T end(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
