package dev.weir.quorum;

import java.util.List;

/**
 * One voter of the metadata log, where it listens, and what it can run at (KIP-853).
 *
 * @param key without a directory while the voter is known from the configuration only
 * @param endpoints of the listeners for controllers; the core only compares them
 * @param levels the levels of {@code kraft.version} that it can run at
 */
public record Voter(ReplicaKey key, List<Endpoint> endpoints, Levels levels) {
    public Voter {
        endpoints = List.copyOf(endpoints);
    }

    /** A voter that has not said what it can run at; it is taken for one of this version until it does. */
    public Voter(ReplicaKey key, List<Endpoint> endpoints) {
        this(key, endpoints, Levels.OF_THIS_VERSION);
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

    /**
     * The levels of {@code kraft.version} that a voter can run at.
     *
     * @param min the lowest, at least 0
     * @param max the highest, not below {@code min}
     */
    public record Levels(short min, short max) {
        /** The levels that this version can run at. */
        public static final Levels OF_THIS_VERSION = new Levels((short) 0, (short) 1);

        /** The level of a quorum whose log names the voters with their directories. */
        private static final short PINNED = 1;

        /** Whether a voter can be one of such a quorum. */
        boolean includePinned() {
            return min <= PINNED && PINNED <= max;
        }
    }
}
