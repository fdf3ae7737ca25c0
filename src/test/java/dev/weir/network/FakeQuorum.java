package dev.weir.network;

import dev.weir.bus.LocalBus;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumView;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A replica of the metadata log that answers as the test says. */
public final class FakeQuorum extends VerticleBase {
    private final LocalBus bus;
    public final List<QuorumRequest> requests = new CopyOnWriteArrayList<>();
    private volatile Function<QuorumRequest, QuorumAnswer> answers = request -> {
        throw new IllegalStateException("no answer to " + request);
    };
    private volatile boolean silent;
    private volatile QuorumView view = view(-1, false, VoterSet.EMPTY);

    public FakeQuorum(LocalBus bus) {
        this.bus = bus;
    }

    @Override
    public Future<?> start() {
        QuorumClient.serveRequests(bus, call -> {
            requests.add(call.request());
            return Future.succeededFuture(answers.apply(call.request()));
        });
        QuorumClient.serveViews(
                bus, () -> silent ? Promise.<QuorumView>promise().future() : Future.succeededFuture(view));
        return Future.succeededFuture();
    }

    public void answer(Function<QuorumRequest, QuorumAnswer> given) {
        answers = given;
    }

    /** Says no more who leads, as a controller whose disk hangs. */
    public void fallSilent() {
        silent = true;
    }

    /** Broker {@code id}, reached at that port, leads in epoch 5. */
    public void leader(int id, int port, boolean here) {
        Voter voter = new Voter(ReplicaKey.of(id), List.of(new Voter.Endpoint("PLAINTEXT", "127.0.0.1", port)));
        view = view(id, here, VoterSet.of(List.of(voter)));
    }

    private static QuorumView view(int leaderId, boolean leads, VoterSet voters) {
        return new QuorumView(
                5,
                leaderId,
                leads,
                42,
                voters,
                leads ? List.of(new QuorumView.Progress(ReplicaKey.of(leaderId), 43, -1, -1)) : List.of(),
                List.of());
    }
}
