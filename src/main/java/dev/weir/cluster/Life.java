package dev.weir.cluster;

import org.apache.kafka.common.Uuid;

/**
 * One life of a broker, from its start to its end.
 *
 * @param brokerId {@code node.id}, at least 0
 * @param incarnation the id of this life, as in its registration (KIP-631)
 */
public record Life(int brokerId, Uuid incarnation) {
    public Life {
        if (brokerId < 0) {
            throw new IllegalArgumentException("a broker id is at least 0, not " + brokerId);
        }
    }

    @Override
    public String toString() {
        return "broker " + brokerId + " (incarnation " + incarnation + ")";
    }
}
