package dev.weir.group;

import dev.weir.bus.BusException;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** The group log as the partitions of this broker keep it. */
final class OffsetsLogAdapter implements OffsetsLog {
    private static final short ALL_IN_SYNC = -1;
    private static final short PRODUCE = ApiKeys.PRODUCE.latestVersion(false);

    private final Vertx vertx;
    private final PartitionClient partitions;
    private final PartitionKey key;
    private final int timeoutMs;
    private final int readBytes;

    OffsetsLogAdapter(Vertx vertx, PartitionClient partitions, PartitionKey key, int timeoutMs, int readBytes) {
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
        boolean unclear = AppendErrors.nothingWritten(result.error()) && result.mayBeWritten();
        return unclear ? Errors.NOT_LEADER_OR_FOLLOWER : result.error();
    }

    @Override
    public void read(long offset, Consumer<Piece> done) {
        partitions
                .readLog(new LogMessages.ReadLog(key, offset, readBytes))
                .onComplete(result -> done.accept(
                        result.succeeded()
                                ? new Piece(
                                        result.result().error(), result.result().batches())
                                : new Piece(BusException.errorOf(result.cause()), ByteBuffer.allocate(0))));
    }

    @Override
    public void later(long delayMs, Runnable task) {
        vertx.setTimer(delayMs, id -> task.run());
    }
}
