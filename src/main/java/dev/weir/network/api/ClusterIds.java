package dev.weir.network.api;

import org.jspecify.annotations.Nullable;

/** The check that a peer means this cluster. Stateless. */
final class ClusterIds {
    private ClusterIds() {}

    /** Whether a request is for this cluster. A sender, or a broker, that does not know its cluster yet agrees with any. */
    static boolean agree(BrokerView view, @Nullable String named) {
        String own = view.image().clusterId();
        return named == null || own.isEmpty() || own.equals(named);
    }
}
