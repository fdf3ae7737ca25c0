package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.record.GroupRecord.TopicPartitions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * The partitions that a member owns, each with the member epoch at which it was assigned. Immutable; two of them are equal
 * when partitions and epochs are.
 *
 * @param partitions by topic, then partition; the value is the epoch; no topic without partitions
 */
public record Ownership(SortedMap<Uuid, SortedMap<Integer, Integer>> partitions) {
    static final Ownership NONE = new Ownership(Collections.emptySortedMap());
    private static final SortedMap<Integer, Integer> EMPTY = Collections.emptySortedMap();

    /**
     * Reads what a record holds.
     *
     * @param memberEpoch stands in for the epochs where the record, of an older version, has none
     */
    static Ownership of(List<TopicPartitions> topics, int memberEpoch) {
        Builder builder = new Builder();
        for (TopicPartitions topic : topics) {
            List<Integer> epochs = topic.assignmentEpochs();
            for (int i = 0; i < topic.partitions().size(); i++) {
                int epoch = epochs != null && i < epochs.size() ? epochs.get(i) : memberEpoch;
                builder.add(topic.topicId(), topic.partitions().get(i), epoch);
            }
        }
        return builder.build();
    }

    /** As a record holds it. */
    List<TopicPartitions> toRecord() {
        List<TopicPartitions> topics = new ArrayList<>(partitions.size());
        partitions.forEach((topic, epochs) ->
                topics.add(new TopicPartitions(topic, List.copyOf(epochs.keySet()), List.copyOf(epochs.values()))));
        return topics;
    }

    SortedMap<Integer, Integer> of(Uuid topic) {
        return partitions.getOrDefault(topic, EMPTY);
    }

    Set<Uuid> topics() {
        return partitions.keySet();
    }

    public boolean contains(Uuid topic, int partition) {
        return of(topic).containsKey(partition);
    }

    boolean isEmpty() {
        return partitions.isEmpty();
    }

    public int count() {
        return partitions.values().stream().mapToInt(Map::size).sum();
    }

    /** Whether the same partitions are owned, whatever the epochs. */
    boolean hasSamePartitions(Ownership other) {
        return partitions.keySet().equals(other.partitions.keySet())
                && partitions.entrySet().stream().allMatch(e -> e.getValue()
                        .keySet()
                        .equals(other.of(e.getKey()).keySet()));
    }

    /** Visits every partition, topics and partitions in ascending order. */
    void forEach(Assignment.Visitor visitor) {
        partitions.forEach((topic, epochs) -> epochs.keySet().forEach(partition -> visitor.visit(topic, partition)));
    }

    /** Collects partitions. Not reused after {@link #build()}. */
    static final class Builder {
        private final TreeMap<Uuid, SortedMap<Integer, Integer>> topics = new TreeMap<>();

        public Builder add(Uuid topic, int partition, int epoch) {
            topics.computeIfAbsent(topic, t -> new TreeMap<>()).put(partition, epoch);
            return this;
        }

        Builder addAll(Ownership other) {
            other.partitions.forEach((topic, epochs) -> epochs.forEach((p, epoch) -> add(topic, p, epoch)));
            return this;
        }

        public Ownership build() {
            return topics.isEmpty() ? NONE : new Ownership(Collections.unmodifiableSortedMap(topics));
        }
    }
}
