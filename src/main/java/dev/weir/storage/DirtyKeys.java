package dev.weir.storage;

import dev.weir.storage.producer.AbortedTransaction;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/**
 * First pass of a compaction: collects the newest offset of each key among the dirty batches until the map is full. Aborted
 * data and markers have no keys that count.
 */
final class DirtyKeys {
    private final KeyOffsetMap map;
    private final CleanedTransactions transactions;
    private final long firstDirtyOffset;
    private final BufferSupplier buffers;
    private final int maxDecompressedBytes;
    private long endOffset;

    /**
     * @param aborted the aborted transactions of the log; those that ended before the dirty part are left out
     * @param maxDecompressedBytes what the records of one batch may come to
     */
    DirtyKeys(
            KeyOffsetMap map,
            List<AbortedTransaction> aborted,
            long firstDirtyOffset,
            BufferSupplier buffers,
            int maxDecompressedBytes) {
        this.map = map;
        this.transactions = new CleanedTransactions(
                aborted.stream().filter(t -> t.lastOffset() >= firstDirtyOffset).toList());
        this.firstDirtyOffset = firstDirtyOffset;
        this.buffers = buffers;
        this.maxDecompressedBytes = maxDecompressedBytes;
        this.endOffset = firstDirtyOffset;
    }

    /** Takes in the next batch; answers false when the map is full, and then nothing more may be added. */
    boolean add(RecordBatch batch) {
        if (batch.lastOffset() < firstDirtyOffset) {
            return true;
        }
        if (batch.isControlBatch()) {
            transactions.isNeedless(batch);
        } else if (!transactions.isAborted(batch) && !addKeys(batch)) {
            return false;
        }
        endOffset = batch.lastOffset() + 1;
        return true;
    }

    private boolean addKeys(RecordBatch batch) {
        long bytes = 0;
        try (CloseableIterator<Record> records = batch.streamingIterator(buffers, maxDecompressedBytes)) {
            while (records.hasNext()) {
                Record record = records.next();
                bytes += record.sizeInBytes();
                if (bytes > maxDecompressedBytes) {
                    throw new InvalidRecordException("the records of the batch at offset " + batch.baseOffset()
                            + " decompress to more than " + maxDecompressedBytes + " bytes");
                }
                if (record.hasKey() && record.offset() >= firstDirtyOffset && !map.put(record.key(), record.offset())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Every batch below {@code nextOffset} has been added: offsets without a record are covered too. */
    void segmentEnds(long nextOffset) {
        endOffset = Math.max(endOffset, nextOffset);
    }

    KeyOffsetMap map() {
        return map;
    }

    /** The map knows every key below this offset: what lies above it is left as it is. */
    long endOffset() {
        return endOffset;
    }
}
