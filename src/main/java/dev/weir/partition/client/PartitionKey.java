package dev.weir.partition.client;

import org.apache.kafka.common.Uuid;

/**
 * Names a partition for its whole life, whatever its topic is called.
 *
 * @param topicId the topic's id
 * @param partition the index in the topic, from 0
 */
public record PartitionKey(Uuid topicId, int partition) {
    /** The shard that owns this partition, from 0 to {@code shards - 1}; it never changes. */
    public int shard(int shards) {
        long mixed = (topicId.getMostSignificantBits() ^ topicId.getLeastSignificantBits()) * 0x9E3779B97F4A7C15L;
        return Math.floorMod((int) (mixed >>> 32) + partition, shards);
    }
}
