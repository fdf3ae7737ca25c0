package dev.weir.storage;

import dev.weir.storage.producer.ProducerEntry;
import java.util.Map;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * What compaction keeps. Of each key the newest record; of those without a value none once the delete horizon of their
 * batch, which its first compaction sets to {@code delete.retention.ms} from then, is past. A marker goes, after the same
 * delay, when its transaction has no data left; aborted data goes at once. The batch that holds a producer's last sequence
 * stays, if need be without records, and so does the last batch of each segment: neither producer state is lost, nor do
 * segments that follow each other ever leave a gap, which after a crash could not be told from lost data.
 */
final class CompactionFilter extends MemoryRecords.RecordFilter {
    private final KeyOffsetMap newest;
    private final long mappedEndOffset;
    private final CleanedTransactions transactions;
    private final Map<Long, ProducerEntry> producers;
    private long segmentEndOffset = -1;
    private boolean dropRecords;

    /**
     * @param newest the newest offset of each key that has a record between the first dirty offset and {@code
     *     mappedEndOffset}; older records of these keys go
     * @param mappedEndOffset records at or above it are kept
     * @param producers the producers that are active, by id
     */
    CompactionFilter(
            KeyOffsetMap newest,
            long mappedEndOffset,
            CleanedTransactions transactions,
            Map<Long, ProducerEntry> producers,
            long nowMs,
            long deleteRetentionMs) {
        super(nowMs, deleteRetentionMs);
        this.newest = newest;
        this.mappedEndOffset = mappedEndOffset;
        this.transactions = transactions;
        this.producers = producers;
    }

    /** What follows goes into one segment, and the segment after that begins at {@code endOffset}. */
    void startSegment(long endOffset) {
        segmentEndOffset = endOffset;
    }

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        boolean control = batch.isControlBatch();
        boolean needless = control ? transactions.isNeedless(batch) : transactions.isAborted(batch);
        dropRecords = needless && (!control || pastHorizon(batch));
        BatchRetention retention;
        if (holdsLastOfProducer(batch) || batch.nextOffset() == segmentEndOffset) {
            retention = BatchRetention.RETAIN_EMPTY;
        } else {
            retention = dropRecords ? BatchRetention.DELETE : BatchRetention.DELETE_EMPTY;
        }
        return new BatchRetentionResult(retention, needless && control);
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        if (dropRecords) {
            return false;
        }
        if (batch.isControlBatch() || record.offset() >= mappedEndOffset) {
            return true;
        }
        return record.hasKey()
                && record.offset() >= newest.get(record.key())
                && (record.hasValue() || !pastHorizon(batch));
    }

    private boolean pastHorizon(RecordBatch batch) {
        return batch.deleteHorizonMs().isPresent() && batch.deleteHorizonMs().getAsLong() <= currentTime;
    }

    private boolean holdsLastOfProducer(RecordBatch batch) {
        ProducerEntry producer = batch.hasProducerId() ? producers.get(batch.producerId()) : null;
        if (producer == null) {
            return false;
        }
        return producer.lastOffset() >= 0
                ? batch.lastOffset() == producer.lastOffset()
                : batch.isControlBatch() && batch.producerEpoch() == producer.epoch();
    }
}
