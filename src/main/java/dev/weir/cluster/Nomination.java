package dev.weir.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The order in which voters stand when the leader is lost: its named successors first, as it named them, then the lowest id.
 * Every broker can compute it. Age and UUID of members play no part, since both change when clusters merge. The order only
 * saves time: two voters that both take themselves for the first are decided between by the votes.
 */
public final class Nomination {
    private Nomination() {}

    /**
     * The place of a voter in that order, from 0, counted among the voters that are members. Without a membership every voter
     * counts as one.
     *
     * @param self this voter; counts as a member in any case
     * @param lostId the leader that is gone
     * @param voters the ids of all voters
     * @param successors as the last leader named them (EndQuorumEpoch); may be empty, and name others than voters
     * @return empty if this broker is not a voter, or is the lost one
     */
    public static OptionalInt rank(
            int self, int lostId, Collection<Integer> voters, List<Integer> successors, MembershipView view) {
        if (self == lostId || !voters.contains(self)) {
            return OptionalInt.empty();
        }
        Set<Integer> order = new LinkedHashSet<>(successors);
        order.addAll(new TreeSet<>(voters));
        List<Integer> standing = new ArrayList<>(order);
        standing.removeIf(
                id -> id == lostId || !voters.contains(id) || (id != self && view.running() && !view.has(id)));
        return OptionalInt.of(standing.indexOf(self));
    }
}
