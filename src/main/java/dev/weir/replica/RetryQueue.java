package dev.weir.replica;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Partitions that wait, the earliest first, and how long: a pause doubles with each error up to a bound. Owned by its {@link
 * ReplicaFetcher}.
 */
final class RetryQueue {
    private static final int FIRST_PART = 20;
    private static final int MAX_DOUBLINGS = 20;

    private final int maxMs;
    private final TreeMap<Long, Set<FollowedPartition>> byTime = new TreeMap<>();

    /** @param maxMs the longest pause; the first is a twentieth of it */
    RetryQueue(int maxMs) {
        this.maxMs = maxMs;
    }

    /** Returns how long to wait after this many errors in a row, at least 1 ms. */
    long pauseMs(int failures) {
        long first = Math.max(1, maxMs / FIRST_PART);
        return Math.max(1, Math.min(maxMs, first << Math.min(Math.max(0, failures - 1), MAX_DOUBLINGS)));
    }

    void add(FollowedPartition partition, long atMs) {
        partition.retryAtMs = atMs;
        byTime.computeIfAbsent(atMs, time -> new LinkedHashSet<>()).add(partition);
    }

    void remove(FollowedPartition partition) {
        Set<FollowedPartition> same = byTime.get(partition.retryAtMs);
        if (same != null && same.remove(partition) && same.isEmpty()) {
            byTime.remove(partition.retryAtMs);
        }
    }

    /** Takes out those whose time has come. */
    List<FollowedPartition> takeDue(long nowMs) {
        List<FollowedPartition> due = new ArrayList<>();
        while (nextMs() <= nowMs) {
            due.addAll(byTime.pollFirstEntry().getValue());
        }
        return due;
    }

    /** When the first one's time comes; {@link Long#MAX_VALUE} if none waits. */
    long nextMs() {
        return byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey();
    }
}
