package dev.weir.cluster;

import org.apache.kafka.common.Uuid;

/**
 * A broker as its attributes in the membership tell. One that restarts is another peer with the same id.
 *
 * @param life its id and incarnation
 * @param quorum the address at which it serves the quorum; for first contact
 */
public record Peer(Life life, Endpoint quorum) {
    public int brokerId() {
        return life.brokerId();
    }

    public Uuid incarnation() {
        return life.incarnation();
    }

    @Override
    public String toString() {
        return life + " at " + quorum;
    }
}
