package dev.weir.group.assignor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * A set of topic partitions, by topic id: what one member should own. Immutable; partitions are kept sorted in one array per
 * topic, and no topic is kept without partitions, so two equal sets are equal objects.
 */
public final class Assignment {
    public static final Assignment EMPTY = new Assignment(new TreeMap<>());
    private static final int[] NONE = {};

    private final NavigableMap<Uuid, int[]> partitions;

    private Assignment(NavigableMap<Uuid, int[]> partitions) {
        this.partitions = partitions;
    }

    public static Assignment of(Map<Uuid, ? extends Collection<Integer>> partitions) {
        Builder builder = new Builder();
        partitions.forEach((topic, ids) -> ids.forEach(id -> builder.add(topic, id)));
        return builder.build();
    }

    public Set<Uuid> topics() {
        return Collections.unmodifiableSet(partitions.keySet());
    }

    /** The partitions of a topic in ascending order; empty where there are none. */
    public List<Integer> partitions(Uuid topic) {
        int[] ids = partitions.getOrDefault(topic, NONE);
        List<Integer> list = new ArrayList<>(ids.length);
        for (int id : ids) {
            list.add(id);
        }
        return list;
    }

    public int count(Uuid topic) {
        return partitions.getOrDefault(topic, NONE).length;
    }

    public int count() {
        int count = 0;
        for (int[] ids : partitions.values()) {
            count += ids.length;
        }
        return count;
    }

    public boolean isEmpty() {
        return partitions.isEmpty();
    }

    public boolean contains(Uuid topic, int partition) {
        return Arrays.binarySearch(partitions.getOrDefault(topic, NONE), partition) >= 0;
    }

    /** Visits every partition, topics and partitions in ascending order. */
    public void forEach(Visitor visitor) {
        partitions.forEach((topic, ids) -> {
            for (int id : ids) {
                visitor.visit(topic, id);
            }
        });
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof Assignment that) || partitions.size() != that.partitions.size()) {
            return false;
        }
        return partitions.entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue(), that.partitions.getOrDefault(entry.getKey(), NONE)));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<Uuid, int[]> entry : partitions.entrySet()) {
            hash = 31 * hash + entry.getKey().hashCode() + Arrays.hashCode(entry.getValue());
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        partitions.forEach((topic, ids) -> text.append(text.length() == 1 ? "" : ", ")
                .append(topic)
                .append('=')
                .append(Arrays.toString(ids)));
        return text.append('}').toString();
    }

    /** Receives one partition. */
    public interface Visitor {
        void visit(Uuid topic, int partition);
    }

    /** Collects partitions in any order; a partition added twice counts once. Not reused after {@link #build()}. */
    public static final class Builder {
        private final TreeMap<Uuid, Ids> topics = new TreeMap<>();
        private Ids last = new Ids();
        private Uuid lastTopic = Uuid.ZERO_UUID;

        public Builder add(Uuid topic, int partition) {
            if (topics.isEmpty() || !lastTopic.equals(topic)) {
                last = topics.computeIfAbsent(topic, t -> new Ids());
                lastTopic = topic;
            }
            last.add(partition);
            return this;
        }

        public Assignment build() {
            if (topics.isEmpty()) {
                return EMPTY;
            }
            TreeMap<Uuid, int[]> built = new TreeMap<>();
            topics.forEach((topic, ids) -> built.put(topic, ids.sortedDistinct()));
            return new Assignment(built);
        }
    }

    private static final class Ids {
        private int[] ids = new int[8];
        private int size;

        void add(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
            }
            ids[size++] = id;
        }

        int[] sortedDistinct() {
            Arrays.sort(ids, 0, size);
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if (i == 0 || ids[i] != ids[kept - 1]) {
                    ids[kept++] = ids[i];
                }
            }
            return Arrays.copyOf(ids, kept);
        }
    }
}
