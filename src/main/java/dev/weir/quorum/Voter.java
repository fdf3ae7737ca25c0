package dev.weir.quorum;

import java.util.List;

/**
 * One voter of the metadata log and where it listens (KIP-853).
 *
 * @param key without a directory while the voter is known from the configuration only
 * @param endpoints of the listener for controllers; the core never looks into them
 */
public record Voter(ReplicaKey key, List<Endpoint> endpoints) {
    public Voter {
        endpoints = List.copyOf(endpoints);
    }

    /** The voter's broker id. */
    public int id() {
        return key.id();
    }

    /**
     * Where a voter listens.
     *
     * @param listener the listener's name
     * @param host as advertised
     * @param port as advertised
     */
    public record Endpoint(String listener, String host, int port) {}
}
