package dev.weir.peer.wire;

import dev.weir.quorum.Voter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request of the quorum says about its sender beside the request itself.
 *
 * @param clusterId null while it is not known
 * @param endpoints where the sender listens for peers
 * @param epoch the newest that it knows
 */
public record Sender(@Nullable String clusterId, List<Voter.Endpoint> endpoints, int epoch) {
    public Sender {
        endpoints = List.copyOf(endpoints);
    }
}
