package dev.weir.controller;

import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;

/**
 * The replicas that one partition is to have, and which of them come or go. A reassignment begins with the old and the new
 * ones together; it is complete when all that stay are in sync, and then those that go are gone.
 *
 * @param replicas brokers, those that stay or come first, the preferred leader at their head
 * @param isr the brokers in sync
 * @param removing replicas that go
 * @param adding replicas that come
 */
record Reassignment(List<Integer> replicas, List<Integer> isr, List<Integer> removing, List<Integer> adding) {

    /** A partition as it stands, but for its ISR. */
    static Reassignment of(PartitionImage partition, List<Integer> isr) {
        return new Reassignment(partition.replicas(), isr, partition.removing(), partition.adding());
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
        return new Reassignment(replicas, partition.isr(), removing, adding);
    }

    /** Back to what was before the reassignment; its ISR is empty where none of that is in sync. */
    static Reassignment back(PartitionImage partition) {
        return new Reassignment(
                without(partition.replicas(), partition.adding()),
                without(partition.isr(), partition.adding()),
                List.of(),
                List.of());
    }

    boolean isComplete() {
        return removing.isEmpty() && adding.isEmpty();
    }

    /** This reassignment at its end where the ISR allows that, else itself. */
    Reassignment completed() {
        List<Integer> staying = without(replicas, removing);
        List<Integer> inSync = without(isr, removing);
        return !staying.isEmpty() && inSync.containsAll(staying)
                ? new Reassignment(staying, inSync, List.of(), List.of())
                : this;
    }

    /**
     * The record that brings a partition here, with a leader from the ISR; empty where it is here already.
     *
     * @param directory where a broker keeps a replica that it does not have yet
     * @param acceptable which brokers may lead
     * @param unclean whether a replica out of sync may lead; asked only where there is no other
     */
    Optional<PartitionChangeRecord> change(
            Uuid topicId,
            int partitionId,
            PartitionImage before,
            IntFunction<Uuid> directory,
            IntPredicate acceptable,
            BooleanSupplier unclean) {
        PartitionChangeRecord untouched = PartitionChangeRecord.of(topicId, partitionId);
        PartitionChangeRecord record = LeaderElection.decide(
                        topicId, partitionId, before.withReplicas(replicas), isr, acceptable, unclean)
                .orElse(untouched);
        boolean loses = !replicas.containsAll(before.replicas());
        if (loses && record.leader().isEmpty()) {
            // Whoever is gone must not be taken for a replica of the leader's epoch.
            record = record.withLeader(before.leader());
        }
        if (!replicas.equals(before.replicas())) {
            record = record.withReplicas(replicas, directories(before, directory));
        }
        if (!removing.equals(before.removing())) {
            record = record.withRemoving(removing);
        }
        if (!adding.equals(before.adding())) {
            record = record.withAdding(adding);
        }
        return record.equals(untouched) ? Optional.empty() : Optional.of(record);
    }

    private List<Uuid> directories(PartitionImage before, IntFunction<Uuid> directory) {
        Map<Integer, Uuid> known = new HashMap<>();
        for (int i = 0; i < before.replicas().size(); i++) {
            known.put(before.replicas().get(i), before.directories().get(i));
        }
        return replicas.stream()
                .map(broker -> known.containsKey(broker) ? known.get(broker) : directory.apply(broker))
                .toList();
    }

    private static List<Integer> sortedWithout(List<Integer> all, List<Integer> some) {
        return without(all, some).stream().sorted().toList();
    }

    private static List<Integer> without(List<Integer> all, List<Integer> some) {
        return all.stream().filter(broker -> !some.contains(broker)).toList();
    }
}
