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
    /** The newest leader epoch in which records may have been read that the log has lost; -1 for none. */
    private int cutEpoch = -1;

    /**
     * A partition that nobody leads yet.
     *
     * @param highWatermark the last known one, bounded by the log's end
     */
    ReplicationState(int brokerId, long highWatermark) {
        this.brokerId = brokerId;
        this.highWatermark = highWatermark;
    }

    /** Takes over what the metadata says; an older epoch is ignored. Returns whether this broker now leads in a new epoch. */
    boolean update(int newLeader, int newEpoch, Set<Integer> newIsr, Set<Integer> newReplicas) {
        if (newEpoch < leaderEpoch) {
            return false;
        }
        int follows = newLeader == brokerId && newEpoch <= cutEpoch ? -1 : newLeader;
        boolean elected = follows == brokerId && (newEpoch > leaderEpoch || leader != brokerId);
        leader = follows;
        leaderEpoch = newEpoch;
        isr = Set.copyOf(newIsr);
        replicas = Set.copyOf(newReplicas);
        followerEnds.keySet().retainAll(replicas);
        if (elected) {
            followerEnds.clear();
        }
        return elected;
    }

    /**
     * The log was cut below what may have been read in this leader epoch, so that offsets would be given to other records: this
     * broker leads in newer epochs only.
     */
    void cutIn(int epoch) {
        cutEpoch = epoch;
    }

    /** The newest leader epoch in which this broker must not lead; -1 for none. */
    int cutEpoch() {
        return cutEpoch;
    }

    /** Whether the metadata has shown no newer epoch than the one that was cut. */
    boolean awaitsEpoch() {
        return cutEpoch >= 0 && leaderEpoch <= cutEpoch;
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

    /** Whether a broker other than this one is assigned to replicate the partition. */
    boolean hasFollower(int replicaId) {
        return replicaId != brokerId && replicas.contains(replicaId);
    }

    /**
     * Takes over where a follower is: it holds everything below and, having lost its tail maybe, nothing above. Only an
     * assigned replica is believed, and no position above the end of this broker's log.
     */
    FollowerPosition followerAt(int replicaId, long fetchOffset, long logEndOffset) {
        if (!hasFollower(replicaId) || fetchOffset > logEndOffset) {
            return FollowerPosition.IGNORED;
        }
        Long before = followerEnds.put(replicaId, fetchOffset);
        boolean lost = isr.contains(replicaId) && fetchOffset < highWatermark;
        boolean known = before != null && before < highWatermark;
        return lost && !known ? FollowerPosition.LOST_COMMITTED : FollowerPosition.TAKEN;
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

    /** As a follower: takes over the leader's high watermark as far as this log reaches; answers whether it moved. */
    boolean follow(long leaderHighWatermark, long logEndOffset) {
        long reached = Math.min(leaderHighWatermark, logEndOffset);
        if (reached <= highWatermark) {
            return false;
        }
        highWatermark = reached;
        return true;
    }

    /** The log was cut or moved: the high watermark cannot lie outside of it. */
    void clamp(long logStartOffset, long logEndOffset) {
        highWatermark = Math.max(logStartOffset, Math.min(highWatermark, logEndOffset));
    }

    /** The verdict on a follower's position. */
    enum FollowerPosition {
        IGNORED,
        TAKEN,
        /** An in-sync replica has lost committed records; told once. */
        LOST_COMMITTED
    }
}
