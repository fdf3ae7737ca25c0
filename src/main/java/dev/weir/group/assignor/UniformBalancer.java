package dev.weir.group.assignor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.kafka.common.Uuid;

/**
 * One run of the uniform assignor for members whose subscriptions differ. Members first keep what they have; free partitions
 * go to the subscriber with the fewest, topics with few subscribers first; then single partitions move from a member to one
 * that has at least two fewer, as long as there are such pairs. Each move lowers the sum of the squared counts, so this ends;
 * passes over the topics are bounded besides. A round costs about the number of subscriptions.
 */
final class UniformBalancer {
    private static final int MAX_PASSES = 32;

    private final List<String> members;
    private final List<Topic> topics = new ArrayList<>();
    private final int[] load;

    UniformBalancer(Assignor.Input input) {
        members = input.sortedMembers();
        load = new int[members.size()];
        Map<Uuid, Topic> byId = new HashMap<>();
        for (Uuid id : input.sortedTopics()) {
            Topic topic = new Topic(id, input.partitionCounts().getOrDefault(id, 0));
            byId.put(id, topic);
            topics.add(topic);
        }
        for (int m = 0; m < members.size(); m++) {
            Assignor.Member member = input.members().get(members.get(m));
            if (member != null) {
                for (Uuid id : member.topics()) {
                    Topic topic = byId.get(id);
                    if (topic != null) {
                        topic.subscribe(m, member.current().partitions(id));
                    }
                }
            }
        }
        topics.removeIf(topic -> topic.subscribers.isEmpty());
        topics.sort(Comparator.comparingInt(topic -> topic.subscribers.size()));
    }

    Map<String, Assignment> assign() {
        Map<List<Integer>, PriorityQueue<long[]>> queues = new HashMap<>();
        for (Topic topic : topics) {
            topic.handOut(queues.computeIfAbsent(topic.subscribers, this::leastLoadedFirst));
        }
        boolean moved = true;
        for (int pass = 0; moved && pass < MAX_PASSES; pass++) {
            moved = false;
            for (Topic topic : topics) {
                moved |= topic.balance();
            }
        }
        return collect();
    }

    private PriorityQueue<long[]> leastLoadedFirst(List<Integer> subscribers) {
        PriorityQueue<long[]> queue =
                new PriorityQueue<>(Comparator.<long[]>comparingLong(e -> e[0]).thenComparingLong(e -> e[1]));
        subscribers.forEach(m -> queue.add(new long[] {load[m], m}));
        return queue;
    }

    private Map<String, Assignment> collect() {
        Assignment.Builder[] builders = new Assignment.Builder[members.size()];
        Arrays.setAll(builders, m -> new Assignment.Builder());
        for (Topic topic : topics) {
            topic.held.forEach((m, partitions) -> partitions.forEach(p -> builders[m].add(topic.id, p)));
        }
        Map<String, Assignment> result = new HashMap<>();
        for (int m = 0; m < builders.length; m++) {
            result.put(members.get(m), builders[m].build());
        }
        return result;
    }

    /** A topic, its subscribers, and who holds what. What a member kept stands first in its list, so that it moves last. */
    private final class Topic {
        final Uuid id;
        final List<Integer> subscribers = new ArrayList<>();
        final Map<Integer, List<Integer>> held = new HashMap<>();
        private final boolean[] taken;

        Topic(Uuid id, int partitions) {
            this.id = id;
            this.taken = new boolean[partitions];
        }

        void subscribe(int member, List<Integer> current) {
            subscribers.add(member);
            for (int partition : current) {
                if (partition < taken.length && !taken[partition]) {
                    give(member, partition);
                }
            }
        }

        private void give(int member, int partition) {
            taken[partition] = true;
            held.computeIfAbsent(member, m -> new ArrayList<>()).add(partition);
            load[member]++;
        }

        /** Queued counts may be too low, never too high: an entry that is out of date goes back with the true count. */
        void handOut(PriorityQueue<long[]> queue) {
            for (int p = 0; p < taken.length; p++) {
                if (!taken[p]) {
                    long[] least = queue.remove();
                    while (least[0] != load[(int) least[1]]) {
                        queue.add(new long[] {load[(int) least[1]], least[1]});
                        least = queue.remove();
                    }
                    give((int) least[1], p);
                    queue.add(new long[] {least[0] + 1, least[1]});
                }
            }
        }

        boolean balance() {
            int min = subscribers.stream().mapToInt(m -> load[m]).min().orElse(0);
            int max = held.keySet().stream().mapToInt(m -> load[m]).max().orElse(0);
            if (max - min < 2) {
                return false;
            }
            PriorityQueue<long[]> low = leastLoadedFirst(subscribers);
            PriorityQueue<long[]> high = new PriorityQueue<>(
                    Comparator.<long[]>comparingLong(e -> -e[0]).thenComparingLong(e -> e[1]));
            held.keySet().forEach(m -> high.add(new long[] {load[m], m}));
            boolean moved = false;
            while (!high.isEmpty() && high.element()[0] - low.element()[0] >= 2) {
                int from = (int) high.remove()[1];
                int to = (int) low.remove()[1];
                moved = true;
                move(from, to);
                low.add(new long[] {load[to], to});
                if (held.containsKey(from)) {
                    high.add(new long[] {load[from], from});
                }
            }
            return moved;
        }

        private void move(int from, int to) {
            List<Integer> source = held.getOrDefault(from, List.of());
            int partition = source.remove(source.size() - 1);
            if (source.isEmpty()) {
                held.remove(from);
            }
            load[from]--;
            give(to, partition);
        }
    }
}
