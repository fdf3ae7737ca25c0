package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many replicas the topics have that brokers keep for themselves: as many as there are voters, three at most, unless a number
 * is given. Such a topic is not created before as many brokers are active. One that was created when there were fewer gets more
 * replicas, some partitions at a time. Stateless.
 */
final class InternalReplicas {
    /** Partitions of a topic that get more replicas at the same time. */
    static final int MOST_AT_ONCE = 10;

    private static final int MOST = 3;

    private final ConfigRules rules;

    InternalReplicas(ConfigRules rules) {
        this.rules = rules;
    }

    /** @param voters of the metadata quorum */
    int of(String topic, int voters) {
        return rules.internalReplicationFactor(topic).orElse(Math.max(1, Math.min(MOST, voters)));
    }

    /**
     * More replicas for partitions of internal topics that have too few.
     *
     * @param voters of the metadata quorum
     */
    List<MetadataRecord> heal(ClusterImage image, int voters) {
        List<MetadataRecord> records = new ArrayList<>();
        List<BrokerImage> active =
                image.brokers().values().stream().filter(BrokerImage::active).toList();
        for (TopicImage topic : image.topics().byName().values()) {
            int wanted = InternalTopics.isInternal(topic.name()) ? of(topic.name(), voters) : 0;
            if (wanted > 1 && active.size() >= wanted) {
                heal(image, topic, wanted, active, records);
            }
        }
        return records;
    }

    private void heal(
            ClusterImage image, TopicImage topic, int wanted, List<BrokerImage> active, List<MetadataRecord> records) {
        Loads loads = new Loads(topic);
        // One that waits for a broker that is not there may never end, and moves nothing meanwhile.
        int underWay = (int) topic.partitions().values().stream()
                .filter(p -> p.isReassigning() && p.adding().stream().allMatch(image::isActive))
                .count();
        for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
            PartitionImage partition = entry.getValue();
            boolean few = partition.replicas().size() < wanted && !partition.isReassigning() && partition.hasLeader();
            if (few && underWay < MOST_AT_ONCE) {
                List<Integer> target = loads.extend(partition.replicas(), wanted, active);
                underWay++;
                PartitionChange.of(
                                image, topic.id(), entry.getKey(), partition, TopicRules.of(rules, image, topic.name()))
                        .assignment(Reassignment.towards(partition, target))
                        .record()
                        .ifPresent(records::add);
            }
        }
    }

    /** What the brokers have of one topic. */
    private static final class Loads {
        private final Map<Integer, Integer> replicas = new HashMap<>();
        private final Map<Integer, Integer> preferred = new HashMap<>();

        private Loads(TopicImage topic) {
            for (PartitionImage partition : topic.partitions().values()) {
                partition.replicas().forEach(broker -> replicas.merge(broker, 1, Integer::sum));
                preferred.merge(partition.preferredLeader(), 1, Integer::sum);
            }
        }

        /** Those that are there and others, on racks without one first; the one that leads least of the topic comes first. */
        private List<Integer> extend(List<Integer> present, int wanted, List<BrokerImage> active) {
            List<Integer> chosen = new ArrayList<>(present);
            while (chosen.size() < wanted) {
                Optional<BrokerImage> next = active.stream()
                        .filter(broker -> !chosen.contains(broker.id()))
                        .min(Comparator.<BrokerImage>comparingInt(broker -> sharesRack(broker, chosen, active) ? 1 : 0)
                                .thenComparingInt(broker -> replicas.getOrDefault(broker.id(), 0))
                                .thenComparingInt(BrokerImage::id));
                if (next.isEmpty()) {
                    break;
                }
                chosen.add(next.get().id());
                replicas.merge(next.get().id(), 1, Integer::sum);
            }
            preferred.merge(present.get(0), -1, Integer::sum);
            chosen.sort(Comparator.<Integer>comparingInt(broker -> preferred.getOrDefault(broker, 0))
                    .thenComparingInt(broker -> broker));
            preferred.merge(chosen.get(0), 1, Integer::sum);
            return chosen;
        }

        private static boolean sharesRack(BrokerImage broker, List<Integer> chosen, List<BrokerImage> active) {
            Set<@Nullable String> taken = new HashSet<>();
            active.stream().filter(one -> chosen.contains(one.id())).forEach(one -> taken.add(one.rack()));
            return broker.rack() != null && taken.contains(broker.rack());
        }
    }
}
