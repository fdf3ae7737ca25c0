package dev.weir.partition;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who replicates a partition and how far everybody is: the pure core of leadership, in-sync replicas and high watermark. Times
 * are of the monotonic clock. Owned by the shard through its {@link Partition}.
 *
 * <p>{@code highWatermark} never falls while the role lasts, and {@code highWatermark <= log end} of every member of the
 * <em>maximal ISR</em>: the committed one and what this leader has proposed to add (KIP-497), for the controller may have
 * taken that already. It stands still while the committed ISR is smaller than {@code min.insync.replicas} (KIP-966).
 *
 * <p>A proposal is pending until the metadata has changed, whatever it changed, or the controller has said that it was not taken.
 */
class ReplicationState {
    private final int brokerId;
    private final ReplicaRules rules;
    private final IsrCounts counts;
    private PartitionRole role = PartitionRole.NONE;
    private int leader = PartitionRole.NONE.leader();
    private final Map<Integer, Follower> followers = new TreeMap<>();
    private @Nullable IsrProposal pending;
    private @Nullable Legacy inherited;
    private long epochStart = Follower.UNKNOWN;
    private long highWatermark;
    /** The newest leader epoch in which records may have been read that the log has lost; -1 for none. */
    private int cutEpoch = -1;

    /**
     * A partition that nobody leads yet.
     *
     * @param highWatermark the last known one, bounded by the log's end
     */
    ReplicationState(int brokerId, long highWatermark, ReplicaRules rules, IsrCounts counts) {
        this.brokerId = brokerId;
        this.highWatermark = highWatermark;
        this.rules = rules;
        this.counts = counts;
    }

    /** Takes over what the metadata says; what is older is ignored. Returns whether this broker now leads in a new epoch. */
    boolean update(PartitionRole next, long nowMs) {
        PartitionRole known = newestOf(next);
        return !role.isNewerThan(known) && updateTo(known, nowMs);
    }

    private boolean updateTo(PartitionRole next, long nowMs) {
        int follows = next.leader() == brokerId && next.leaderEpoch() <= cutEpoch ? -1 : next.leader();
        boolean elected = follows == brokerId && (next.leaderEpoch() > role.leaderEpoch() || leader != brokerId);
        if (elected || follows != brokerId) {
            forgetFollowers();
        }
        Set<Integer> before = role.isr();
        take(next);
        leader = follows;
        if (isLeader()) {
            followReplicas(elected ? Set.of() : before, nowMs);
            inherit();
        }
        return elected;
    }

    /** An echo of what is known already, such as of an answer that came before it, ends no proposal. */
    private void take(PartitionRole next) {
        IsrProposal proposed = pending;
        if (proposed != null && next.isNewerThan(role)) {
            pending = null;
            if (next.leaderEpoch() == role.leaderEpoch() && next.isr().equals(proposed.isr())) {
                counts.changed(role.isr(), next.isr());
            }
        }
        role = next;
    }

    /**
     * What this broker knew as the leader when it had to open the log again. The controller may have answered what the metadata
     * does not show yet; and it may have taken what it was asked for, or may yet, as long as the partition is in the same state.
     */
    void inherit(Legacy legacy) {
        inherited = legacy;
    }

    /** The newest state of the partition that is known in this leader epoch. */
    private PartitionRole newestOf(PartitionRole next) {
        Legacy former = inherited;
        if (former == null || former.role().leaderEpoch() != next.leaderEpoch()) {
            return next;
        }
        return former.role().isNewerThan(next) ? former.role() : next;
    }

    private void inherit() {
        IsrProposal former = inherited == null ? null : inherited.pending();
        inherited = null;
        if (former != null
                && former.leaderEpoch() == role.leaderEpoch()
                && former.partitionEpoch() == role.partitionEpoch()) {
            pending = former;
        }
    }

    /** What is to be known where the log of this leader is opened again. */
    Legacy legacy() {
        return new Legacy(role, pending);
    }

    private void forgetFollowers() {
        followers.values().forEach(Follower::end);
        followers.clear();
        pending = null;
        epochStart = Follower.UNKNOWN;
    }

    /**
     * Whoever comes into the ISR gets the time of a whole lag; whoever is in it already keeps its clock. Whoever leaves it comes
     * back only by a fetch after that.
     */
    private void followReplicas(Set<Integer> isrBefore, long nowMs) {
        followers.values().removeIf(follower -> {
            boolean removed = !role.replicas().contains(follower.brokerId());
            if (removed) {
                follower.end();
            }
            return removed;
        });
        for (int replica : role.replicas()) {
            if (replica != brokerId) {
                Follower follower = followers.computeIfAbsent(replica, Follower::new);
                boolean inSync = role.isr().contains(replica);
                boolean wasInSync = isrBefore.contains(replica);
                if (inSync && !wasInSync) {
                    follower.startClock(nowMs);
                } else if (!inSync && wasInSync) {
                    follower.leave();
                }
            }
        }
    }

