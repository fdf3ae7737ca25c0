package dev.weir.group.assignor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** A group for assignor tests: members and topics that come and go, and the target that each run leaves behind. */
final class AssignorScenario {
    final Map<Uuid, Integer> topics = new TreeMap<>();
    final Map<String, Set<Uuid>> subscriptions = new TreeMap<>();
    final Map<String, String> instanceIds = new HashMap<>();
    Map<String, Assignment> target = new HashMap<>();

    static Uuid topic(int number) {
        return new Uuid(1, number);
    }

    AssignorScenario withTopic(int number, int partitions) {
        topics.put(topic(number), partitions);
        return this;
    }

    AssignorScenario withMember(String id, int... topicNumbers) {
        Set<Uuid> ids = new HashSet<>();
        for (int number : topicNumbers) {
            ids.add(topic(number));
        }
        subscriptions.put(id, ids);
        return this;
    }

    AssignorScenario withMembers(int count, Set<Uuid> topicIds) {
        for (int i = 0; i < count; i++) {
            subscriptions.put("m%04d".formatted(i), topicIds);
        }
        return this;
    }

    AssignorScenario without(String id) {
        subscriptions.remove(id);
        target.remove(id);
        return this;
    }

    AssignorScenario run(Assignor assignor) {
        target = new HashMap<>(assignor.assign(input()));
        return this;
    }

    Assignor.Input input() {
        Map<String, Assignor.Member> members = new HashMap<>();
        subscriptions.forEach((id, subscribed) -> members.put(
                id, new Assignor.Member(instanceIds.get(id), subscribed, target.getOrDefault(id, Assignment.EMPTY))));
        Map<Uuid, Integer> counts = new HashMap<>();
        topics.forEach((id, count) -> {
            if (subscriptions.values().stream().anyMatch(set -> set.contains(id))) {
                counts.put(id, count);
            }
        });
        return new Assignor.Input(members, counts);
    }

    List<Integer> of(String member, int topicNumber) {
        return target.getOrDefault(member, Assignment.EMPTY).partitions(topic(topicNumber));
    }

    int loadOf(String member) {
        return target.getOrDefault(member, Assignment.EMPTY).count();
    }

    List<Integer> loads() {
        return subscriptions.keySet().stream().map(this::loadOf).toList();
    }

    /** Partitions that one member had before and another has now. */
    static int moved(Map<String, Assignment> before, Map<String, Assignment> after) {
        int[] moved = {0};
        before.forEach((id, old) -> {
            Assignment now = after.getOrDefault(id, Assignment.EMPTY);
            old.forEach((topic, partition) -> moved[0] += now.contains(topic, partition) ? 0 : 1);
        });
        return moved[0];
    }

    /** Changes something at random: a member or a topic comes, goes or grows. */
    void change(Random random, boolean sameSubscriptions) {
        switch (random.nextInt(5)) {
            case 0 -> topics.put(topic(random.nextInt(12)), 1 + random.nextInt(20));
            case 1 ->
                topics.keySet().stream()
                        .skip(random.nextInt(Math.max(1, topics.size())))
                        .findFirst()
                        .ifPresent(topics::remove);
            case 2 -> topics.replaceAll((id, count) -> count + random.nextInt(2) * random.nextInt(5));
            case 3 ->
                new ArrayList<>(subscriptions.keySet())
                        .stream()
                                .skip(random.nextInt(Math.max(1, subscriptions.size())))
                                .findFirst()
                                .ifPresent(this::without);
            default -> {
                String id = "m" + random.nextInt(30);
                subscriptions.put(id, new HashSet<>());
                if (random.nextBoolean()) {
                    instanceIds.put(id, "i" + random.nextInt(1000));
                }
            }
        }
        Set<Uuid> all = new HashSet<>(topics.keySet());
        subscriptions.replaceAll((id, subscribed) -> {
            if (sameSubscriptions) {
                return all;
            }
            Set<Uuid> some = new HashSet<>(subscribed);
            if (some.isEmpty() || random.nextInt(4) == 0) {
                some.clear();
                topics.keySet().stream().filter(t -> random.nextInt(3) > 0).forEach(some::add);
            }
            return some;
        });
    }
}
