package dev.weir.cluster;

/** A change of the membership as this broker sees it: a hint, which may be late, wrong, or different on each broker. */
public sealed interface PeerChange {
    /** Who it is about. */
    Peer peer();

    /** A life of a broker is a member now. */
    record PeerSeen(Peer peer) implements PeerChange {}

    /**
     * A life of a broker is no member any more, while this broker still takes part. It may have died, stopped, paused, or been
     * cut off; or this broker has.
     */
    record PeerLost(Peer peer) implements PeerChange {}
}
