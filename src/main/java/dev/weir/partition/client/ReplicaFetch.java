package dev.weir.partition.client;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * A follower's fetch of partitions of one shard. The shard keeps what the follower has asked for under its session (KIP-227), so
 * that a fetch names only what has changed, and an answer only what is news.
 *
 * @param session names the session, unique within the broker
 * @param stage whether the session begins or goes on, or there is none
 * @param replicaId the follower
 * @param brokerEpoch of its registration
 * @param named partitions that are new, or that it asks for otherwise than before
 * @param forgotten partitions that it does not ask for any more
 * @param maxBytes bytes over all partitions; the first batch comes whole, whatever its size
 * @param minBytes below this, and with no other news, the fetch waits in the shard; 0 or less never waits
 * @param maxWaitMs how long it may wait
 * @param ticket names the wait for {@link ReplicaFetchClient#endWait}, unique within the broker
 */
public record ReplicaFetch(
        long session,
        Stage stage,
        int replicaId,
        long brokerEpoch,
        List<Entry> named,
        List<PartitionKey> forgotten,
        int maxBytes,
        int minBytes,
        int maxWaitMs,
        long ticket) {
    /** Of a follower that does not say which high watermark it knows. */
    public static final long NO_HIGH_WATERMARK = Long.MAX_VALUE;

    /** The place of a fetch in its session. */
    public enum Stage {
        /** The first one; its answer names every partition. */
        BEGIN,
        /** One that changes what the former ones have asked for. */
        GO_ON,
        /** One without a session; its answer names every partition, and nothing is kept. */
        ONCE
    }

    /**
     * One partition, as it is asked for until the follower says otherwise.
     *
     * @param read from where, in which epochs, and how much
     * @param logStartOffset where the follower's log begins, or -1
     * @param highWatermark that the follower knows (KIP-1166), or {@link #NO_HIGH_WATERMARK}
     */
    public record Entry(FetchQuery.Entry read, long logStartOffset, long highWatermark) {
        public PartitionKey key() {
            return read.key();
        }
    }

    /**
     * The answer. The receiver owns the bytes in it.
     *
     * @param error NONE, or why the session cannot go on
     * @param news what is new of the session's partitions
     */
    public record Answer(Errors error, List<News> news) {
        /** The session cannot go on. */
        public static Answer failed(Errors error) {
            return new Answer(error, List.of());
        }

        /** Gives all bytes back unsent. */
        public void release() {
            news.forEach(one -> one.answer().release());
        }
    }

    /** What is new of one partition. */
    public record News(PartitionKey key, FetchAnswer answer) {
        public Uuid topicId() {
            return key.topicId();
        }
    }
}
