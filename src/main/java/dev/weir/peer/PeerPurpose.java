package dev.weir.peer;

/**
 * What a connection is for. Answers come in the order of requests, so each purpose has a connection of its own.
 *
 * @param kind the purpose
 * @param lane tells connections of one kind apart, such as those of each shard; 0 if there is one only
 */
public record PeerPurpose(Kind kind, int lane) {
    /** Votes and other short requests of the quorum. */
    public static final PeerPurpose QUORUM = new PeerPurpose(Kind.QUORUM, 0);

    /** Fetches of the metadata log, which wait for news. */
    public static final PeerPurpose METADATA = new PeerPurpose(Kind.METADATA, 0);

    /** What a broker asks the controller for itself: registration, heartbeats, ISR changes, ids. */
    public static final PeerPurpose CONTROL = new PeerPurpose(Kind.CONTROL, 0);

    /** What a broker asks the controller for its clients. */
    public static final PeerPurpose FORWARDING = new PeerPurpose(Kind.FORWARDING, 0);

    /** Nothing but to notice when the peer ends. */
    public static final PeerPurpose WATCH = new PeerPurpose(Kind.WATCH, 0);

    /** What one shard fetches of the partitions that the peer leads. */
    public static PeerPurpose replica(int shard) {
        return new PeerPurpose(Kind.REPLICA, shard);
    }

    /** Whether responses lie in pooled buffers, which whoever asked must release. */
    boolean isPooled() {
        return kind == Kind.REPLICA;
    }

    /** The kinds of purposes. */
    public enum Kind {
        QUORUM,
        METADATA,
        CONTROL,
        FORWARDING,
        WATCH,
        REPLICA
    }
}
