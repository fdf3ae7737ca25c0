package dev.weir.replica;

import java.util.List;

/**
 * What one shard fetches, and what it has fetched since the broker's start. Immutable.
 *
 * @param fetchers by leader
 * @param bytesIn bytes of batches appended
 * @param cuts how often a log was cut or started over
 * @param cutsBelowHighWatermark how often committed records went with that
 */
public record ReplicaStats(List<FetcherStats> fetchers, long bytesIn, long cuts, long cutsBelowHighWatermark) {}
