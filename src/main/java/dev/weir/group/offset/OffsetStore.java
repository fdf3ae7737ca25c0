package dev.weir.group.offset;

import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every committed offset of one coordinator, by group, topic and partition. Only {@link #replay} changes it. A group or topic
 * without offsets takes no room.
 */
public final class OffsetStore {
    private final Map<String, Map<String, PartitionOffsets>> groups = new HashMap<>();

    public interface Visitor {
        void visit(String topic, int partition, CommittedOffset offset);
    }

    public void replay(GroupRecord.OffsetCommit record) {
        CommittedOffset value = record.value();
        if (value != null) {
            groups.computeIfAbsent(record.groupId(), id -> new HashMap<>())
                    .computeIfAbsent(record.topic(), topic -> new PartitionOffsets())
                    .put(record.partition(), value);
        } else {
            remove(record);
        }
    }

    private void remove(GroupRecord.OffsetCommit record) {
        Map<String, PartitionOffsets> topics = groups.getOrDefault(record.groupId(), Map.of());
        PartitionOffsets partitions = topics.get(record.topic());
        if (partitions == null) {
            return;
        }
        partitions.remove(record.partition());
        if (partitions.size() == 0) {
            topics.remove(record.topic());
        }
        if (topics.isEmpty()) {
            groups.remove(record.groupId());
        }
    }

    @Nullable
    public CommittedOffset get(String groupId, String topic, int partition) {
        PartitionOffsets partitions = groups.getOrDefault(groupId, Map.of()).get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    public boolean has(String groupId) {
        return groups.containsKey(groupId);
    }

    /** The groups that hold offsets; a copy. */
    public Collection<String> groupIds() {
        return List.copyOf(groups.keySet());
    }

    public Set<String> topics(String groupId) {
        return Collections.unmodifiableSet(
                groups.getOrDefault(groupId, Map.of()).keySet());
    }

    /** The visitor must not change the offsets. */
    public void forEach(String groupId, Visitor visitor) {
        groups.getOrDefault(groupId, Map.of())
                .forEach((topic, partitions) ->
                        partitions.forEach((partition, offset) -> visitor.visit(topic, partition, offset)));
    }

    /** The visitor must not change the offsets. */
    public void forEach(String groupId, String topic, PartitionOffsets.Visitor visitor) {
        PartitionOffsets partitions = groups.getOrDefault(groupId, Map.of()).get(topic);
        if (partitions != null) {
            partitions.forEach(visitor);
        }
    }

    /** A tombstone for each offset of the group. */
    public List<GroupRecord> tombstones(String groupId) {
        List<GroupRecord> tombstones = new ArrayList<>();
        forEach(
                groupId,
                (topic, partition, offset) ->
                        tombstones.add(new GroupRecord.OffsetCommit(groupId, topic, partition, null)));
        return tombstones;
    }

    /** How many offsets the group has. */
    public int count(String groupId) {
        return groups.getOrDefault(groupId, Map.of()).values().stream()
                .mapToInt(PartitionOffsets::size)
                .sum();
    }

    public int count() {
        return groups.values().stream()
                .flatMap(topics -> topics.values().stream())
                .mapToInt(PartitionOffsets::size)
                .sum();
    }
}
