package dev.weir.group.consumer;

import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the members of one group subscribe to, counted, so that single questions need not visit all members. Part of
 * {@link ConsumerGroup}.
 */
final class Subscriptions {
    private final Map<String, Integer> nameCounts = new HashMap<>();
    private final Map<String, Integer> regexCounts = new TreeMap<>();
    private final Map<String, Integer> assignorCounts = new TreeMap<>();
    private final Map<String, ConsumerGroupRegex.Resolved> resolved = new HashMap<>();
    private final Map<String, Set<String>> resolvedNames = new HashMap<>();

    /** The regular expressions that members subscribe to. */
    Set<String> regexes() {
        return Collections.unmodifiableSet(regexCounts.keySet());
    }

    int subscribersOf(String regex) {
        return regexCounts.getOrDefault(regex, 0);
    }

    /** All expressions with a record in the log, with or without subscribers. */
    Map<String, ConsumerGroupRegex.Resolved> resolved() {
        return Collections.unmodifiableMap(resolved);
    }

    /** The topics that an expression stands for; none where it is not resolved yet. */
    Set<String> namesOf(String regex) {
        return resolvedNames.getOrDefault(regex, Set.of());
    }

    /** Whether anybody subscribes to the topic, by name or by expression. */
    boolean contains(String topicName) {
        return nameCounts.containsKey(topicName)
                || regexCounts.keySet().stream()
                        .anyMatch(regex -> namesOf(regex).contains(topicName));
    }

    /** Every topic that anybody subscribes to, sorted. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(nameCounts.keySet());
        regexCounts.keySet().forEach(regex -> names.addAll(namesOf(regex)));
        return names;
    }

    /** Every topic that one member subscribes to. */
    Set<String> names(Member member) {
        List<String> names = member.details().subscribedTopicNames();
        Set<String> byRegex = namesOf(member.regex());
        Set<String> all = new HashSet<>(names.size() + byRegex.size());
        all.addAll(names);
        all.addAll(byRegex);
        return all;
    }

    /** The assignor that most members ask for, the first by name among equals; null where no member asks for one. */
    @Nullable
    String preferredAssignor() {
        String best = null;
        int most = 0;
        for (Map.Entry<String, Integer> entry : assignorCounts.entrySet()) {
            if (entry.getValue() > most) {
                best = entry.getKey();
                most = entry.getValue();
            }
        }
        return best;
    }

    void resolved(String regex, ConsumerGroupRegex.@Nullable Resolved value) {
        if (value == null) {
            resolved.remove(regex);
            resolvedNames.remove(regex);
        } else {
            resolved.put(regex, value);
            resolvedNames.put(regex, Set.copyOf(value.topics()));
        }
    }

    void replace(
            ConsumerGroupMemberMetadata.@Nullable Member before, ConsumerGroupMemberMetadata.@Nullable Member after) {
        if (before != null) {
            count(before, -1);
        }
        if (after != null) {
            count(after, 1);
        }
    }

    private void count(ConsumerGroupMemberMetadata.Member details, int by) {
        details.subscribedTopicNames().forEach(name -> count(nameCounts, name, by));
        count(regexCounts, Objects.requireNonNullElse(details.subscribedTopicRegex(), ""), by);
        count(assignorCounts, Objects.requireNonNullElse(details.serverAssignor(), ""), by);
    }

    private static void count(Map<String, Integer> counts, String key, int by) {
        if (!key.isEmpty()) {
            counts.merge(key, by, (a, b) -> a + b == 0 ? null : a + b);
        }
    }
}
