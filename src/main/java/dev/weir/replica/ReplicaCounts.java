package dev.weir.replica;

import dev.weir.partition.client.FollowerMessages.Outcome;
import java.util.List;

/** What the fetchers of one shard have done since the broker's start. Owned by the shard's {@link ReplicaFetchers}. */
final class ReplicaCounts {
    private long bytesIn;
    private long cuts;
    private long cutsBelowHighWatermark;

    /** @param bytes of records that were to be appended */
    void count(Outcome outcome, int bytes) {
        if (outcome instanceof Outcome.Done) {
            bytesIn += bytes;
        } else if (outcome instanceof Outcome.Cut cut) {
            cuts++;
            cutsBelowHighWatermark += cut.belowHighWatermark() ? 1 : 0;
        }
    }

    ReplicaStats stats(List<FetcherStats> fetchers) {
        return new ReplicaStats(fetchers, bytesIn, cuts, cutsBelowHighWatermark);
    }
}
