package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * The records of partitions, as far as {@link ControllerSimulation} needs them: how many each replica has, and how many are committed
 * and so promised to survive. A leader commits what all in sync have, those that it has proposed to add included, and only while they
 * are as many as {@code min.insync.replicas} says.
 */
final class SimLogs {
    record Key(Uuid topicId, int partition) {}

    /** The log of one partition on all its replicas. */
    static final class Log {
        final Map<Integer, Integer> has = new HashMap<>();
        final Set<Integer> lost = new HashSet<>();
        int committed;
        /** Where the present leader began. */
        int epochStart;

        int of(int broker) {
            return has.getOrDefault(broker, 0);
        }
    }

    private final Map<Key, Log> logs = new HashMap<>();

    Log of(Key key) {
        return logs.computeIfAbsent(key, none -> new Log());
    }

    /** Forgets the logs of partitions and replicas that are gone. */
    void follow(ClusterImage image) {
        logs.keySet()
                .removeIf(key ->
                        image.topics().partition(key.topicId(), key.partition()).isEmpty());
        for (TopicImage topic : image.topics().byId().values()) {
            topic.partitions().forEach((id, partition) -> {
                Log log = of(new Key(topic.id(), id));
                log.has.keySet().retainAll(partition.replicas());
                log.lost.retainAll(partition.replicas());
            });
        }
    }

    /** The process of a broker has ended without a sync: each of its logs may have lost its tail. */
    void crash(int broker, Random random) {
        for (Log log : logs.values()) {
            if (log.has.containsKey(broker) && random.nextBoolean()) {
                log.has.put(broker, random.nextInt(log.of(broker) + 1));
            }
        }
    }

    /** A leader was elected: the others cut what it does not have. */
    void led(Key key, int leader, boolean unclean) {
        Log log = of(key);
        int end = log.of(leader);
        log.has.replaceAll((broker, own) -> Math.min(own, end));
        log.epochStart = end;
        if (unclean) {
            log.committed = Math.min(log.committed, end);
        }
    }

    /** The leader commits what it may. */
    void commit(Key key, PartitionImage partition, Set<Integer> joining, int minIsr) {
        Log log = of(key);
        if (partition.isr().size() < Math.min(minIsr, partition.replicas().size())) {
            return;
        }
        Set<Integer> maximal = new HashSet<>(partition.isr());
        maximal.addAll(joining);
        int all = maximal.stream().mapToInt(log::of).min().orElse(0);
        log.committed = Math.max(log.committed, all);
    }
}
