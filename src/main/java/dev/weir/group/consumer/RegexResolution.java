package dev.weir.group.consumer;

import dev.weir.group.core.TopicView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the topics that a group's expressions stand for, in bounded steps: with many topics and costly expressions, one step
 * covers part of the topics and the next follows when the coordinator has had time for others.
 */
final class RegexResolution {
    /** Instructions times characters in one step, some tens of milliseconds at worst and few as a rule. */
    static final long STEP = 2_000_000;

    private final long version;
    private final Map<String, List<String>> found = new TreeMap<>();
    private final Map<String, TopicPattern> patterns = new TreeMap<>();
    private final Iterator<String> names;
    private final long costPerCharacter;

    /** @param regexes one that does not compile (another broker may have let it in) stands for no topic */
    RegexResolution(Collection<String> regexes, TopicView topics) {
        version = topics.version();
        names = topics.names().iterator();
        for (String regex : regexes) {
            found.put(regex, new ArrayList<>());
            Optional<TopicPattern> pattern = TopicPattern.compile(regex);
            pattern.ifPresent(p -> patterns.put(regex, p));
        }
        costPerCharacter = Math.max(
                1, patterns.values().stream().mapToLong(TopicPattern::size).sum());
    }

    /** Does one step; returns whether all is done. */
    boolean step() {
        long spent = 0;
        while (names.hasNext() && spent < STEP) {
            String name = names.next();
            patterns.forEach((regex, pattern) -> {
                if (pattern.matches(name)) {
                    found.getOrDefault(regex, new ArrayList<>()).add(name);
                }
            });
            spent += costPerCharacter * (name.length() + 1);
        }
        return !names.hasNext();
    }

    /** The topics per expression, sorted; complete once {@link #step} has returned true. */
    Map<String, List<String>> found() {
        Map<String, List<String>> sorted = new TreeMap<>();
        found.forEach(
                (regex, topics) -> sorted.put(regex, topics.stream().sorted().toList()));
        return sorted;
    }

    /** The version of the metadata at the start. */
    long version() {
        return version;
    }
}
