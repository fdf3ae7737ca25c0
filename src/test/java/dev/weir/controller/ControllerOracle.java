package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** What must hold of the metadata after every event. */
final class ControllerOracle {
    private final ConfigRules rules;
    private final boolean elr;

    ControllerOracle(ConfigRules rules, boolean elr) {
        this.rules = rules;
        this.elr = elr;
    }

    /** @param dirty brokers that have lost records and are not registered again yet; nobody is asked what they have */
    void check(ClusterImage image, SimLogs logs, IntPredicate dirty) {
        for (TopicImage topic : image.topics().byName().values()) {
            int minIsr = rules.minInsyncReplicas(image, topic.name());
            topic.partitions().forEach((id, partition) -> {
                String name = topic.name() + "-" + id + " " + partition;
                members(name, partition);
                leader(name, image, partition);
                if (elr) {
                    eligible(
                            name,
                            image,
                            partition,
                            Math.min(minIsr, partition.replicas().size()));
                    records(name, partition, logs.of(new SimLogs.Key(topic.id(), id)), dirty);
                } else {
                    require(!partition.isr().isEmpty() && partition.elr().isEmpty(), "the last member stays", name);
                }
            });
        }
    }

    /** Nobody who can lead is left idle, once a decision is whole. */
    void checkLiveness(ClusterImage image) {
        for (TopicImage topic : image.topics().byName().values()) {
            topic.partitions().forEach((id, partition) -> {
                if (!partition.hasLeader()) {
                    List<Integer> candidates = partition.isr();
                    candidates = candidates.isEmpty() ? partition.elr() : candidates;
                    candidates = candidates.isEmpty() ? partition.lastKnownElr() : candidates;
                    require(
                            candidates.stream()
                                    .noneMatch(broker -> image.isActive(broker) && image.isOnline(broker, partition)),
                            "somebody could lead",
                            topic.name() + "-" + id + " " + partition);
                }
            });
        }
    }

    /** One record has changed a partition. */
    void checkStep(PartitionImage before, PartitionImage after) {
        String step = before + " -> " + after;
        require(after.partitionEpoch() == before.partitionEpoch() + 1, "the partition epoch grows by one", step);
        require(after.leaderEpoch() >= before.leaderEpoch(), "the leader epoch grows", step);
        require(
                after.leader() == before.leader() || after.leaderEpoch() > before.leaderEpoch(),
                "another leader has another epoch",
                step);
    }

    private static void members(String name, PartitionImage partition) {
        Set<Integer> replicas = new HashSet<>(partition.replicas());
        require(replicas.size() == partition.replicas().size(), "replicas differ", name);
        require(partition.directories().size() == replicas.size(), "each replica has a directory", name);
        for (List<Integer> some : List.of(
                partition.isr(), partition.elr(), partition.lastKnownElr(), partition.adding(), partition.removing())) {
            require(
                    replicas.containsAll(some) && new HashSet<>(some).size() == some.size(),
                    "a subset of replicas",
                    name);
        }
        require(partition.isr().stream().noneMatch(partition.elr()::contains), "ISR and ELR are disjoint", name);
    }

    private static void leader(String name, ClusterImage image, PartitionImage partition) {
        require(
                !partition.hasLeader()
                        || (partition.isr().contains(partition.leader())
                                && image.isActive(partition.leader())
                                && image.isOnline(partition.leader(), partition)),
                "the leader is in sync and active",
                name);
    }

    private static void eligible(String name, ClusterImage image, PartitionImage partition, int minIsr) {
        require(
                partition.elr().isEmpty() || partition.isr().size() < minIsr,
                "nobody is eligible beside an ISR that can commit, of " + minIsr,
                name);
        require(partition.isr().stream().allMatch(image::isActive), "who is in sync is active", name);
    }

    private static void records(String name, PartitionImage partition, SimLogs.Log log, IntPredicate dirty) {
        for (List<Integer> some : List.of(partition.isr(), partition.elr())) {
            for (int broker : some) {
                require(
                        dirty.test(broker) || log.of(broker) >= log.committed,
                        "broker " + broker + " has all of " + log.committed + " committed records, not " + log.has,
                        name);
            }
        }
    }

    static void require(boolean holds, String what, String where) {
        if (!holds) {
            throw new AssertionError(what + ": " + where);
        }
    }
}
