package dev.weir.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;

/**
 * What clients were told about topics: acknowledged changes, and those of which nobody knows whether they were made. A topic
 * with an unclear change is left alone until {@link #compare} has seen what became of it.
 */
final class TopicLedger {
    static final String UNSET = "";

    private final Map<String, Topic> topics = new TreeMap<>();
    private final Set<String> deleted = new TreeSet<>();

    synchronized void creating(String name, int partitions) {
        Topic topic = new Topic(partitions);
        topic.unclear = "create";
        topics.put(name, topic);
    }

    synchronized void created(String name, Uuid id) {
        Topic topic = topics.get(name);
        topic.id = id;
        topic.unclear = null;
    }

    /** Takes a topic whose state is known, for one change; null where there is none. */
    synchronized Map.Entry<String, Topic> take(String change) {
        List<Map.Entry<String, Topic>> known = topics.entrySet().stream()
                .filter(e -> e.getValue().unclear == null)
                .toList();
        if (known.isEmpty()) {
            return null;
        }
        Map.Entry<String, Topic> chosen = known.get(ThreadLocalRandom.current().nextInt(known.size()));
        chosen.getValue().unclear = change;
        return Map.entry(chosen.getKey(), chosen.getValue());
    }

    synchronized void deleted(String name) {
        topics.remove(name);
        deleted.add(name);
    }

    synchronized void grown(String name, int partitions) {
        Topic topic = topics.get(name);
        topic.partitions = partitions;
        topic.unclear = null;
    }

    synchronized void configured(String name, String value) {
        Topic topic = topics.get(name);
        topic.config = value;
        topic.unclear = null;
    }

    synchronized int size() {
        return topics.size();
    }

    /** Compares with what a broker shows; takes over what became of unclear changes. Returns the faults. */
    synchronized List<String> compare(Map<String, Shown> shown) {
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, Topic> entry : new HashMap<>(topics).entrySet()) {
            String name = entry.getKey();
            Topic topic = entry.getValue();
            Shown seen = shown.get(name);
            String unclear = topic.unclear == null ? "" : topic.unclear;
            if (seen == null) {
                if (!unclear.equals("create") && !unclear.equals("delete")) {
                    faults.add("lost: " + name + " " + topic);
                }
                topics.remove(name);
                deleted.add(name);
                continue;
            }
            if (topic.id != null && !topic.id.equals(seen.id())) {
                faults.add("another id: " + name + " " + topic + " is " + seen);
            }
            if (topic.partitions != seen.partitions() && !unclear.equals("grow")) {
                faults.add("other partitions: " + name + " " + topic + " is " + seen);
            }
            if (!topic.config.equals(seen.config()) && !unclear.equals("config")) {
                faults.add("another config: " + name + " " + topic + " is " + seen);
            }
            topic.id = seen.id();
            topic.partitions = seen.partitions();
            topic.config = seen.config();
            topic.unclear = null;
        }
        for (String name : shown.keySet()) {
            if (deleted.contains(name)) {
                faults.add("back again: " + name + " " + shown.get(name));
            } else if (!topics.containsKey(name)) {
                faults.add("never made: " + name + " " + shown.get(name));
            }
        }
        return faults;
    }

    /** What is known of a topic. */
    static final class Topic {
        private Uuid id;
        private int partitions;
        private String config = UNSET;
        private String unclear;

        Topic(int partitions) {
            this.partitions = partitions;
        }

        int partitions() {
            return partitions;
        }

        @Override
        public String toString() {
            return id + "/" + partitions + "/" + config + (unclear == null ? "" : "/" + unclear);
        }
    }

    /**
     * A topic as a broker shows it.
     *
     * @param config its {@code retention.ms}, or {@link #UNSET}
     */
    record Shown(Uuid id, int partitions, String config) {}
}
