package dev.weir.storage;

import dev.weir.storage.producer.AbortedTransaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the next write: batches in offset order, grouped by the segment they go to. Columns rather than objects,
 * reused from write to write.
 */
final class StagedBatches {
    private static final int LONGS = 3;
    private static final int INTS = 2;

    /** A run of batches for one segment. */
    static final class Group {
        /** Base offset of the segment to be rolled first; -1 to go on with the active one. */
        final long rollBase;
        /** Producer state at the roll; null when none is kept. */
        final byte @Nullable [] snapshot;

        final long rolledAtMs;
        final int firstBatch;
        final int firstBuffer;
        final List<AbortedTransaction> aborted = new ArrayList<>(0);
        int batches;
        int bytes;
        int bufferCount;

        Group(long rollBase, byte @Nullable [] snapshot, long rolledAtMs, int firstBatch, int firstBuffer) {
            this.rollBase = rollBase;
            this.snapshot = snapshot;
            this.rolledAtMs = rolledAtMs;
            this.firstBatch = firstBatch;
            this.firstBuffer = firstBuffer;
        }
    }

    private final List<Group> groups = new ArrayList<>(1);
    private ByteBuffer[] buffers = new ByteBuffer[4];
    private int bufferCount;
    /** Per batch: base offset, last offset, largest timestamp. */
    private long[] longs = new long[LONGS * 4];
    /** Per batch: size, leader epoch. */
    private int[] ints = new int[INTS * 4];

    private int batches;
    private int bytes;
    private boolean producers;

    boolean isEmpty() {
        return batches == 0;
    }

    int bytes() {
        return bytes;
    }

    int batches() {
        return batches;
    }

    int buffers() {
        return bufferCount;
    }

    List<Group> groups() {
        return groups;
    }

    /** Whether a batch of an idempotent or transactional producer is staged. */
    boolean hasProducers() {
        return producers;
    }

    void sawProducer() {
        producers = true;
    }

    void open(long rollBase, byte @Nullable [] snapshot, long nowMs) {
        groups.add(new Group(rollBase, snapshot, nowMs, batches, bufferCount));
    }

    Group current() {
        return groups.get(groups.size() - 1);
    }

    void add(long baseOffset, long lastOffset, long maxTimestamp, int size, int leaderEpoch) {
        if (batches * INTS == ints.length) {
            longs = Arrays.copyOf(longs, longs.length * 2);
            ints = Arrays.copyOf(ints, ints.length * 2);
        }
        int l = batches * LONGS;
        longs[l] = baseOffset;
        longs[l + 1] = lastOffset;
        longs[l + 2] = maxTimestamp;
        int i = batches * INTS;
        ints[i] = size;
        ints[i + 1] = leaderEpoch;
        batches++;
        bytes += size;
        Group group = current();
        group.batches++;
        group.bytes += size;
    }

    /** Adds the bytes of batches already added; {@code range} belongs to the queue from here on. */
    void add(ByteBuffer range) {
        if (bufferCount == buffers.length) {
            buffers = Arrays.copyOf(buffers, buffers.length * 2);
        }
        buffers[bufferCount++] = range;
        current().bufferCount++;
    }

    long baseOffset(int batch) {
        return longs[batch * LONGS];
    }

    long lastOffset(int batch) {
        return longs[batch * LONGS + 1];
    }

    long maxTimestamp(int batch) {
        return longs[batch * LONGS + 2];
    }

    int size(int batch) {
        return ints[batch * INTS];
    }

    int leaderEpoch(int batch) {
        return ints[batch * INTS + 1];
    }

    /** The buffers of a group, moved to the front of an array that may be written from. */
    ByteBuffer[] buffersOf(Group group) {
        return group.firstBuffer == 0
                ? buffers
                : Arrays.copyOfRange(buffers, group.firstBuffer, group.firstBuffer + group.bufferCount);
    }

    /** Takes back what was added since there were so many batches and buffers. */
    void backTo(int batchesThen, int buffersThen) {
        while (!groups.isEmpty() && current().firstBatch >= batchesThen) {
            groups.remove(groups.size() - 1);
        }
        Arrays.fill(buffers, buffersThen, bufferCount, null);
        batches = batchesThen;
        bufferCount = buffersThen;
        bytes = 0;
        for (int i = 0; i < batches; i++) {
            bytes += size(i);
        }
        if (!groups.isEmpty()) {
            Group last = current();
            last.batches = batches - last.firstBatch;
            last.bufferCount = bufferCount - last.firstBuffer;
            last.bytes = 0;
            for (int i = last.firstBatch; i < batches; i++) {
                last.bytes += size(i);
            }
            long end = lastOffset(batches - 1);
            last.aborted.removeIf(aborted -> aborted.lastOffset() > end);
        }
    }

    /** Empties the queue; one that has grown large is given up, so that an idle log holds little. */
    void clear() {
        groups.clear();
        Arrays.fill(buffers, 0, bufferCount, null);
        bufferCount = 0;
        batches = 0;
        bytes = 0;
        producers = false;
    }

    /** Gives grown columns back. */
    void shrink() {
        if (batches == 0 && ints.length > INTS * 4) {
            buffers = new ByteBuffer[4];
            longs = new long[LONGS * 4];
            ints = new int[INTS * 4];
        }
    }
}
