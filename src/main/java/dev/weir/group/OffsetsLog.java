package dev.weir.group;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/** One partition of {@code __consumer_offsets}, as its coordinator uses it. Answers come on the coordinator's own thread. */
interface OffsetsLog {
    /**
     * Appends one batch.
     *
     * @param leaderEpoch in which the coordinator leads; the append is refused in any other
     * @param done NONE once the batch is committed; NOT_LEADER_OR_FOLLOWER also where nobody knows what became of it
     */
    void append(int leaderEpoch, ByteBuffer batch, Consumer<Errors> done);

    /** Reads whole batches from an offset on. */
    void read(long offset, Consumer<Piece> done);

    /** Calls back after a while. */
    void later(long delayMs, Runnable task);

    /**
     * A part of the log.
     *
     * @param error NONE, or why there is none
     * @param batches whole batches; empty at the end of the log
     */
    record Piece(Errors error, ByteBuffer batches) {}
}
