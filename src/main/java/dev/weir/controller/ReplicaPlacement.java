package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses brokers for new partitions: the j-th replica of partition i goes to broker {@code (start + i + j) mod n} of the
 * live brokers. Where racks are known the brokers are ordered so that racks alternate, and no rack gets a second replica
 * while another has none. Brokers that are fenced follow, and only where there are not enough live ones.
 */
final class ReplicaPlacement {
    private ReplicaPlacement() {}

    /**
     * The replicas of {@code count} partitions from {@code firstPartition} on, the preferred leader first, which is live.
     *
     * @param start where to begin, any number
     */
    static Result<List<List<Integer>>> place(
            ClusterImage image, int firstPartition, int count, int replicationFactor, int start) {
        List<BrokerImage> live = racksInTurn(
                image.brokers().values().stream().filter(BrokerImage::active).toList());
        List<BrokerImage> others = racksInTurn(
                image.brokers().values().stream().filter(b -> !b.active()).toList());
        if (live.isEmpty()) {
            return Result.refused(Errors.INVALID_REPLICATION_FACTOR, "All brokers are currently fenced.");
        }
        if (replicationFactor > live.size() + others.size()) {
            return Result.refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "The target replication factor of " + replicationFactor + " cannot be reached because only "
                            + (live.size() + others.size()) + " broker(s) are registered.");
        }
        List<List<Integer>> placed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = Math.floorMod(start + firstPartition + i, Integer.MAX_VALUE);
            placed.add(replicas(live, others, replicationFactor, at));
        }
        return Result.of(placed);
    }

    private static List<Integer> replicas(List<BrokerImage> live, List<BrokerImage> others, int wanted, int at) {
        List<Integer> chosen = new ArrayList<>(wanted);
        Set<@Nullable String> racks = new HashSet<>();
        choose(rotated(live, at), wanted, chosen, racks);
        choose(rotated(others, at), wanted, chosen, racks);
        return List.copyOf(chosen);
    }

    private static void choose(
            List<BrokerImage> brokers, int wanted, List<Integer> chosen, Set<@Nullable String> racks) {
        boolean racksKnown = brokers.stream().allMatch(b -> b.rack() != null);
        for (BrokerImage broker : brokers) {
            if (chosen.size() < wanted && (!racksKnown || racks.add(broker.rack()))) {
                chosen.add(broker.id());
            }
        }
        for (BrokerImage broker : brokers) {
            if (chosen.size() < wanted && !chosen.contains(broker.id())) {
                chosen.add(broker.id());
            }
        }
    }

    private static List<BrokerImage> rotated(List<BrokerImage> brokers, int by) {
        List<BrokerImage> rotated = new ArrayList<>(brokers.size());
        for (int j = 0; j < brokers.size(); j++) {
            rotated.add(brokers.get((int) (((long) by + j) % brokers.size())));
        }
        return rotated;
    }

    /** Sorted by id where racks are unknown, otherwise one broker of each rack in turn. */
    private static List<BrokerImage> racksInTurn(List<BrokerImage> sortedById) {
        if (sortedById.stream().anyMatch(b -> b.rack() == null)) {
            return sortedById;
        }
        Map<String, Deque<BrokerImage>> byRack = new TreeMap<>();
        sortedById.forEach(
                broker -> byRack.computeIfAbsent(Objects.requireNonNull(broker.rack()), rack -> new ArrayDeque<>())
                        .add(broker));
        return drainInTurn(new LinkedHashMap<>(byRack).values(), sortedById.size());
    }

    private static List<BrokerImage> drainInTurn(Collection<Deque<BrokerImage>> racks, int total) {
        List<BrokerImage> ordered = new ArrayList<>(total);
        while (ordered.size() < total) {
            for (Deque<BrokerImage> rack : racks) {
                BrokerImage next = rack.poll();
                if (next != null) {
                    ordered.add(next);
                }
            }
        }
        return ordered;
    }
}
