package dev.weir.group.assignor;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Shares the partitions of the subscribed topics out among a group's members. An assignor is a pure function: the same input
 * gives the same output. Every partition of a topic that somebody subscribes to goes to exactly one of its subscribers.
 */
public interface Assignor {

    /** The name by which members ask for it, and which ConsumerGroupDescribe shows. */
    String name();

    /**
     * Computes the new target.
     *
     * @return an entry for every member of the input, perhaps an empty one
     */
    Map<String, Assignment> assign(Input input);

    /**
     * What an assignor needs to know.
     *
     * @param members by member id
     * @param partitionCounts the partitions of every existing topic that a member subscribes to; members' topics that are
     *     missing here do not exist
     */
    record Input(Map<String, Member> members, Map<Uuid, Integer> partitionCounts) {

        /** Whether all members subscribe to the same topics. */
        boolean isHomogeneous() {
            @Nullable Set<Uuid> first = null;
            for (Member member : members.values()) {
                if (first == null) {
                    first = member.topics();
                } else if (member.topics() != first && !member.topics().equals(first)) {
                    return false;
                }
            }
            return true;
        }

        /** The topics in the order in which they are dealt with. */
        List<Uuid> sortedTopics() {
            return List.copyOf(new TreeSet<>(partitionCounts.keySet()));
        }

        /** Static members by instance id, then dynamic members by member id: an order that outlives a static member's restart. */
        List<String> sortedMembers() {
            Comparator<String> byInstance =
                    Comparator.comparing(this::instanceId, Comparator.nullsLast(Comparator.naturalOrder()));
            return members.keySet().stream()
                    .sorted(byInstance.thenComparing(Comparator.naturalOrder()))
                    .toList();
        }

        private @Nullable String instanceId(String memberId) {
            Member member = members.get(memberId);
            return member == null ? null : member.instanceId();
        }
    }

    /**
     * One member.
     *
     * @param instanceId set for a static member
     * @param topics the ids of the topics it subscribes to; members that subscribe alike should share one set
     * @param current its target so far, to be kept as far as balance allows
     */
    record Member(@Nullable String instanceId, Set<Uuid> topics, Assignment current) {}
}
