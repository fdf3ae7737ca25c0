package dev.weir.network;

import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The APIs that brokers use among themselves, and the exchange of versions before them. Their requests do not wait for the memory
 * of clients' requests ({@link FrameMemory}), since nothing that clients do may keep brokers from talking to each other. The bytes
 * of such a request are given back as soon as it is parsed, so a connection holds one of them at most.
 */
final class PeerFrames {
    private static final Set<ApiKeys> APIS = apis();

    private PeerFrames() {}

    private static Set<ApiKeys> apis() {
        Set<ApiKeys> apis = EnumSet.of(
                ApiKeys.API_VERSIONS,
                ApiKeys.SASL_HANDSHAKE,
                ApiKeys.SASL_AUTHENTICATE,
                ApiKeys.FETCH,
                ApiKeys.FETCH_SNAPSHOT,
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                ApiKeys.ADD_RAFT_VOTER,
                ApiKeys.REMOVE_RAFT_VOTER,
                ApiKeys.UPDATE_RAFT_VOTER);
        for (ApiKeys api : ApiKeys.values()) {
            if (api.clusterAction) {
                apis.add(api);
            }
        }
        return apis;
    }

    /** Whether requests of that API come before all others on a connection, of brokers and clients alike. */
    static boolean isGreeting(ApiKeys api) {
        return api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
    }

    /** Whether brokers use that API. None of these APIs may use the request's bytes after it has been parsed. */
    static boolean has(ApiKeys api) {
        return APIS.contains(api);
    }

    /** The same, of a frame of which no more than the key has come. */
    static boolean has(short apiKey) {
        return ApiKeys.hasId(apiKey) && has(ApiKeys.forId(apiKey));
    }
}
