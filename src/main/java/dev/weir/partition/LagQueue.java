package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The followers of a shard that are behind, the one first that was caught up the longest time ago. A check of the lag looks at
 * the head alone. A follower that catches up stays where it is until its turn comes, so a fetch moves nothing here; a follower
 * that is at the end costs nothing at all. Each follower stands in it once at most. Owned by the shard.
 */
final class LagQueue {
    private final PriorityQueue<Watch> queue = new PriorityQueue<>(Comparator.comparingLong(Watch::sinceMs));

    private record Watch(long sinceMs, PartitionKey key, Follower follower) {}

    /** Puts in a follower that is behind. */
    void watch(PartitionKey key, Follower follower) {
        if (!follower.watched && follower.isBehind() && !follower.isLagging() && !follower.isGone()) {
            follower.watched = true;
            queue.add(new Watch(follower.caughtUpMs(), key, follower));
        }
    }

    /** When the next {@link #check} may find one that lags; {@link Long#MAX_VALUE} if nobody is behind. */
    long nextMs(long lagMs) {
        Watch head = queue.peek();
        return head == null ? Long.MAX_VALUE : head.sinceMs() + lagMs + 1;
    }

    /** Marks every follower that has been behind for longer than the lag, and returns their partitions. */
    Set<PartitionKey> check(long nowMs, long lagMs) {
        Set<PartitionKey> lagging = new LinkedHashSet<>();
        List<Watch> notYet = new ArrayList<>();
        while (nextMs(lagMs) <= nowMs) {
            Watch watch = queue.remove();
            Follower follower = watch.follower();
            follower.watched = false;
            if (nowMs - follower.caughtUpMs() <= lagMs) {
                notYet.add(watch);
            } else if (follower.isBehind() && !follower.isGone()) {
                follower.setLagging();
                lagging.add(watch.key());
            }
        }
        notYet.forEach(watch -> watch(watch.key(), watch.follower()));
        return lagging;
    }

    int size() {
        return queue.size();
    }
}
