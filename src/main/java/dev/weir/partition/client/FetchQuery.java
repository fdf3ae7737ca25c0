package dev.weir.partition.client;

import java.util.List;

/**
 * A read of partitions of one shard.
 *
 * @param entries the partitions in order of preference
 * @param maxBytes bytes over all partitions
 * @param firstWhole whether the first batch found is returned even if it exceeds the limits (KIP-74)
 * @param minBytes below this the query waits in the shard; 0 or less never waits
 * @param maxWaitMs how long it may wait
 * @param readCommitted whether to read up to the last stable offset only
 * @param replicaId the follower that reads, negative for a client
 * @param brokerEpoch of the follower's registration, as it names it (KIP-903); -1 where it names none
 * @param ticket names the wait for {@link PartitionClient#endWait}, unique within the broker
 */
public record FetchQuery(
        List<Entry> entries,
        int maxBytes,
        boolean firstWhole,
        int minBytes,
        int maxWaitMs,
        boolean readCommitted,
        int replicaId,
        long brokerEpoch,
        long ticket) {

    /** Whether a follower reads, if what it says of itself is true. */
    public boolean isFollower() {
        return replicaId >= 0;
    }

    /**
     * One partition.
     *
     * @param key the partition
     * @param fetchOffset first offset wanted
     * @param maxBytes bytes of this partition at most
     * @param currentLeaderEpoch the epoch that the reader takes for current, or -1
     * @param lastFetchedEpoch epoch of the last record that a follower holds, or -1
     */
    public record Entry(
            PartitionKey key, long fetchOffset, int maxBytes, int currentLeaderEpoch, int lastFetchedEpoch) {}
}
