package dev.weir.partition;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * An ISR that a leader has asked for, or is about to: what it knew at the moment when it decided. Immutable. Two proposals are the
 * same only if they are one object.
 *
 * <p>Each member has the broker epoch of the incarnation that the decision is about (KIP-903), so that the controller refuses
 * one that has begun anew meanwhile; {@link ReplicaRules#NO_BROKER_EPOCH} for a member in sync that has not fetched yet.
 */
final class IsrProposal {
    private final int leaderEpoch;
    private final int partitionEpoch;
    private final List<Member> members;
    private final Set<Integer> isr;

    IsrProposal(int leaderEpoch, int partitionEpoch, Collection<Member> members) {
        this.leaderEpoch = leaderEpoch;
        this.partitionEpoch = partitionEpoch;
        this.members = List.copyOf(members);
        this.isr = this.members.stream().map(Member::brokerId).collect(Collectors.toCollection(TreeSet::new));
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    /** The change that the leader knew last: the controller takes the proposal only if there was none after it. */
    int partitionEpoch() {
        return partitionEpoch;
    }

    List<Member> members() {
        return members;
    }

    Set<Integer> isr() {
        return isr;
    }

    @Override
    public String toString() {
        return members + " at leader epoch " + leaderEpoch + ", partition epoch " + partitionEpoch;
    }

    /** One member and the broker epoch of its registration. */
    record Member(int brokerId, long brokerEpoch) {}
}
