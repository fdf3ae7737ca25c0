package dev.weir.group.assignor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * The assignor {@code range}: each topic by itself is shared out among its subscribers in even parts, as runs of adjacent
 * partitions where members keep nothing from before. Topics of equal size and subscribers are assigned alike, so that a
 * member that joins two of them by key owns the same partitions of both; a topic that is new to the group takes over the
 * assignment of such a sibling. Members keep what they have as far as an even share allows.
 */
public final class RangeAssignor implements Assignor {
    static final String NAME = "range";
    private static final int NOBODY = -1;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(Input input) {
        if (input.members().isEmpty()) {
            return Map.of();
        }
        Map<String, Assignment.Builder> builders = new HashMap<>();
        input.members().keySet().forEach(id -> builders.put(id, new Assignment.Builder()));
        Map<Uuid, List<String>> subscribers = subscribersByTopic(input);
        Map<Siblings, int[]> ownersOfSibling = new HashMap<>();
        List<Uuid> fresh = new ArrayList<>();
        for (Uuid topic : input.sortedTopics()) {
            List<String> members = subscribers.getOrDefault(topic, List.of());
            if (members.isEmpty()) {
                continue;
            }
            if (isHeld(input, topic, members)) {
                int[] owners = owners(input, topic, members);
                ownersOfSibling.putIfAbsent(new Siblings(owners.length, members), owners);
                add(builders, topic, members, owners);
            } else {
                fresh.add(topic);
            }
        }
        for (Uuid topic : fresh) {
            List<String> members = subscribers.getOrDefault(topic, List.of());
            Siblings siblings = new Siblings(input.partitionCounts().getOrDefault(topic, 0), members);
            add(
                    builders,
                    topic,
                    members,
                    ownersOfSibling.computeIfAbsent(siblings, s -> owners(input, topic, members)));
        }
        Map<String, Assignment> result = new HashMap<>();
        builders.forEach((id, builder) -> result.put(id, builder.build()));
        return result;
    }

    private static Map<Uuid, List<String>> subscribersByTopic(Input input) {
        Map<Uuid, List<String>> subscribers = new HashMap<>();
        List<String> sorted = input.sortedMembers();
        if (input.isHomogeneous()) {
            input.partitionCounts().keySet().stream()
                    .filter(topic ->
                            input.members().values().iterator().next().topics().contains(topic))
                    .forEach(topic -> subscribers.put(topic, sorted));
            return subscribers;
        }
        for (String id : sorted) {
            for (Uuid topic : topicsOf(input, id)) {
                subscribers.computeIfAbsent(topic, t -> new ArrayList<>()).add(id);
            }
        }
        return subscribers;
    }

    private static Iterable<Uuid> topicsOf(Input input, String memberId) {
        Member member = input.members().get(memberId);
        return member == null ? List.of() : member.topics();
    }

    private static Assignment currentOf(Input input, String memberId) {
        Member member = input.members().get(memberId);
        return member == null ? Assignment.EMPTY : member.current();
    }

    private static boolean isHeld(Input input, Uuid topic, List<String> members) {
        return members.stream().anyMatch(id -> currentOf(input, id).count(topic) > 0);
    }

    /** The owner, as an index into the members, of each partition. */
    private static int[] owners(Input input, Uuid topic, List<String> members) {
        int[] owner = new int[input.partitionCounts().getOrDefault(topic, 0)];
        Arrays.fill(owner, NOBODY);
        int least = owner.length / members.size();
        int extras = owner.length % members.size();
        int[] missing = new int[members.size()];
        boolean[] full = new boolean[members.size()];
        for (int m = 0; m < missing.length; m++) {
            int limit = extras > 0 ? least + 1 : least;
            int kept = 0;
            for (int partition : currentOf(input, members.get(m)).partitions(topic)) {
                if (kept < limit && partition < owner.length && owner[partition] == NOBODY) {
                    owner[partition] = m;
                    kept++;
                }
            }
            full[m] = kept > least;
            extras -= full[m] ? 1 : 0;
            missing[m] = Math.max(0, least - kept);
        }
        int next = 0;
        for (int m = 0; m < missing.length; m++) {
            if (!full[m] && extras > 0) {
                missing[m]++;
                extras--;
            }
            while (missing[m] > 0) {
                if (owner[next] == NOBODY) {
                    owner[next] = m;
                    missing[m]--;
                }
                next++;
            }
        }
        return owner;
    }

    private static void add(Map<String, Assignment.Builder> builders, Uuid topic, List<String> members, int[] owners) {
        List<Assignment.Builder> byIndex = members.stream().map(builders::get).toList();
        for (int p = 0; p < owners.length; p++) {
            byIndex.get(owners[p]).add(topic, p);
        }
    }

    /** Topics that are assigned alike. */
    private record Siblings(int partitions, List<String> members) {}
}