    /** This broker leads, and its epoch begins at this offset. */
    void beginEpochAt(long offset) {
        epochStart = offset;
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
        return cutEpoch >= 0 && role.leaderEpoch() <= cutEpoch;
    }

    boolean isLeader() {
        return leader == brokerId;
    }

    int leader() {
        return leader;
    }

    int leaderEpoch() {
        return role.leaderEpoch();
    }

    int partitionEpoch() {
        return role.partitionEpoch();
    }

    /** The committed ISR. */
    Set<Integer> isr() {
        return role.isr();
    }

    /** The replicas without those that a reassignment adds: as many as there should be in sync. */
    int replicationFactor() {
        return (int) role.replicas().stream()
                .filter(replica -> !role.adding().contains(replica))
                .count();
    }

    /** As many as must be in sync for records to be committed: no more than there are. */
    int effectiveMinIsr(int minInsyncReplicas) {
        return Math.min(minInsyncReplicas, role.replicas().size());
    }

    boolean isUnderMinIsr(int minInsyncReplicas) {
        return role.isr().size() < effectiveMinIsr(minInsyncReplicas);
    }

    long highWatermark() {
        return highWatermark;
    }

    /**
     * Whether every offset that an earlier leader may have told a client is below the high watermark (KIP-207): not before it
     * has reached the start of the leader epoch.
     */
    boolean knowsLatest() {
        return highWatermark >= epochStart;
    }

    /** Whether a broker other than this one is assigned to replicate the partition. */
    boolean hasFollower(int replicaId) {
        return replicaId != brokerId && role.replicas().contains(replicaId);
    }

    /** Whether a follower is to say anew where it is. */
    boolean isForgotten(int replicaId) {
        Follower follower = followers.get(replicaId);
        return follower != null && follower.isForgotten();
    }

    /** The followers of this leader; none while another one leads. */
    Collection<Follower> followers() {
        return followers.values();
    }

    /**
     * Takes over where a follower is: it holds everything below and, having lost its tail maybe, nothing above. Only an
     * assigned replica is believed, and no position above the end of this broker's log.
     */
    FollowerPosition followerAt(FollowerFetch fetch, long logEndOffset) {
        Follower follower = followers.get(fetch.brokerId());
        if (follower == null || fetch.fetchOffset() > logEndOffset) {
            return FollowerPosition.IGNORED;
        }
        boolean inSync = role.isr().contains(fetch.brokerId());
        boolean lostBefore = hasLost(follower);
        follower.fetched(fetch, logEndOffset, rules.lagMs(), inSync);
        return inSync && !lostBefore && hasLost(follower) ? FollowerPosition.LOST_COMMITTED : FollowerPosition.TAKEN;
    }

    /**
     * The session of a follower ends, or goes on without this partition.
     *
     * @param lastFetchMs when it has fetched last, perhaps without a word on this partition
     */
    void sessionEnds(int replicaId, long brokerEpoch, long lastFetchMs) {
        Follower follower = followers.get(replicaId);
        if (follower != null) {
            follower.sessionEnds(brokerEpoch, lastFetchMs);
        }
    }

    /**
     * The log's end may have moved.
     *
     * @param lastFetchMs when a follower has fetched last, of this partition or others
     */
    void logEndsAt(long logEndOffset, IntToLongFunction lastFetchMs) {
        for (Follower follower : followers.values()) {
            if (!follower.isBehind() && follower.logEndOffset() < logEndOffset) {
                follower.leftBehind(logEndOffset, lastFetchMs.applyAsLong(follower.brokerId()));
            }
        }
    }

    /**
     * Raises the high watermark as far as the maximal ISR reaches, and every follower that is about to join it: else one that is
     * as fast as the producers would never reach it. Returns whether it moved.
     *
     * @param ownEnd offset below which this broker's log counts: its end, or what is synced where that is promised
     */
    boolean advance(long ownEnd, int minInsyncReplicas) {
        if (!isLeader() || isFrozen(minInsyncReplicas)) {
            return false;
        }
        Set<Integer> maximal = maximalIsr();
        long lowest = ownEnd;
        for (Follower follower : followers.values()) {
            if (follower.logEndOffset() < lowest
                    && (maximal.contains(follower.brokerId()) || isAboutToJoin(follower))) {
                lowest = follower.logEndOffset();
            }
        }
        boolean moved = lowest > highWatermark;
        highWatermark = Math.max(highWatermark, lowest);
        return moved;
    }

