package dev.weir.gateway;

import dev.weir.bus.Broadcast;

/**
 * How far a broker has come, announced on {@link #CHANGES} by whoever wires it.
 *
 * @param phase where it stands
 * @param detail what it is doing, for a person
 * @param opened partitions opened so far
 * @param partitions partitions to open, 0 while that is not known
 */
public record BrokerState(Phase phase, String detail, long opened, long partitions) {
    /** Where changes are announced. */
    public static final Broadcast<BrokerState> CHANGES = new Broadcast<>("broker.state");

    /** The life of a broker: from each phase only to a later one. */
    public enum Phase {
        STARTING,
        READY,
        STOPPING
    }
}
