package dev.weir.storage;

import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.jspecify.annotations.Nullable;

/** Finds records by timestamp. Owned by the log's thread. */
final class TimestampSearch {
    private final LogState log;

    TimestampSearch(LogState log) {
        this.log = log;
    }

    /** First record at or above the log start whose timestamp is at least {@code timestamp}. */
    Optional<TimestampOffset> first(long timestamp) throws IOException {
        LogSegment segment = log.segmentFor(log.logStartOffset);
        while (segment != null) {
            if (segment.maxTimestamp() >= timestamp) {
                Optional<TimestampOffset> found = firstIn(segment, timestamp);
                if (found.isPresent()) {
                    return found;
                }
            }
            segment = log.after(segment);
        }
        return Optional.empty();
    }

    /** First record that has the largest timestamp. */
    Optional<TimestampOffset> largest() throws IOException {
        LogSegment first = log.segmentFor(log.logStartOffset);
        long largest = first.baseOffset() < log.logStartOffset ? largestAboveStart(first) : first.maxTimestamp();
        LogSegment segment = log.after(first);
        while (segment != null) {
            largest = Math.max(largest, segment.maxTimestamp());
            segment = log.after(segment);
        }
        if (largest < 0) {
            return Optional.empty();
        }
        Optional<TimestampOffset> found = first(largest);
        long ofRecords = found.isPresent() ? largest : largestOfRecords();
        return found.isPresent() || ofRecords < 0 ? found : first(ofRecords);
    }

    /**
     * The slow way, by the headers of all batches of the segments that may have it. Compaction leaves batches without records,
     * which keep the timestamp of what they held.
     */
    private long largestOfRecords() throws IOException {
        long largest = -1;
        long firstSegment = log.segmentFor(log.logStartOffset).baseOffset();
        for (LogSegment segment :
                log.segments.tailMap(firstSegment, true).descendingMap().values()) {
            if (segment.maxTimestamp() > largest) {
                largest = Math.max(largest, largestOfRecords(segment));
            }
        }
        return largest;
    }

    private long largestOfRecords(LogSegment segment) throws IOException {
        long largest = -1;
        BatchScanner batch = segment.locate(Math.max(segment.baseOffset(), log.logStartOffset));
        while (batch != null) {
            if (batch.maxTimestamp() > largest && batch.hasRecords()) {
                largest = Math.max(largest, largestAboveStart(batch));
            }
            batch = batch.next() ? batch : null;
        }
        return largest;
    }

    private long largestAboveStart(LogSegment segment) throws IOException {
        long largest = -1;
        BatchScanner batch = segment.locate(log.logStartOffset);
        if (batch != null) {
            do {
                largest = Math.max(largest, largestAboveStart(batch));
            } while (batch.next());
        }
        return largest;
    }

    /** The log may start inside a batch, above the record that has the batch's largest timestamp. */
    private long largestAboveStart(BatchScanner batch) throws IOException {
        return batch.baseOffset() >= log.logStartOffset ? batch.maxTimestamp() : largestOf(batch);
    }

    /** The largest timestamp of a batch's records at or above the log start; -1 if it has none there. */
    private long largestOf(BatchScanner batch) throws IOException {
        long largest = -1;
        MutableRecordBatch records = ProducerReplay.batchOf(batch.batch());
        try (CloseableIterator<Record> all = records.skipKeyValueIterator(BufferSupplier.NO_CACHING)) {
            while (all.hasNext()) {
                Record record = all.next();
                largest = record.offset() < log.logStartOffset ? largest : Math.max(largest, record.timestamp());
            }
        }
        return largest;
    }

    private Optional<TimestampOffset> firstIn(LogSegment segment, long timestamp) throws IOException {
        TimeIndex.Entry entry = segment.timeIndex().floor(timestamp);
        long from = entry.timestamp() >= 0 && segment.names(entry) ? entry.offset() : segment.baseOffset();
        BatchScanner batch = segment.locate(Math.max(from, log.logStartOffset));
        if (batch == null) {
            return Optional.empty();
        }
        do {
            TimestampOffset found = batch.maxTimestamp() >= timestamp ? firstIn(batch, timestamp) : null;
            if (found != null) {
                return Optional.of(found);
            }
        } while (batch.next());
        return Optional.empty();
    }

    private @Nullable TimestampOffset firstIn(BatchScanner batch, long timestamp) throws IOException {
        int epoch = batch.leaderEpoch();
        MutableRecordBatch records = ProducerReplay.batchOf(batch.batch());
        // Keys and values are skipped: what a batch decompresses to is not held.
        try (CloseableIterator<Record> all = records.skipKeyValueIterator(BufferSupplier.NO_CACHING)) {
            while (all.hasNext()) {
                Record record = all.next();
                if (record.timestamp() >= timestamp && record.offset() >= log.logStartOffset) {
                    return new TimestampOffset(record.timestamp(), record.offset(), epoch);
                }
            }
        }
        return null;
    }
}
