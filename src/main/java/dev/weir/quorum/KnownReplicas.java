package dev.weir.quorum;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The ids of the replicas that this broker knows: the voters and the registered brokers. A request that names any other is a
 * stranger's, and strangers share what is set aside for them. Anybody may name any id, as nobody is authenticated yet. Written
 * by the owner of the metadata log; read by any thread.
 */
public final class KnownReplicas {
    private volatile Set<Integer> ids = Set.of();

    /** Whether that id is a voter's or a registered broker's. */
    public boolean contains(int id) {
        return ids.contains(id);
    }

    /** Takes note of the replicas that are known from now on. */
    public void set(Collection<Integer> voters, Collection<Integer> brokers) {
        Set<Integer> all = new HashSet<>(voters);
        all.addAll(brokers);
        ids = Set.copyOf(all);
    }
}
