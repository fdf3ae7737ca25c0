package dev.weir.controller;

import dev.weir.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The replicas that one partition is to have, and which of them come or go. A reassignment begins with the old and the new
 * ones together; it is complete when those that come are in sync, and then those that go are gone.
 *
 * @param replicas brokers, those that stay or come first, the preferred leader at their head
 * @param removing replicas that go
 * @param adding replicas that come
 */
record Reassignment(List<Integer> replicas, List<Integer> removing, List<Integer> adding) {
    /** A partition as it stands. */
    static Reassignment of(PartitionImage partition) {
        return new Reassignment(partition.replicas(), partition.removing(), partition.adding());
    }

    /** On the way to these replicas; what an older reassignment wanted counts no more. */
    static Reassignment towards(PartitionImage partition, List<Integer> target) {
        List<Integer> removing = sortedWithout(partition.replicas(), target);
        List<Integer> adding = target.stream()
                .filter(broker -> !partition.replicas().contains(broker)
                        || partition.adding().contains(broker))
                .sorted()
                .toList();
        List<Integer> replicas = new ArrayList<>(target);
        replicas.addAll(removing);
        return new Reassignment(replicas, removing, adding);
    }

    /** Back to what was before the reassignment. */
    static Reassignment back(PartitionImage partition) {
        return new Reassignment(without(partition.replicas(), partition.adding()), List.of(), List.of());
    }

    /**
     * This reassignment at its end; empty if it is not under way, or cannot end yet. All that come must be in sync and, if fewer come
     * than go, all that stay. With KIP-966 as many must be in sync as it takes to commit.
     */
    Optional<Reassignment> completedBy(List<Integer> isr, TopicRules rules) {
        if (removing.isEmpty() && adding.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> staying = without(replicas, removing);
        List<Integer> inSync = without(isr, removing);
        boolean allCame = inSync.containsAll(adding.size() < removing.size() ? staying : adding);
        int needed = rules.elr() ? rules.minIsrOf(staying.size()) : 1;
        return !staying.isEmpty() && allCame && inSync.size() >= needed
                ? Optional.of(new Reassignment(staying, List.of(), List.of()))
                : Optional.empty();
    }

    private static List<Integer> sortedWithout(List<Integer> all, List<Integer> some) {
        return without(all, some).stream().sorted().toList();
    }

    private static List<Integer> without(List<Integer> all, List<Integer> some) {
        return all.stream().filter(broker -> !some.contains(broker)).toList();
    }
}
