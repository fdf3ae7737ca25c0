package dev.weir.partition;

/**
 * One follower as its leader knows it, in one leader epoch. Times are of the monotonic clock. Owned by its
 * {@link ReplicationState}.
 *
 * <p>It counts as caught up at the moment of a fetch that asks for the leader's end as it is then, or as it was at the fetch
 * before (KAFKA-1546): a follower that takes all that there is with each fetch is never at the end of a log that grows.
 */
final class Follower {
    static final long UNKNOWN = -1;
    /** So long ago that every lag is over; far enough from the smallest number to be subtracted. */
    static final long NEVER = Long.MIN_VALUE / 4;

    private final int brokerId;
    private long brokerEpoch = ReplicaRules.NO_BROKER_EPOCH;
    private long logEndOffset = UNKNOWN;
    private long logStartOffset = UNKNOWN;
    private long leaderEndAtFetch = UNKNOWN;
    private long fetchedMs = NEVER;
    private long caughtUpMs = NEVER;
    private boolean behind = true;
    private boolean lagging = true;
    private boolean gone;
    private boolean forgotten;
    /** Whether it stands in the {@link LagQueue}, which alone changes this. */
    boolean watched;

    /** A follower that is not in sync and has not fetched. */
    Follower(int brokerId) {
        this.brokerId = brokerId;
    }

    int brokerId() {
        return brokerId;
    }

    /** Of the incarnation that fetched last, {@link ReplicaRules#NO_BROKER_EPOCH} before the first fetch. */
    long brokerEpoch() {
        return brokerEpoch;
    }

    /** It holds everything below; {@link #UNKNOWN} before the first fetch. */
    long logEndOffset() {
        return logEndOffset;
    }

    /** Where its log begins; {@link #UNKNOWN} where it has not said. */
    long logStartOffset() {
        return logStartOffset;
    }

    long caughtUpMs() {
        return caughtUpMs;
    }

    /** Whether the leader has more than it, as far as the leader knows. */
    boolean isBehind() {
        return behind;
    }

    /** Whether it has been behind for longer than the lag allows. */
    boolean isLagging() {
        return lagging;
    }

    /** Whether its leader does not count it any more. */
    boolean isGone() {
        return gone;
    }

    /** It is in sync from now on: it has the time of a whole lag to catch up, if it has not. */
    void startClock(long nowMs) {
        if (lagging) {
            caughtUpMs = Math.max(caughtUpMs, nowMs);
            lagging = false;
        }
    }

    /**
     * It is out of sync from now on, perhaps because its log was lost or cut: what it has said of it does not count any more, and
     * it lags until it says it anew.
     */
    void leave() {
        logEndOffset = UNKNOWN;
        leaderEndAtFetch = UNKNOWN;
        fetchedMs = NEVER;
        caughtUpMs = NEVER;
        behind = true;
        lagging = true;
        forgotten = true;
    }

    /** Whether it has left the ISR and not said since then where it is. */
    boolean isForgotten() {
        return forgotten;
    }

    void fetched(FollowerFetch fetch, long leaderEnd, long lagMs, boolean inSync) {
        if (fetch.brokerEpoch() != brokerEpoch) {
            beginIncarnation(fetch.brokerEpoch(), inSync);
        }
        if (fetch.fetchOffset() >= leaderEnd) {
            caughtUpMs = Math.max(caughtUpMs, fetch.atMs());
        } else if (leaderEndAtFetch >= 0 && fetch.fetchOffset() >= leaderEndAtFetch) {
            caughtUpMs = Math.max(caughtUpMs, fetchedMs);
        }
        forgotten = false;
        logEndOffset = fetch.fetchOffset();
        if (fetch.logStartOffset() >= 0) {
            logStartOffset = fetch.logStartOffset();
        }
        leaderEndAtFetch = Math.max(leaderEndAtFetch, leaderEnd);
        fetchedMs = fetch.atMs();
        behind = logEndOffset < leaderEnd;
        lagging &= fetch.atMs() - caughtUpMs > lagMs;
    }

    /** What was known of the former incarnation says nothing of this one; a place in sync keeps its clock. */
    private void beginIncarnation(long newBrokerEpoch, boolean inSync) {
        brokerEpoch = newBrokerEpoch;
        logStartOffset = UNKNOWN;
        leaderEndAtFetch = UNKNOWN;
        fetchedMs = NEVER;
        if (!inSync) {
            caughtUpMs = NEVER;
            lagging = true;
        }
    }

    /** Its session ends, which has told for it that it was at the leader's end. */
    void sessionEnds(long sessionBrokerEpoch, long lastFetchMs) {
        if (!behind && sessionBrokerEpoch == brokerEpoch) {
            fetchedMs = Math.max(fetchedMs, lastFetchMs);
            caughtUpMs = Math.max(caughtUpMs, lastFetchMs);
        }
    }

    /**
     * The leader has more now. A follower that was at its end was caught up when it fetched last.
     *
     * @param lastFetchMs when its session fetched last, perhaps without a word on this partition
     */
    void leftBehind(long leaderEnd, long lastFetchMs) {
        if (!behind && logEndOffset < leaderEnd) {
            behind = true;
            fetchedMs = Math.max(fetchedMs, lastFetchMs);
            caughtUpMs = Math.max(caughtUpMs, lastFetchMs);
        }
    }

    /** It has been behind for longer than the lag allows. */
    void setLagging() {
        lagging = true;
    }

    /** The leader does not count it any more. */
    void end() {
        gone = true;
    }
}
