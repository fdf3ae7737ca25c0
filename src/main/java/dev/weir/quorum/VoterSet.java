package dev.weir.quorum;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The voters at some point of the log. Immutable. It is <em>pinned</em> if the directory of every voter is known, which is so
 * for every set in a log. The set of the configuration isn't: with it a voter that lost its disk looks like one that has not,
 * so that only all voters together are a majority.
 */
public final class VoterSet {
    /** The set of a replica that knows of no voters yet. */
    public static final VoterSet EMPTY = new VoterSet(new TreeMap<>());

    private final SortedMap<Integer, Voter> voters;
    private final List<Voter> inOrder;
    private final List<Integer> ids;
    private final boolean pinned;

    private VoterSet(SortedMap<Integer, Voter> voters) {
        this.voters = Collections.unmodifiableSortedMap(voters);
        inOrder = List.copyOf(voters.values());
        ids = List.copyOf(voters.keySet());
        pinned = !inOrder.isEmpty()
                && inOrder.stream().allMatch(voter -> voter.key().pinned());
    }

    /** The set of these voters, one for each id. */
    public static VoterSet of(Collection<Voter> voters) {
        TreeMap<Integer, Voter> byId = new TreeMap<>();
        voters.forEach(voter -> byId.put(voter.id(), voter));
        return new VoterSet(byId);
    }

    /** The voters, by id. */
    public List<Voter> voters() {
        return inOrder;
    }

    /** The voters' ids, in order. */
    public List<Integer> ids() {
        return ids;
    }

    /** The voter of that id. */
    public Optional<Voter> voter(int id) {
        return Optional.ofNullable(voters.get(id));
    }

    /** Whether that replica, with its directory, is a voter. */
    public boolean contains(ReplicaKey replica) {
        Voter voter = voters.get(replica.id());
        return voter != null && voter.key().names(replica);
    }

    /** Whether that replica is the only voter. */
    public boolean isOnly(ReplicaKey replica) {
        return voters.size() == 1 && contains(replica);
    }

    /** Whether the directory of every voter is known. */
    public boolean pinned() {
        return pinned;
    }

    /** The number of voters. */
    public int size() {
        return voters.size();
    }

    /** The number of voters that elect and commit: more than half, or all while the set is not pinned. */
    public int majority() {
        return pinned() ? size() / 2 + 1 : size();
    }

    /** The set with {@code voter}, in place of any other of its id. */
    public VoterSet with(Voter voter) {
        SortedMap<Integer, Voter> changed = new TreeMap<>(voters);
        changed.put(voter.id(), voter);
        return new VoterSet(changed);
    }

    /** The set without the voter of that id. */
    public VoterSet without(int id) {
        SortedMap<Integer, Voter> changed = new TreeMap<>(voters);
        changed.remove(id);
        return new VoterSet(changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VoterSet set && voters.equals(set.voters);
    }

    @Override
    public int hashCode() {
        return voters.hashCode();
    }

    @Override
    public String toString() {
        return voters.values().stream().map(Voter::key).toList().toString();
    }
}
