package dev.weir.coordinator;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * The partition in which a coordinator keeps its state, as the coordinator uses it. Every call but {@link #later} carries the
 * leader epoch in which the coordinator leads: FENCED_LEADER_EPOCH says that the partition knows a newer one,
 * UNKNOWN_LEADER_EPOCH that it has not heard of this one yet. Answers come on the coordinator's own thread.
 */
public interface CoordinatorLog {
    /**
     * Appends one batch.
     *
     * @param done NONE once the batch is committed; FENCED_LEADER_EPOCH and UNKNOWN_LEADER_EPOCH only if it is not in the log and
     *     never will be; NOT_LEADER_OR_FOLLOWER also if that is not known
     */
    void append(int leaderEpoch, ByteBuffer batch, Consumer<Errors> done);

    /** Reads whole batches from an offset on, up to the end of the log, committed or not. */
    void read(int leaderEpoch, long offset, Consumer<Piece> done);

    /** Asks how far the log is, without batches. */
    void position(int leaderEpoch, Consumer<Piece> done);

    /** Calls back after a while. */
    void later(long delayMs, Runnable task);

    /**
     * A part of the log.
     *
     * @param error NONE, or why there is none; nothing else counts then
     * @param batches whole batches; empty if there is none between the offset asked for and the end of the log
     * @param nextOffset where to read on: the offset after the last batch, or the end of the log if there is none
     * @param logEndOffset the end of the log
     * @param highWatermark the offset below which the log is committed
     */
    record Piece(Errors error, ByteBuffer batches, long nextOffset, long logEndOffset, long highWatermark) {
        /** No part, and why. */
        public static Piece failed(Errors error) {
            return new Piece(error, ByteBuffer.allocate(0), -1, -1, -1);
        }
    }
}
