package dev.weir.partition.client;

import java.util.List;

/**
 * The counts of one shard and the stats of its partitions.
 *
 * @param online how many are served
 * @param offline how many cannot be used, since their log directory or their log fails
 * @param partitions those that are served; empty where only the counts were asked for
 */
public record ShardStats(int online, int offline, List<PartitionStats> partitions) {}
