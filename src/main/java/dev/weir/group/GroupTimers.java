package dev.weir.group;

import dev.weir.group.core.GroupEffect.TimerKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/**
 * All timers of one verticle, so that it needs one timer of its own. A timer that is put off again and again, as sessions are,
 * takes one place in the queue all the time. Times are steady milliseconds of the owner's choice.
 */
final class GroupTimers {
    /** When no timer runs. */
    static final long NEVER = Long.MAX_VALUE;

    private final Map<Key, Timer> timers = new HashMap<>();
    private final PriorityQueue<Timer> queue = new PriorityQueue<>(Comparator.comparingLong(t -> t.queuedAtMs));

    private final Runnable onSooner;

    /** @param onSooner called when {@link #nextMs} has become sooner */
    GroupTimers(Runnable onSooner) {
        this.onSooner = onSooner;
    }

    /** Timers of different partitions never meet. */
    private record Key(int partition, TimerKey key) {}

    private static final class Timer {
        final Key key;
        long dueMs;
        long queuedAtMs;
        boolean cancelled;

        Timer(Key key, long dueMs) {
            this.key = key;
            this.dueMs = dueMs;
            this.queuedAtMs = dueMs;
        }
    }

    void start(int partition, TimerKey key, long dueMs) {
        Key own = new Key(partition, key);
        Timer timer = timers.get(own);
        if (timer != null && timer.queuedAtMs <= dueMs) {
            timer.dueMs = dueMs;
            return;
        }
        if (timer != null) {
            timer.cancelled = true;
        }
        Timer fresh = new Timer(own, dueMs);
        timers.put(own, fresh);
        boolean sooner = dueMs < nextMs();
        queue.add(fresh);
        if (sooner) {
            onSooner.run();
        }
    }

    void cancel(int partition, TimerKey key) {
        Timer timer = timers.remove(new Key(partition, key));
        if (timer != null) {
            timer.cancelled = true;
        }
    }

    void cancelAll(int partition) {
        timers.values().removeIf(timer -> {
            timer.cancelled |= timer.key.partition() == partition;
            return timer.cancelled;
        });
    }

    /** When {@link #fire} should be called next; perhaps too early, never too late. */
    long nextMs() {
        Timer first = queue.peek();
        return first == null ? NEVER : first.queuedAtMs;
    }

    /** Fires what is due, in the order of time; what is fired may start timers. */
    void fire(long nowMs, BiConsumer<Integer, TimerKey> sink) {
        for (Timer first = queue.peek(); first != null && first.queuedAtMs <= nowMs; first = queue.peek()) {
            queue.remove();
            if (first.cancelled) {
                continue;
            }
            if (first.dueMs > nowMs) {
                first.queuedAtMs = first.dueMs;
                queue.add(first);
                continue;
            }
            timers.remove(first.key);
            sink.accept(first.key.partition(), first.key.key());
        }
    }

    int size() {
        return timers.size();
    }
}
