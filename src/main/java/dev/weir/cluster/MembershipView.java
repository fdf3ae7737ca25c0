package dev.weir.cluster;

import java.util.List;
import java.util.Optional;

/**
 * The brokers that this one sees as members, itself included. It may be stale, split or wrong: it decides who stands first, and
 * who is probed, never who leads. Immutable.
 *
 * @param running whether this broker takes part; if not, the list is empty and says nothing
 * @param peers by id, then by incarnation; each life once. Two lives of one id stand here while a broker restarts, or if two
 *     brokers have one id
 */
public record MembershipView(boolean running, List<Peer> peers) {
    /** The view of a broker that takes no part. */
    public static final MembershipView NONE = new MembershipView(false, List.of());

    public MembershipView {
        peers = List.copyOf(peers);
    }

    /** Whether any life of that broker is a member. */
    public boolean has(int brokerId) {
        return peers.stream().anyMatch(peer -> peer.brokerId() == brokerId);
    }

    /** The member of that id; if there are two, the one with the lower incarnation. For first contact only. */
    public Optional<Peer> find(int brokerId) {
        return peers.stream().filter(peer -> peer.brokerId() == brokerId).findFirst();
    }

    /** Whether that life of a broker is a member. */
    public boolean has(Life life) {
        return peers.stream().anyMatch(peer -> peer.life().equals(life));
    }
}
