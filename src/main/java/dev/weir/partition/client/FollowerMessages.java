package dev.weir.partition.client;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** How the fetchers of a broker drive the replicas of one shard that follow other brokers, and what they are told. */
public final class FollowerMessages {
    private FollowerMessages() {}

    /**
     * What the leaders of some partitions have answered. The sender keeps every buffer alive and untouched until the answer.
     *
     * @param entries each partition at most once
     */
    public record FollowerTurn(List<Entry> entries) {
        public FollowerTurn {
            entries = List.copyOf(entries);
        }
    }

    /**
     * One partition.
     *
     * @param key the partition
     * @param leaderEpoch in which it was fetched; in any other the step is refused
     * @param step what to do
     */
    public record Entry(PartitionKey key, int leaderEpoch, Step step) {}

    /** What is to be done with a follower's log. */
    public sealed interface Step {
        /** Nothing: only the position is asked for, as it is where a new leader epoch is followed. */
        record Locate() implements Step {}

        /**
         * Appends what the leader has sent, and follows its offsets.
         *
         * @param at what the fetch named
         * @param batches as the leader has them; empty if it has nothing new
         * @param highWatermark of the leader
         * @param logStartOffset of the leader
         */
        record Append(Place at, ByteBuffer batches, long highWatermark, long logStartOffset) implements Step {}

        /**
         * Cuts the log where it parts from the leader's (KIP-595).
         *
         * @param at what the fetch named
         * @param epoch the largest epoch not above the one named of which the leader knows
         * @param endOffset where that epoch ends in the leader's log
         */
        record Diverge(Place at, int epoch, long endOffset) implements Step {}

        /**
         * Looks whether the log must start over, since the leader has no such offset.
         *
         * @param at what the fetch named
         * @param logStartOffset of the leader, from the same answer; -1 if it was not told
         */
        record OutOfRange(Place at, long logStartOffset) implements Step {}
    }

    /**
     * The end of a log, as a follower names it when it fetches: the leader compares both.
     *
     * @param offset where its log ends
     * @param lastEpoch the leader epoch of its last record; -1 only if it has no record
     */
    public record Place(long offset, int lastEpoch) {}

    /**
     * Where a follower's log stands.
     *
     * @param place its end
     * @param logStartOffset its start
     * @param highWatermark what it knows of the high watermark
     */
    public record Position(Place place, long logStartOffset, long highWatermark) {}

    /** What came of a step. */
    public sealed interface Outcome {
        /** It was done: what was appended is written, and synced where that is promised. */
        record Done(Position position) implements Outcome {}

        /**
         * The log was cut or starts over, and recovery knows of it.
         *
         * @param belowHighWatermark whether records were taken back that had been committed
         */
        record Cut(Position position, boolean belowHighWatermark) implements Outcome {}

        /** Nothing was done, since the log does not end where the fetch said. */
        record Misplaced(Position position) implements Outcome {}

        /**
         * Nothing was done.
         *
         * @param error FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH for another epoch, NOT_LEADER_OR_FOLLOWER where this broker
         *     follows nobody, KAFKA_STORAGE_ERROR where its log cannot be used, REPLICA_NOT_AVAILABLE until a cut is recorded,
         *     CORRUPT_MESSAGE and INVALID_RECORD for batches that cannot be
         * @param message why, for a person
         */
        record Refused(Errors error, String message) implements Outcome {}
    }
}
