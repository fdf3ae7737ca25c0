package dev.weir.partition;

import java.util.Map;

/**
 * The metadata of the simulation. Immutable.
 *
 * @param version grows with every change
 * @param roles the partitions
 * @param brokers the registered brokers
 */
record SimImage(int version, Map<Integer, PartitionRole> roles, Map<Integer, Registered> brokers) {
    record Registered(long epoch, boolean fenced) {}

    SimImage {
        roles = Map.copyOf(roles);
        brokers = Map.copyOf(brokers);
    }

    long epochOf(int broker) {
        Registered registered = brokers.get(broker);
        return registered == null ? ReplicaRules.NO_BROKER_EPOCH : registered.epoch();
    }

    boolean isActive(int broker) {
        Registered registered = brokers.get(broker);
        return registered != null && !registered.fenced();
    }
}