    /** Whether too few replicas hold what would be committed. */
    boolean isFrozen(int minInsyncReplicas) {
        return isUnderMinIsr(minInsyncReplicas);
    }

    /** Everybody whom the controller may have in the ISR by now. */
    Set<Integer> maximalIsr() {
        IsrProposal proposed = pending;
        if (proposed == null) {
            return role.isr();
        }
        Set<Integer> maximal = new HashSet<>(role.isr());
        maximal.addAll(proposed.isr());
        return maximal;
    }

    private boolean isAboutToJoin(Follower follower) {
        return !follower.isLagging() && rules.isActive(follower.brokerId(), follower.brokerEpoch());
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

    /** Where the log of every live replica begins, or below; {@link Follower#UNKNOWN} if one has not said (KIP-107). */
    long lowWatermark(long ownStart) {
        long lowest = ownStart;
        for (Follower follower : followers.values()) {
            if (follower.logStartOffset() < lowest && rules.isAlive(follower.brokerId())) {
                lowest = follower.logStartOffset();
            }
        }
        return lowest;
    }

    /** The ISR as it should be, if that is not what it is; it is pending from now on. */
    Optional<IsrProposal> propose() {
        if (!isLeader() || pending != null || !rules.isActive(brokerId)) {
            return Optional.empty();
        }
        Set<Integer> next = new TreeSet<>(role.isr());
        for (Follower follower : followers.values()) {
            boolean isMember = role.isr().contains(follower.brokerId());
            if (isMember && mustLeave(follower)) {
                next.remove(follower.brokerId());
            } else if (!isMember && mayJoin(follower)) {
                next.add(follower.brokerId());
            }
        }
        if (next.equals(role.isr())) {
            return Optional.empty();
        }
        List<IsrProposal.Member> members = next.stream()
                .filter(id -> id == brokerId || rules.isActive(id))
                .map(id -> new IsrProposal.Member(id, brokerEpochOf(id)))
                .toList();
        IsrProposal proposal = new IsrProposal(role.leaderEpoch(), role.partitionEpoch(), members);
        pending = proposal;
        return Optional.of(proposal);
    }

    /**
     * Whether a follower holds all that any leader has ever committed, keeps up, and is one that the controller takes. One that
     * takes nothing holds as much while the high watermark stands still.
     */
    boolean mayJoin(Follower follower) {
        long end = follower.logEndOffset();
        return end >= highWatermark && end >= epochStart && isAboutToJoin(follower);
    }

    private boolean mustLeave(Follower follower) {
        return follower.isLagging() || hasLost(follower);
    }

    private boolean hasLost(Follower follower) {
        return follower.logEndOffset() >= 0 && follower.logEndOffset() < highWatermark;
    }

    private long brokerEpochOf(int id) {
        Follower follower = followers.get(id);
        return follower == null ? rules.ownEpoch() : follower.brokerEpoch();
    }

    /** Whether this proposal waits for its answer, or for the metadata to tell. */
    boolean isPending(IsrProposal proposal) {
        return pending == proposal;
    }

    /** The proposal that does; null if none does. */
    @Nullable
    IsrProposal pending() {
        return pending;
    }

    /**
     * The controller's answer: the partition as it is there. What the metadata has told already, and newer, is ignored.
     *
     * @param proposal what was asked for
     */
    void accepted(IsrProposal proposal, int leaderEpoch, int partitionEpoch, Set<Integer> isr, long nowMs) {
        if (!isLeader() || leaderEpoch != role.leaderEpoch() || partitionEpoch < role.partitionEpoch()) {
            return;
        }
        if (partitionEpoch == role.partitionEpoch()) {
            refused(proposal);
            return;
        }
        Set<Integer> before = role.isr();
        take(role.withIsr(isr, partitionEpoch));
        followReplicas(before, nowMs);
    }

    /** The controller has not taken a proposal and never will. */
    void refused(IsrProposal proposal) {
        if (pending == proposal) {
            pending = null;
        }
    }

    /** The state of a partition as its leader knows it, and what it has asked for. */
    record Legacy(PartitionRole role, @Nullable IsrProposal pending) {}

    /** The verdict on a follower's position. */
    enum FollowerPosition {
        IGNORED,
        TAKEN,
        /** An in-sync replica has lost committed records; told once. */
        LOST_COMMITTED
    }
}
