package dev.weir.group.consumer;

import dev.weir.group.core.TopicView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
    private String name = "";
    /** The expressions that are still to be tried on {@link #name}. */
    private Iterator<Map.Entry<String, TopicPattern>> left;

    /** @param regexes one that does not compile (another broker may have let it in) stands for no topic */
    RegexResolution(Collection<String> regexes, TopicView topics) {
        version = topics.version();
        names = topics.names().iterator();
        for (String regex : regexes) {
            found.put(regex, new ArrayList<>());
            TopicPattern.compile(regex).pattern().ifPresent(p -> patterns.put(regex, p));
        }
        left = Collections.emptyIterator();
    }

    /** Does one step, no more than one match beyond its bound; returns whether all is done. */
    boolean step() {
        long spent = 0;
        while (spent < STEP && hasMore()) {
            Map.Entry<String, TopicPattern> next = left.next();
            if (next.getValue().matches(name)) {
                found.getOrDefault(next.getKey(), new ArrayList<>()).add(name);
            }
            spent += (name.length() + 1L) * next.getValue().size();
        }
        return !hasMore();
    }

    /** Goes on to the next name when all expressions have been tried on the last one. */
    private boolean hasMore() {
        while (!left.hasNext() && names.hasNext() && !patterns.isEmpty()) {
            name = names.next();
            left = patterns.entrySet().iterator();
        }
        return left.hasNext();
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
