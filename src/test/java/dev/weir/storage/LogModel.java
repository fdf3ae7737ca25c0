package dev.weir.storage;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a log should hold, as simply as can be: a list of batches. Batches below the log start stay in the list, as they may
 * come back in a crash.
 */
final class LogModel {
    /** One batch with the producer state after it. */
    record Batch(
            long base,
            long last,
            byte[] bytes,
            int epoch,
            long maxTimestamp,
            byte[] producers,
            @Nullable AbortedTransaction aborted) {

        RecordBatch records() {
            return ProducerReplay.batchOf(ByteBuffer.wrap(bytes));
        }

        /** The same batch, as compaction has left it. */
        Batch compacted(byte[] left, @Nullable AbortedTransaction stillAborted) {
            long timestamp = ProducerReplay.batchOf(ByteBuffer.wrap(left)).maxTimestamp();
            return new Batch(base, last, left, epoch, timestamp, producers, stillAborted);
        }
    }

    /** A transaction that has ended; {@code known} where the log has not been opened or truncated since. */
    private record Ended(long first, long marker, boolean known) {}

    private final List<Batch> batches = new ArrayList<>();
    private final List<Ended> ended = new ArrayList<>();
    private ProducerStateManager producers = new ProducerStateManager();
    private long start;
    /** Where the log began when it was last emptied. */
    private long origin;
    /** Below it the log was compacted: there are gaps, and of producers and epochs only the essential is known. */
    private long compactedTo;

    List<Batch> batches() {
        return batches;
    }

    ProducerStateManager producers() {
        return producers;
    }

    long start() {
        return start;
    }

    long end() {
        return batches.isEmpty() ? origin : batches.get(batches.size() - 1).last() + 1;
    }

    long compactedTo() {
        return compactedTo;
    }

    /** Where the first open transaction begins, or the end. */
    long lastStableOffset() {
        return producers.activeProducers().stream()
                .filter(ProducerEntry::inTransaction)
                .mapToLong(ProducerEntry::currentTxnFirstOffset)
                .min()
                .orElse(end());
    }

    /** The log was opened or truncated: what has ended above the high watermark is known only as far as it is read again. */
    void opened() {
        ended.replaceAll(txn -> new Ended(txn.first(), txn.marker(), false));
    }

    /**
     * The first offset of a transaction that is open, or has ended but not for all replicas; the largest number for none.
     *
     * @param replicated what the producers were told of it
     * @param known without what may have been forgotten when the log was opened
     */
    long firstUnstable(long replicated, boolean known) {
        long firstEnded = ended.stream()
                .filter(txn -> txn.marker() >= Math.max(replicated, start) && (txn.known() || !known))
                .mapToLong(Ended::first)
                .min()
                .orElse(Long.MAX_VALUE);
        long firstOpen = producers.activeProducers().stream()
                .filter(ProducerEntry::inTransaction)
                .mapToLong(ProducerEntry::currentTxnFirstOffset)
                .min()
                .orElse(Long.MAX_VALUE);
        return Math.min(firstEnded, firstOpen);
    }

    byte[] producerSnapshot() {
        return batches.isEmpty()
                ? new ProducerStateManager().snapshot(0)
                : batches.get(batches.size() - 1).producers();
    }

    void append(ByteBuffer buffer, int epoch) {
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(buffer).batches()) {
            byte[] bytes = new byte[batch.sizeInBytes()];
            ByteBuffer copy = ByteBuffer.wrap(bytes);
            batch.writeTo(copy);
            copy.putInt(BatchLayout.LEADER_EPOCH, epoch);
            append(ProducerReplay.batchOf(ByteBuffer.wrap(bytes)), bytes);
        }
    }

    private void append(RecordBatch batch, byte[] bytes) {
        if (batch.hasProducerId() && batch.isControlBatch()) {
            producers
                    .producer(batch.producerId())
                    .filter(ProducerEntry::inTransaction)
                    .ifPresent(p -> ended.add(new Ended(p.currentTxnFirstOffset(), batch.baseOffset(), true)));
        }
        AbortedTransaction aborted = producers.onAppend(batch);
        producers.settle(batch.nextOffset());
        batches.add(new Batch(
                batch.baseOffset(),
                batch.lastOffset(),
                bytes,
                batch.partitionLeaderEpoch(),
                batch.maxTimestamp(),
                producers.snapshot(batch.nextOffset()),
                aborted));
    }

    /** Puts compacted batches in the place of those in {@code [from, to)}; the last of these is among them. */
    void compact(long from, long to, List<Batch> compacted) {
        int at = (int) batches.stream().filter(b -> b.base() < from).count();
        batches.removeIf(b -> b.base() >= from && b.base() < to);
        batches.addAll(at, compacted);
        compactedTo = Math.max(compactedTo, to);
    }

    /** Drops the batches that reach an offset. */
    void truncateTo(long offset) {
        boolean changed = batches.removeIf(b -> b.last() >= offset);
        ended.removeIf(txn -> txn.marker() >= end());
        if (changed) {
            reloadProducers();
        }
        start = Math.min(start, end());
    }

    void restartAt(long offset) {
        batches.clear();
        ended.clear();
        origin = offset;
        start = offset;
        compactedTo = 0;
        producers = new ProducerStateManager();
    }

    void startAt(long offset) {
        start = offset;
    }

    private void reloadProducers() {
        producers = new ProducerStateManager();
        producers.load(producerSnapshot());
    }

    boolean endsBatchAt(long offset) {
        return offset == origin || batches.stream().anyMatch(b -> b.last() + 1 == offset);
    }

    /** The bytes of whole batches from the one that holds {@code from} on, below {@code bound}. */
    byte[] bytes(long from, long bound) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Batch batch : batches) {
            if (batch.last() >= from && batch.last() < bound) {
                out.writeBytes(batch.bytes());
            } else if (batch.last() >= bound) {
                break;
            }
        }
        return out.toByteArray();
    }

    List<AbortedTransaction> aborted(long from, long bound) {
        List<AbortedTransaction> found = new ArrayList<>();
        for (Batch batch : batches) {
            AbortedTransaction txn = batch.aborted();
            if (txn != null && txn.lastOffset() >= from && txn.firstOffset() < bound) {
                found.add(txn);
            }
        }
        return found;
    }
}
