package dev.weir.partition;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a shard in one sorted map, so that the shard needs a single timer. Each key of the map is a bucket of
 * {@value #TICK_MS} ms, up to whose end deadlines are rounded. Cancelling removes at once; nothing is left behind. Owned
 * by the shard.
 */
final class Deadlines {
    static final long TICK_MS = 5;

    private final TreeMap<Long, Set<Runnable>> buckets = new TreeMap<>();

    /** Runs the action at the first {@link #expire} not before the deadline. */
    Entry schedule(long deadlineMs, Runnable action) {
        long tick = Math.floorDiv(deadlineMs + TICK_MS - 1, TICK_MS);
        buckets.computeIfAbsent(tick, t -> new LinkedHashSet<>()).add(action);
        return new Entry(tick, action);
    }

    /** Forgets an entry; nothing happens when it has run. */
    void cancel(@Nullable Entry entry) {
        if (entry == null) {
            return;
        }
        Set<Runnable> bucket = buckets.get(entry.tick);
        if (bucket != null && bucket.remove(entry.action) && bucket.isEmpty()) {
            buckets.remove(entry.tick);
        }
    }

    /** When to call {@link #expire} next, or -1 when nothing waits. */
    long nextMs() {
        return buckets.isEmpty() ? -1 : buckets.firstKey() * TICK_MS;
    }

    /** Runs everything that is due. */
    void expire(long nowMs) {
        long tick = Math.floorDiv(nowMs, TICK_MS);
        Map.Entry<Long, Set<Runnable>> first = buckets.firstEntry();
        while (first != null && first.getKey() <= tick) {
            // One by one: what runs may cancel what is due as well.
            Runnable action = first.getValue().iterator().next();
            cancel(new Entry(first.getKey(), action));
            action.run();
            first = buckets.firstEntry();
        }
    }

    /** How many wait. */
    int size() {
        return buckets.values().stream().mapToInt(Set::size).sum();
    }

    /** A place in the wheel. */
    record Entry(long tick, Runnable action) {}
}
