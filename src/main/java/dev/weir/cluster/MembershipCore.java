package dev.weir.cluster;

import dev.weir.cluster.MemberNews.MembersChanged;
import dev.weir.cluster.PeerChange.PeerLost;
import dev.weir.cluster.PeerChange.PeerSeen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The view of the membership, made from lists of members: who has come, who has gone, and who shares an id. Owned by
 * {@link ClusterVerticle}.
 */
final class MembershipCore {
    /** A cluster has tens of brokers; a port that anybody may join needs a limit. */
    static final int MAX_PEERS = 1_000;

    private MembershipView view = MembershipView.NONE;
    private Set<String> told = Set.of();

    /**
     * The effects of an event.
     *
     * @param changes losses first, each in the order of the view
     * @param warnings lines for the operator; each is given once as long as its cause lasts
     */
    record Effects(List<PeerChange> changes, List<String> warnings) {}

    MembershipView view() {
        return view;
    }

    Effects on(MemberNews event) {
        if (event instanceof MembersChanged changed) {
            return take(changed.attributes());
        }
        // Nobody is lost: it is this broker that sees nothing now.
        view = MembershipView.NONE;
        told = Set.of();
        return new Effects(List.of(), List.of());
    }

    private Effects take(List<Map<String, String>> members) {
        List<String> warnings = new ArrayList<>();
        List<Peer> peers = new ArrayList<>();
        Set<Life> lives = new HashSet<>();
        int strangers = 0;
        for (Map<String, String> attributes : members) {
            Peer peer = PeerAttributes.parse(attributes).orElse(null);
            if (peer == null || peers.size() == MAX_PEERS) {
                strangers++;
            } else if (lives.add(peer.life())) {
                peers.add(peer);
            }
        }
        peers.sort(Comparator.comparingInt(Peer::brokerId).thenComparing(Peer::incarnation));
        if (strangers > 0) {
            warnings.add("The membership has " + strangers
                    + " members that are no brokers of Weir; keep others from cluster.membership.port by a firewall");
        }
        warnings.addAll(sharedIds(peers));
        MembershipView before = view;
        MembershipView after = new MembershipView(true, peers);
        view = after;
        List<PeerChange> changes = new ArrayList<>();
        before.peers().stream()
                .filter(peer -> !after.has(peer.life()))
                .forEach(peer -> changes.add(new PeerLost(peer)));
        after.peers().stream()
                .filter(peer -> !before.has(peer.life()))
                .forEach(peer -> changes.add(new PeerSeen(peer)));
        return new Effects(changes, news(warnings));
    }

    private static List<String> sharedIds(List<Peer> peers) {
        Map<Integer, List<Peer>> byId = peers.stream().collect(Collectors.groupingBy(Peer::brokerId));
        return byId.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(
                        entry -> "Broker id " + entry.getKey() + " is used by "
                                + entry.getValue().size() + " members: "
                                + entry.getValue().stream()
                                        .map(peer -> peer.incarnation() + " at " + peer.quorum())
                                        .collect(Collectors.joining(", "))
                                + ". That is so for seconds after a restart; if it stays, give each broker a node.id of its own")
                .sorted()
                .toList();
    }

    private List<String> news(List<String> warnings) {
        List<String> news =
                warnings.stream().filter(line -> !told.contains(line)).toList();
        told = Set.copyOf(warnings);
        return news;
    }
}
