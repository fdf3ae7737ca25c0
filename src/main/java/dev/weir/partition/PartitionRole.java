package dev.weir.partition;

import dev.weir.metadata.PartitionImage;
import java.util.Set;

/**
 * The replication of a partition as the metadata has it. Immutable.
 *
 * @param leader a broker, -1 for none
 * @param leaderEpoch grows with every election
 * @param partitionEpoch grows with every change
 * @param isr the brokers in sync
 * @param replicas the brokers that replicate it
 * @param adding those of them that a reassignment adds
 */
record PartitionRole(
        int leader, int leaderEpoch, int partitionEpoch, Set<Integer> isr, Set<Integer> replicas, Set<Integer> adding) {
    static final PartitionRole NONE = new PartitionRole(-1, -1, -1, Set.of(), Set.of(), Set.of());

    PartitionRole {
        isr = Set.copyOf(isr);
        replicas = Set.copyOf(replicas);
        adding = Set.copyOf(adding);
    }

    static PartitionRole of(PartitionImage image) {
        return new PartitionRole(
                image.leader(),
                image.leaderEpoch(),
                image.partitionEpoch(),
                Set.copyOf(image.isr()),
                Set.copyOf(image.replicas()),
                Set.copyOf(image.adding()));
    }

    /** The same after a change of the ISR. */
    PartitionRole withIsr(Set<Integer> newIsr, int newPartitionEpoch) {
        return new PartitionRole(leader, leaderEpoch, newPartitionEpoch, newIsr, replicas, adding);
    }

    /** Whether the other one is older: from an earlier leader epoch, or from before a change in the same one. */
    boolean isNewerThan(PartitionRole other) {
        return leaderEpoch > other.leaderEpoch
                || (leaderEpoch == other.leaderEpoch && partitionEpoch > other.partitionEpoch);
    }
}
