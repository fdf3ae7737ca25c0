package dev.weir.partition.client;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Record batches for partitions of one shard. The sender keeps every buffer alive and untouched until the answer; the shard
 * writes offsets and epochs into it.
 *
 * @param entries the partitions, each at most once
 * @param acks 0, 1 or -1 (all in-sync replicas)
 * @param timeoutMs how long to wait for the replicas when acks is -1
 * @param produceVersion version of the Produce request, which decides what a batch may hold; the newest for internal use
 * @param origin who appends
 */
public record AppendRequest(List<Entry> entries, short acks, int timeoutMs, short produceVersion, Origin origin) {

    /**
     * The batches of one partition.
     *
     * @param key the partition
     * @param leaderEpoch the epoch that the sender takes for current, or -1 when it does not say
     * @param records the batches; position and limit bound them
     */
    public record Entry(PartitionKey key, int leaderEpoch, ByteBuffer records) {}

    /** Who appends: it decides what the batches may hold. */
    public enum Origin {
        CLIENT,
        COORDINATOR
    }
}
