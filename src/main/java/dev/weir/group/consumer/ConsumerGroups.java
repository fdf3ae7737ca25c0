package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupPartitionMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import dev.weir.group.record.GroupRecord.TopicPartitions;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consumer groups of one coordinator shard, built by replaying records. Records may come in any order that a compacted
 * log can have: a tombstone for what is not there is nothing, and a group exists from its first record that is none.
 */
final class ConsumerGroups {
    private final Map<String, ConsumerGroup> groups = new HashMap<>();
    private final TopicView topics;

    ConsumerGroups(TopicView topics) {
        this.topics = topics;
    }

    @Nullable
    ConsumerGroup get(String groupId) {
        return groups.get(groupId);
    }

    /** The group of this id, made where there is none; for an event that goes on to write its first records. */
    ConsumerGroup getOrMake(String groupId) {
        return groups.computeIfAbsent(groupId, id -> new ConsumerGroup(id, topics));
    }

    Collection<ConsumerGroup> all() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** Applies a record; one of another kind of group is ignored. */
    void replay(GroupRecord record) {
        if (record instanceof ConsumerGroupEpoch r) {
            if (r.value() == null) {
                groups.remove(r.groupId());
            } else {
                groupOf(r).replayEpoch(r.value());
            }
        } else if (record instanceof ConsumerGroupPartitionMetadata r) {
            ConsumerGroup group = r.present() ? groupOf(r) : groups.get(r.groupId());
            if (group != null) {
                group.replayOldPartitionMetadata(r.present());
            }
        } else if (record instanceof ConsumerGroupMemberMetadata r) {
            replayMember(r);
        } else if (record instanceof ConsumerGroupTargetEpoch r) {
            ConsumerGroup group = r.value() == null ? groups.get(r.groupId()) : groupOf(r);
            if (group != null) {
                group.replayTargetEpoch(r.value());
            }
        } else if (record instanceof ConsumerGroupTargetAssignment r) {
            ConsumerGroup group = r.value() == null ? groups.get(r.groupId()) : groupOf(r);
            if (group != null) {
                group.replayTarget(r.memberId(), r.value() == null ? null : assignment(r.value()));
            }
        } else if (record instanceof ConsumerGroupCurrentAssignment r) {
            replayProgress(r);
        } else if (record instanceof ConsumerGroupRegex r) {
            ConsumerGroup group = r.value() == null ? groups.get(r.groupId()) : groupOf(r);
            if (group != null) {
                group.replayRegex(r.regex(), r.value());
            }
        }
    }

    private void replayMember(ConsumerGroupMemberMetadata record) {
        if (record.value() != null) {
            groupOf(record).replayDetails(record.memberId(), record.value());
            return;
        }
        ConsumerGroup group = groups.get(record.groupId());
        if (group != null) {
            group.replayRemoval(record.memberId());
        }
    }

    private void replayProgress(ConsumerGroupCurrentAssignment record) {
        if (record.value() != null) {
            groupOf(record).replayProgress(record.memberId(), Progress.of(record.value()));
            return;
        }
        ConsumerGroup group = groups.get(record.groupId());
        if (group != null) {
            group.replayNoProgress(record.memberId());
        }
    }

    private ConsumerGroup groupOf(GroupRecord record) {
        return getOrMake(record.groupId());
    }

    private static Assignment assignment(List<TopicPartitions> topics) {
        Assignment.Builder builder = new Assignment.Builder();
        topics.forEach(topic -> topic.partitions().forEach(p -> builder.add(topic.topicId(), p)));
        return builder.build();
    }
}
