package dev.weir.partition.client;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Requests about offsets to one shard, and their answers in the order of the entries. */
public final class OffsetMessages {
    private OffsetMessages() {}

    /** Offsets by time stamp, as in ListOffsets; {@code replicaId} is negative for a client. */
    public record ListOffsets(List<OffsetEntry> entries, int replicaId, boolean readCommitted) {}

    /** One partition; negative time stamps have the meanings of ListOffsets. */
    public record OffsetEntry(PartitionKey key, int currentLeaderEpoch, long timestamp) {}

    /** The offset found, -1 where there is none, with its time stamp and epoch where they are known. */
    public record OffsetAnswer(Errors error, long timestamp, long offset, int leaderEpoch) {
        public static OffsetAnswer failed(Errors error) {
            return new OffsetAnswer(error, -1, -1, -1);
        }
    }

    /** Ends of leader epochs, as in OffsetForLeaderEpoch (KIP-320). */
    public record EpochEnds(List<EpochEntry> entries) {}

    /** One partition and the epoch asked for. */
    public record EpochEntry(PartitionKey key, int currentLeaderEpoch, int leaderEpoch) {}

    /** The largest epoch not above the one asked for, and where it ends; -1 where there is none. */
    public record EpochAnswer(Errors error, int leaderEpoch, long endOffset) {}

    /** Deletion of all records below an offset (KIP-107), and how long to wait until the replicas have deleted them too. */
    public record DeleteRecords(List<DeleteEntry> entries, int timeoutMs) {}

    /** One partition; offset -1 stands for the high watermark. */
    public record DeleteEntry(PartitionKey key, long offset) {}

    /**
     * Where the logs of all live replicas begin after the deletion, -1 on an error. REQUEST_TIMED_OUT means that the leader's does,
     * and another one did not in time.
     */
    public record DeleteAnswer(Errors error, long lowWatermark) {}
}
