package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.quorum.QuorumRequest.Vote;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What strangers and clients ask the quorum takes no place of what brokers ask. */
class QuorumClientTest {
    private static final QuorumAnswer ANSWER =
            QuorumAnswer.of(new QuorumResponse.VoteResponse(Errors.NONE, 1, -1, true));
    private static final int FLOOD = 11_000;

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final KnownReplicas known = new KnownReplicas();
    private final QuorumClient client = new QuorumClient(bus, known);

    @BeforeEach
    void know() {
        known.set(Set.of(1), Set.of(2));
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @Test
    void shouldCarryAVoteHoweverManyRequestsOfStrangersAreUnanswered() throws Exception {
        QuorumClient.serveRequests(
                bus,
                call -> known.contains(call.request().speaker())
                        ? Future.succeededFuture(ANSWER)
                        : Promise.<QuorumAnswer>promise().future());
        Future<QuorumAnswer> last = client.ask(call(9));
        for (int i = 0; i < FLOOD; i++) {
            last = client.ask(call(9));
        }

        assertThat(BusException.errorOf(failure(last))).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(await(client.ask(call(1)))).isSameAs(ANSWER);
        assertThat(await(client.ask(call(2)))).isSameAs(ANSWER);
    }

    @Test
    void shouldTellABrokerOfTheQuorumHoweverManyClientsAsk() throws Exception {
        QuorumView view = new QuorumView(1, 1, true, 0, VoterSet.EMPTY, java.util.List.of(), java.util.List.of());
        boolean[] silent = {true};
        QuorumClient.serveViews(
                bus, () -> silent[0] ? Promise.<QuorumView>promise().future() : Future.succeededFuture(view));
        Future<QuorumView> last = client.viewForClient();
        for (int i = 0; i < FLOOD; i++) {
            last = client.viewForClient();
        }

        assertThat(BusException.errorOf(failure(last))).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        silent[0] = false;
        assertThat(await(client.view())).isSameAs(view);
    }

    private static QuorumCall call(int candidate) {
        return new QuorumCall(
                new Vote(
                        ReplicaKey.of(candidate),
                        ReplicaKey.of(1),
                        1,
                        new OffsetAndEpoch(0, 0),
                        true,
                        Optional.empty()),
                1);
    }

    private static Throwable failure(Future<?> future) throws Exception {
        return await(future.transform(result -> Future.succeededFuture(result.cause())));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
