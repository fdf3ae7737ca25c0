package dev.weir.network.api;

import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The gate that keeps clients out while a broker among several is not ready: it must listen to its peers before it can be.
 * What a client asks for meanwhile ends its connection, as if nobody listened, and the client tries again. A Fetch, which is how
 * peers follow the metadata log too, is let through; {@link FetchHandler} refuses those of records. Opened once, by whoever starts
 * the broker; safe on any thread.
 */
public final class ClientGate {
    private static final Set<ApiKeys> ALWAYS = EnumSet.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.DESCRIBE_QUORUM,
            ApiKeys.FETCH,
            ApiKeys.FETCH_SNAPSHOT,
            ApiKeys.ENVELOPE,
            ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.REMOVE_RAFT_VOTER,
            ApiKeys.UPDATE_RAFT_VOTER);

    private volatile boolean open;

    /** A gate that is closed. */
    public ClientGate() {}

    /** A gate that is open already. */
    public static ClientGate opened() {
        ClientGate gate = new ClientGate();
        gate.open();
        return gate;
    }

    /** Lets clients in, for good. */
    public void open() {
        open = true;
    }

    /** Whether clients are let in. */
    boolean isOpen() {
        return open;
    }

    /** Whether requests of this API are served now; those of peers always are. */
    boolean letsThrough(ApiKeys api) {
        return open || api.clusterAction || ALWAYS.contains(api);
    }
}
