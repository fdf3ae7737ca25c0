package dev.weir.cluster;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * A broker's attributes as a member. They say who a member is: its UUID and its age change when clusters merge. Anybody who
 * reaches the port may send any, so they are bounded and checked.
 */
final class PeerAttributes {
    static final String BROKER_ID = "weir.broker.id";
    static final String INCARNATION = "weir.incarnation";
    static final String QUORUM = "weir.quorum.endpoint";

    private static final int UUID_LENGTH = 22;

    private PeerAttributes() {}

    static Map<String, String> of(Peer peer) {
        return Map.of(
                BROKER_ID,
                Integer.toString(peer.brokerId()),
                INCARNATION,
                peer.incarnation().toString(),
                QUORUM,
                peer.quorum().toString());
    }

    /** The peer that the attributes name; empty if they name none. */
    static Optional<Peer> parse(Map<String, String> attributes) {
        String id = attributes.getOrDefault(BROKER_ID, "");
        String incarnation = attributes.getOrDefault(INCARNATION, "");
        if (!id.matches("[0-9]{1,9}") || !incarnation.matches("[A-Za-z0-9_-]{" + UUID_LENGTH + "}")) {
            return Optional.empty();
        }
        return Endpoint.parse(attributes.getOrDefault(QUORUM, ""))
                .map(quorum -> new Peer(new Life(Integer.parseInt(id), Uuid.fromString(incarnation)), quorum));
    }
}
