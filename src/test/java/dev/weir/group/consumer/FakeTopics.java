package dev.weir.group.consumer;

import dev.weir.group.core.TopicView;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The topics of a cluster, in memory. */
public final class FakeTopics implements TopicView {
    private final Map<String, Topic> byName = new TreeMap<>();
    private final Map<Uuid, Topic> byId = new HashMap<>();
    private long version;

    public FakeTopics with(String name, int partitions) {
        Topic before = byName.get(name);
        Uuid id = before == null ? new Uuid(77, ++version) : before.id();
        Topic topic = new Topic(id, name, partitions, List.of());
        byName.put(name, topic);
        byId.put(id, topic);
        version++;
        return this;
    }

    FakeTopics without(String name) {
        Topic removed = byName.remove(name);
        if (removed != null) {
            byId.remove(removed.id());
        }
        version++;
        return this;
    }

    public Uuid id(String name) {
        Topic topic = byName.get(name);
        return topic == null ? Uuid.ZERO_UUID : topic.id();
    }

    Collection<Topic> all() {
        return byName.values();
    }

    @Override
    public @Nullable Topic byName(String name) {
        return byName.get(name);
    }

    @Override
    public @Nullable Topic byId(Uuid id) {
        return byName.values().stream()
                .filter(t -> t.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<String> names() {
        return List.copyOf(byName.keySet());
    }

    @Override
    public long version() {
        return version;
    }
}
