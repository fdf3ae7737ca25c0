package dev.weir.coordinator;

import dev.weir.bus.BusException;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.LogMessages.LogBytes;
import dev.weir.partition.client.LogMessages.ReadLog;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** A coordinator's log as the partitions of this broker keep it. Owned by the coordinator. */
public final class CoordinatorLogAdapter implements CoordinatorLog {
    private static final short ALL_IN_SYNC = -1;
    private static final short PRODUCE = ApiKeys.PRODUCE.latestVersion(false);

    private final Vertx vertx;
    private final PartitionClient partitions;
    private final PartitionKey key;
    private final int timeoutMs;
    private final int readBytes;

    /**
     * The log of one partition.
     *
     * @param timeoutMs the longest time until an append is committed or fails
     * @param readBytes bytes of one read; a larger batch comes alone
     */
    public CoordinatorLogAdapter(
            Vertx vertx, PartitionClient partitions, PartitionKey key, int timeoutMs, int readBytes) {
        this.vertx = vertx;
        this.partitions = partitions;
        this.key = key;
        this.timeoutMs = timeoutMs;
        this.readBytes = readBytes;
    }

    @Override
    public void append(int leaderEpoch, ByteBuffer batch, Consumer<Errors> done) {
        AppendRequest request = new AppendRequest(
                List.of(new AppendRequest.Entry(key, leaderEpoch, batch)),
                ALL_IN_SYNC,
                timeoutMs,
                PRODUCE,
                AppendRequest.Origin.COORDINATOR);
        partitions
                .append(request)
                .onComplete(result -> done.accept(
                        result.succeeded() ? outcome(result.result().get(0)) : BusException.errorOf(result.cause())));
    }

    /** What may be in the log must be read again, whatever the error is. */
    private static Errors outcome(AppendResult result) {
        boolean saysNothingWritten =
                AppendErrors.nothingWritten(result.error()) || AppendErrors.epochDiffers(result.error());
        return saysNothingWritten && result.mayBeWritten() ? Errors.NOT_LEADER_OR_FOLLOWER : result.error();
    }

    @Override
    public void read(int leaderEpoch, long offset, Consumer<Piece> done) {
        ask(new ReadLog(key, leaderEpoch, offset, readBytes), done);
    }

    @Override
    public void position(int leaderEpoch, Consumer<Piece> done) {
        ask(new ReadLog(key, leaderEpoch, 0, 0), done);
    }

    private void ask(ReadLog request, Consumer<Piece> done) {
        partitions
                .readLog(request)
                .onComplete(result -> done.accept(
                        result.succeeded()
                                ? piece(result.result())
                                : Piece.failed(BusException.errorOf(result.cause()))));
    }

    private static Piece piece(LogBytes bytes) {
        return new Piece(
                bytes.error(), bytes.batches(), bytes.nextOffset(), bytes.logEndOffset(), bytes.highWatermark());
    }

    @Override
    public void later(long delayMs, Runnable task) {
        vertx.setTimer(delayMs, id -> task.run());
    }
}
