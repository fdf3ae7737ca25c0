package dev.weir.partition;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who replicates a partition and how far everybody is: the pure core of leadership, in-sync replicas and high watermark.
 * Owned by the shard through its {@link Partition}.
 *
 * <p>{@code highWatermark} never falls while the role lasts, and {@code highWatermark <= log end of every in-sync replica}.
 */
final class ReplicationState {
    private final int brokerId;
    private int leader = -1;
    private int leaderEpoch = -1;
    private Set<Integer> isr = Set.of();
    private Set<Integer> replicas = Set.of();
    private final Map<Integer, Long> followerEnds = new HashMap<>();
    private long highWatermark;

    /**
     * A partition that nobody leads yet.
     *
     * @param highWatermark the last known one, bounded by the log's end
     */
    ReplicationState(int brokerId, long highWatermark) {
        this.brokerId = brokerId;
        this.highWatermark = highWatermark;
    }

    /** Takes over what the metadata says; an older epoch is ignored. Answers whether this broker now leads anew. */
    boolean update(int newLeader, int newEpoch, Set<Integer> newIsr, Set<Integer> newReplicas) {
        if (newEpoch < leaderEpoch) {
            return false;
        }
        boolean elected = newLeader == brokerId && (newEpoch > leaderEpoch || leader != brokerId);
        leader = newLeader;
        leaderEpoch = newEpoch;
        isr = Set.copyOf(newIsr);
        replicas = Set.copyOf(newReplicas);
        followerEnds.keySet().retainAll(replicas);
        if (elected) {
            followerEnds.clear();
        }
        return elected;
    }

    boolean isLeader() {
        return leader == brokerId;
    }

    int leader() {
        return leader;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    int inSyncReplicas() {
        return isr.size();
    }

    int replicaCount() {
        return replicas.size();
    }

    long highWatermark() {
        return highWatermark;
    }

    /**
     * A follower has fetched from here, so it holds everything below and, having lost its tail maybe, nothing above. Anybody
     * else is not heard.
     */
    void followerAt(int replicaId, long fetchOffset) {
        if (replicaId != brokerId && replicas.contains(replicaId)) {
            followerEnds.put(replicaId, fetchOffset);
        }
    }

    /**
     * Raises the high watermark as far as every in-sync replica reaches; answers whether it moved.
     *
     * @param ownEnd offset below which this broker's log counts: its end, or what is synced where that is promised
     */
    boolean advance(long ownEnd) {
        long lowest = ownEnd;
        for (int replica : isr) {
            if (replica != brokerId) {
                lowest = Math.min(lowest, followerEnds.getOrDefault(replica, highWatermark));
            }
        }
        if (isLeader() && lowest > highWatermark) {
            highWatermark = lowest;
            return true;
        }
        return false;
    }

    /** The log was cut or moved: the high watermark cannot lie outside of it. */
    void clamp(long logStartOffset, long logEndOffset) {
        highWatermark = Math.max(logStartOffset, Math.min(highWatermark, logEndOffset));
    }
}
