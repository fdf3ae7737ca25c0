package dev.weir.partition.client;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Record batches for partitions of one shard. The sender keeps every buffer alive and untouched until it hears that they are
 * written, or the answer; the shard writes offsets and epochs into it.
 *
 * @param entries the partitions, each at most once
 * @param acks 0, 1 or -1 (all in-sync replicas)
 * @param timeoutMs how long to wait for the replicas when acks is -1
 * @param produceVersion version of the Produce request, which decides what a batch may hold; the newest for internal use
 * @param origin who appends
 * @param written told, at most once and on the shard's thread, that no buffer is used any more though the answer is still to
 *     come; an answer that comes first says it too
 */
public record AppendRequest(
        List<Entry> entries, short acks, int timeoutMs, short produceVersion, Origin origin, Runnable written) {

    /** A request whose sender need not know when it is written. */
    public AppendRequest(List<Entry> entries, short acks, int timeoutMs, short produceVersion, Origin origin) {
        this(entries, acks, timeoutMs, produceVersion, origin, () -> {});
    }

    AppendRequest part(List<Entry> some, Runnable partWritten) {
        return new AppendRequest(some, acks, timeoutMs, produceVersion, origin, partWritten);
    }

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
        COORDINATOR,
        /** A transaction coordinator whose markers raise the producer's epoch: transaction version 2 and later (KIP-890). */
        COORDINATOR_V2
    }
}
