package dev.weir.network.api;

import dev.weir.peer.wire.LeaderNode;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumResponse;
import dev.weir.quorum.QuorumView;
import dev.weir.quorum.Voter;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the leader of the quorum is reached, for the responses that name it. The quorum is asked once for each leader and epoch.
 * One for each network verticle.
 */
final class LeaderEndpoints {
    private final QuorumClient quorum;
    private @Nullable QuorumView known;

    LeaderEndpoints(QuorumClient quorum) {
        this.quorum = quorum;
    }

    /** Returns the leader that a response names, as it is reached by that listener or else by its first; empty if not known. */
    Future<Optional<LeaderNode>> of(QuorumResponse response, String listener) {
        if (response.leaderId() < 0) {
            return Future.succeededFuture(Optional.empty());
        }
        QuorumView last = known;
        if (last != null && last.epoch() == response.epoch() && last.leaderId() == response.leaderId()) {
            return Future.succeededFuture(leader(last, response.leaderId(), listener));
        }
        return quorum.view()
                .map(view -> {
                    known = view;
                    return leader(view, response.leaderId(), listener);
                })
                .otherwise(Optional.empty());
    }

    private static Optional<LeaderNode> leader(QuorumView view, int leaderId, String listener) {
        return view.voterSet()
                .voter(leaderId)
                .flatMap(voter -> endpoint(voter, listener))
                .map(endpoint -> new LeaderNode(leaderId, endpoint.host(), endpoint.port()));
    }

    private static Optional<Voter.Endpoint> endpoint(Voter voter, String listener) {
        return voter.endpoints().stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst()
                .or(() -> voter.endpoints().stream().findFirst());
    }
}
