package dev.weir.group;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/** The group log in memory. Appends are committed or refused, and what is due later happens, when the test says so. */
final class FakeOffsetsLog implements OffsetsLog {
    private static final int BATCHES_OF_A_PIECE = 2;

    final List<RecordBatch> batches = new ArrayList<>();
    final List<Integer> epochs = new ArrayList<>();
    final Deque<Runnable> later = new ArrayDeque<>();
    final List<Long> delays = new ArrayList<>();
    Errors readError = Errors.NONE;
    boolean unreadable;
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
    public void read(long offset, Consumer<Piece> done) {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (int i = 0, taken = 0; i < batches.size() && taken < BATCHES_OF_A_PIECE; i++) {
            if (batches.get(i).lastOffset() >= offset) {
                piece.writeBytes(bytes.get(i));
                taken++;
            }
        }
        if (unreadable) {
            done.accept(new Piece(Errors.NONE, ByteBuffer.allocate(100)));
            return;
        }
        done.accept(
                new Piece(readError, ByteBuffer.wrap(readError == Errors.NONE ? piece.toByteArray() : new byte[0])));
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
