package dev.weir.replica;

/**
 * What one shard fetches from one leader. Immutable.
 *
 * @param leaderId the leader
 * @param partitions how many are followed
 * @param failed those of them that have failed several times in a row and are tried again
 * @param maxLag the most offsets that any of them is behind the leader's high watermark
 */
public record FetcherStats(int leaderId, int partitions, int failed, long maxLag) {}
