package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.assignor.Assignor;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import dev.weir.group.record.GroupRecord.TopicPartitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** Runs the assignor for a group and writes what it changed. */
final class Targets {
    private final TopicView topics;

    Targets(TopicView topics) {
        this.topics = topics;
    }

    /** Whether the assignor should run now: something has changed since its last run, and that is not too recent. */
    static boolean isDue(ConsumerGroup group, ConsumerGroupRules config, long nowMs) {
        return group.epoch() > group.targetEpoch()
                && (group.targetEpoch() <= 0
                        || SoftState.isOver(group.targetTimestampMs(), nowMs, config.assignmentIntervalMs()));
    }

    /** The assignor that the group uses: the one most members ask for, else the broker's default. */
    static Assignor assignorOf(ConsumerGroup group, ConsumerGroupRules config) {
        String preferred = group.subscriptions().preferredAssignor();
        Assignor assignor = preferred == null ? null : config.assignor(preferred);
        return assignor == null ? config.defaultAssignor() : assignor;
    }

    void assign(ConsumerGroup group, ConsumerGroupRules config, long nowMs, GroupOutput out) {
        Map<String, Assignment> result = new TreeMap<>(assignorOf(group, config).assign(input(group)));
        result.forEach((memberId, target) -> {
            if (!group.hasTarget(memberId) || !group.target(memberId).equals(target)) {
                out.write(new ConsumerGroupTargetAssignment(group.id(), memberId, record(target)));
            }
        });
        out.write(new ConsumerGroupTargetEpoch(
                group.id(), new ConsumerGroupTargetEpoch.TargetEpoch(group.epoch(), nowMs)));
    }

    private Assignor.Input input(ConsumerGroup group) {
        Map<Uuid, Integer> partitionCounts = new HashMap<>();
        Map<Subscription, Set<Uuid>> topicIds = new HashMap<>();
        Map<String, Assignor.Member> members = new HashMap<>();
        for (Member member : group.members()) {
            Subscription subscription = new Subscription(member.details().subscribedTopicNames(), member.regex());
            Set<Uuid> ids = topicIds.computeIfAbsent(
                    subscription, s -> idsOf(group.subscriptions().names(member), partitionCounts));
            members.put(member.id(), new Assignor.Member(member.instanceId(), ids, group.target(member.id())));
        }
        return new Assignor.Input(members, partitionCounts);
    }

    private Set<Uuid> idsOf(Set<String> names, Map<Uuid, Integer> partitionCounts) {
        Set<Uuid> ids = new HashSet<>();
        for (String name : names) {
            TopicView.Topic topic = topics.byName(name);
            if (topic != null) {
                ids.add(topic.id());
                partitionCounts.put(topic.id(), topic.partitions());
            }
        }
        return ids;
    }

    static List<TopicPartitions> record(Assignment assignment) {
        List<TopicPartitions> record = new ArrayList<>();
        assignment.topics().forEach(topic -> record.add(new TopicPartitions(topic, assignment.partitions(topic))));
        return record;
    }

    /** Members that subscribe alike share one set of ids. */
    private record Subscription(List<String> names, String regex) {}
}
