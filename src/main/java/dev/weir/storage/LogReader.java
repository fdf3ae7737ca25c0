package dev.weir.storage;

import java.io.IOException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the slices that answer reads. The tail of the active segment and the place where the last reader stopped are
 * remembered and need no file; anything else goes through the offset index. Owned by the log's thread.
 */
final class LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

    private final LogState log;
    /** The damaged batch that was reported last. */
    private long damagedAt = -1;

    LogReader(LogState log) {
        this.log = log;
    }

    ReadResult read(long startOffset, int maxBytes, long upperBoundOffset, boolean atLeastOneBatch) throws IOException {
        if (!isInLog(startOffset)) {
            return nothing(Errors.OFFSET_OUT_OF_RANGE, false);
        }
        BatchPosition first = first(startOffset, upperBoundOffset);
        int available = first == null ? 0 : available(first, upperBoundOffset);
        int length = first == null ? 0 : length(first, available, maxBytes, atLeastOneBatch);
        if (first == null || length <= 0) {
            return nothing(Errors.NONE, length < 0);
        }
        boolean limited = length < available;
        int intact = first.segment().intact(first.position(), length);
        if (intact == 0) {
            reportDamage(first);
            return nothing(Errors.CORRUPT_MESSAGE, false);
        }
        return new ReadResult(Errors.NONE, first.segment().slice(first.position(), intact), limited);
    }

    int readableBytes(long startOffset, int maxBytes, long upperBoundOffset, boolean atLeastOneBatch)
            throws IOException {
        if (!isInLog(startOffset)) {
            return -1;
        }
        BatchPosition first = first(startOffset, upperBoundOffset);
        if (first == null) {
            return 0;
        }
        int length = length(first, available(first, upperBoundOffset), maxBytes, atLeastOneBatch);
        return length < 0 ? first.size() : length;
    }

    private boolean isInLog(long offset) {
        return offset >= log.logStartOffset && offset <= log.logEndOffset;
    }

    private @Nullable BatchPosition first(long startOffset, long upperBoundOffset) throws IOException {
        return startOffset < Math.min(upperBoundOffset, log.logEndOffset) ? find(startOffset) : null;
    }

    /** Bytes of the segment from a batch on, up to the bound. */
    private int available(BatchPosition first, long upperBoundOffset) throws IOException {
        return positionOf(first.segment(), Math.min(upperBoundOffset, log.logEndOffset)) - first.position();
    }

    /** Bytes to read from a batch on; -1 if it alone is too large. */
    private int length(BatchPosition first, int available, int maxBytes, boolean atLeastOneBatch) throws IOException {
        if (available <= 0) {
            return 0;
        }
        if (first.size() > maxBytes) {
            return atLeastOneBatch ? Math.min(available, first.size()) : -1;
        }
        return available > maxBytes ? wholeBatches(first, maxBytes) : available;
    }

    /** Once, however often a client asks for it. */
    private void reportDamage(BatchPosition batch) {
        if (batch.baseOffset() != damagedAt) {
            damagedAt = batch.baseOffset();
            LOG.error(
                    "{} holds a batch at offset {}, position {}, that does not match its checksum; it is not served",
                    batch.segment().log().path(),
                    batch.baseOffset(),
                    batch.position());
        }
    }

    private static ReadResult nothing(Errors error, boolean limited) {
        return new ReadResult(error, FileSlice.EMPTY, limited);
    }

    /** The first batch that ends at or above an offset; null at the end of the log. */
    @Nullable
    BatchPosition find(long offset) throws IOException {
        BatchPosition known = recent(offset);
        if (known == null) {
            known = log.cursors.find(offset);
        }
        if (known != null) {
            return known;
        }
        LogSegment segment = log.segmentFor(offset);
        while (segment != null) {
            BatchScanner batch = segment.locate(offset);
            if (batch != null) {
                return new BatchPosition(segment, batch.baseOffset(), batch.position(), batch.size());
            }
            segment = log.after(segment);
        }
        return null;
    }

    private @Nullable BatchPosition recent(long offset) {
        long number = log.recent.holding(offset);
        return number < 0 ? null : recentBatch(number);
    }

    private BatchPosition recentBatch(long number) {
        LogSegment active = log.active();
        int position = log.recent.position(number);
        int end = log.recent.isLast(number) ? active.size() : log.recent.position(number + 1);
        return new BatchPosition(active, log.recent.baseOffset(number), position, end - position);
    }

    /** Where the batch lies that holds an offset, or the end of the segment when it holds only lower ones. */
    private int positionOf(LogSegment segment, long offset) throws IOException {
        if (offset >= segment.nextOffset()) {
            return segment.size();
        }
        if (log.isActive(segment)) {
            BatchPosition recent = recent(offset);
            if (recent != null) {
                return recent.position();
            }
        }
        BatchPosition cursor = log.cursors.find(offset);
        if (cursor != null && cursor.segment() == segment) {
            return cursor.position();
        }
        BatchScanner batch = segment.locate(offset);
        if (batch == null) {
            return segment.size();
        }
        log.cursors.add(new BatchPosition(segment, batch.baseOffset(), batch.position(), batch.size()));
        return batch.position();
    }

    /** Bytes of the whole batches, from the first on, that fit; there is more behind them. Remembers where they end. */
    private int wholeBatches(BatchPosition first, int maxBytes) throws IOException {
        LogSegment segment = first.segment();
        int limit = (int) Math.min((long) first.position() + maxBytes, segment.size());
        long number = log.isActive(segment) ? log.recent.beginningBy(limit) : -1;
        if (number >= 0 && log.recent.position(number) > first.position()) {
            return log.recent.position(number) - first.position();
        }
        OffsetIndex.Entry entry = segment.offsetIndex().floorPosition(limit);
        boolean ahead = entry.position() > first.position();
        BatchScanner scanner = segment.scanner(ahead ? entry.position() : first.position(), BatchScanner.HEADER_BLOCK);
        if (!scanner.next() || (ahead && scanner.baseOffset() > entry.offset())) {
            return first.size();
        }
        while (scanner.position() + scanner.size() <= limit) {
            if (!scanner.next()) {
                return scanner.position() - first.position();
            }
        }
        log.cursors.add(new BatchPosition(segment, scanner.baseOffset(), scanner.position(), scanner.size()));
        return Math.max(first.size(), scanner.position() - first.position());
    }
}
