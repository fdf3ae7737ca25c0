package dev.weir.group;

import dev.weir.coordinator.CoordinatorLog;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * The group log in memory. Appends are committed or refused, and delayed tasks run, when the test says so. Everything in it is
 * committed unless the test sets {@link #highWatermark}.
 */
final class FakeCoordinatorLog implements CoordinatorLog {
    private static final int BATCHES_OF_A_PIECE = 2;

    final List<RecordBatch> batches = new ArrayList<>();
    final List<Integer> epochs = new ArrayList<>();
    final Deque<Runnable> later = new ArrayDeque<>();
    final List<Long> delays = new ArrayList<>();
    Errors readError = Errors.NONE;
    boolean unreadable;
    /** Where the committed part ends if that is not the end of the log. */
    long highWatermark = Long.MAX_VALUE;
    /** How often the log was read from its start. */
    int loads;
    /** Told before each read how many there were with it. */
    IntConsumer onRead = reads -> {};
    /** In which epochs it was read. */
    final List<Integer> readEpochs = new ArrayList<>();
    /** The epoch that the partition knows, -1 if it takes any. */
    int knownEpoch = -1;

    private final List<byte[]> bytes = new ArrayList<>();
    private final Deque<Append> appends = new ArrayDeque<>();
    private long nextOffset;

    private record Append(ByteBuffer batch, Consumer<Errors> done) {}

    @Override
    public void append(int leaderEpoch, ByteBuffer batch, Consumer<Errors> done) {
        epochs.add(leaderEpoch);
        appends.add(new Append(batch, done));
    }

    int underWay() {
        return appends.size();
    }

    void commit() {
        Append append = appends.remove();
        write(append.batch());
        append.done().accept(Errors.NONE);
    }

    void commitAll() {
        while (!appends.isEmpty()) {
            commit();
        }
    }

    void refuse(Errors error) {
        appends.remove().done().accept(error);
    }

    /** As a transaction coordinator does, or a damaged disk. */
    void write(ByteBuffer batches) {
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            batch.setLastOffset(nextOffset + batch.lastOffset() - batch.baseOffset());
            nextOffset = batch.nextOffset();
            ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(copy);
            bytes.add(copy.array());
            this.batches.add(batch);
        }
    }

    @Override
    public void read(int leaderEpoch, long offset, Consumer<Piece> done) {
        loads += offset == 0 ? 1 : 0;
        readEpochs.add(leaderEpoch);
        onRead.accept(readEpochs.size());
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        long next = nextOffset;
        for (int i = 0, taken = 0; i < batches.size() && taken < BATCHES_OF_A_PIECE; i++) {
            if (batches.get(i).lastOffset() >= offset) {
                piece.writeBytes(bytes.get(i));
                next = batches.get(i).nextOffset();
                taken++;
            }
        }
        if (unreadable) {
            done.accept(piece(ByteBuffer.allocate(100), next));
        } else if (errorIn(leaderEpoch) != Errors.NONE) {
            done.accept(Piece.failed(errorIn(leaderEpoch)));
        } else {
            done.accept(piece(ByteBuffer.wrap(piece.toByteArray()), next));
        }
    }

    @Override
    public void position(int leaderEpoch, Consumer<Piece> done) {
        Errors error = errorIn(leaderEpoch);
        done.accept(error == Errors.NONE ? piece(ByteBuffer.allocate(0), 0) : Piece.failed(error));
    }

    private Errors errorIn(int leaderEpoch) {
        if (knownEpoch < 0 || knownEpoch == leaderEpoch) {
            return readError;
        }
        return knownEpoch < leaderEpoch ? Errors.UNKNOWN_LEADER_EPOCH : Errors.FENCED_LEADER_EPOCH;
    }

    /** The disk has lost all but the first batches. */
    void keep(int count) {
        batches.subList(count, batches.size()).clear();
        bytes.subList(count, bytes.size()).clear();
        nextOffset = count == 0 ? 0 : batches.get(count - 1).nextOffset();
    }

    private Piece piece(ByteBuffer content, long next) {
        return new Piece(Errors.NONE, content, next, nextOffset, Math.min(highWatermark, nextOffset));
    }

    @Override
    public void later(long delayMs, Runnable task) {
        delays.add(delayMs);
        later.add(task);
    }

    void runLater() {
        List<Runnable> due = List.copyOf(later);
        later.clear();
        due.forEach(Runnable::run);
    }
}
