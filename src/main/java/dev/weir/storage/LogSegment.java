package dev.weir.storage;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One segment: a {@code .log} with its indexes. Only the active one, the last of its log, is appended to; the others are
 * sealed. Owned by the log's thread; slices of it may be elsewhere.
 */
final class LogSegment {
    private final long baseOffset;
    private final SegmentFile log;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final TxnIndex txnIndex;
    private final long createdMs;
    private final long rollJitterMs;
    private final AtomicInteger slices = new AtomicInteger();
    private final CheckedBytes checked = new CheckedBytes();

    /** Bytes of the log. */
    private int size;
    /** Offset after the last batch, or the next segment's base where that is all that is known. */
    private long nextOffset;
    /** Largest timestamp, -1 for none, with the last offset of the first batch that has it. */
    private long maxTimestamp = -1;

    private long offsetOfMaxTimestamp;
    private int bytesSinceIndexEntry;
    /** Whether a failed write may have left bytes behind {@link #size}. */
    private boolean surplus;
    /** Largest timestamp of the first batch: the segment's age in record time counts from it. -1 when not known. */
    private long firstTimestamp = -1;

    LogSegment(OpenFileCache cache, Path directory, long baseOffset, long createdMs, long rollJitterMs) {
        this(cache, directory, baseOffset, "", createdMs, rollJitterMs);
    }

    /** @param suffix of its files' names while it is not yet part of the log */
    LogSegment(OpenFileCache cache, Path directory, long baseOffset, String suffix, long createdMs, long rollJitterMs) {
        this.baseOffset = baseOffset;
        this.log = new SegmentFile(cache, FileNames.in(directory, baseOffset, FileNames.LOG + suffix));
        this.offsetIndex = new OffsetIndex(
                new SegmentFile(cache, FileNames.in(directory, baseOffset, FileNames.INDEX + suffix)), baseOffset);
        this.timeIndex = new TimeIndex(
                new SegmentFile(cache, FileNames.in(directory, baseOffset, FileNames.TIME_INDEX + suffix)), baseOffset);
        this.txnIndex =
                new TxnIndex(new SegmentFile(cache, FileNames.in(directory, baseOffset, FileNames.TXN_INDEX + suffix)));
        this.createdMs = createdMs;
        this.rollJitterMs = rollJitterMs;
        this.nextOffset = baseOffset;
        this.offsetOfMaxTimestamp = baseOffset;
    }

    /** Makes the files of a new segment; what is left of one of the same name is emptied. */
    void create() throws IOException {
        log.create();
        log.file().truncate(0);
        offsetIndex.entries().reset();
        timeIndex.reset();
        txnIndex.reset();
    }

    long baseOffset() {
        return baseOffset;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long nextOffset() {
        return nextOffset;
    }

    void endsBefore(long offset) {
        nextOffset = offset;
    }

    long maxTimestamp() {
        return maxTimestamp;
    }

    long offsetOfMaxTimestamp() {
        return offsetOfMaxTimestamp;
    }

    /** What retention goes by: the largest record timestamp, or the file's age when no record has one. */
    long largestTimestamp() throws IOException {
        return maxTimestamp >= 0 ? maxTimestamp : log.cache().files().lastModifiedMs(log.path());
    }

    long createdMs() {
        return createdMs;
    }

    long rollJitterMs() {
        return rollJitterMs;
    }

    int bytesSinceIndexEntry() {
        return bytesSinceIndexEntry;
    }

    SegmentFile log() {
        return log;
    }

    OffsetIndex offsetIndex() {
        return offsetIndex;
    }

    TimeIndex timeIndex() {
        return timeIndex;
    }

    TxnIndex txnIndex() {
        return txnIndex;
    }

    List<SegmentFile> files() {
        return List.of(log, offsetIndex.entries().file(), timeIndex.entries().file(), txnIndex.file());
    }

    boolean isHeld() {
        return slices.get() > 0;
    }

    long firstTimestamp() throws IOException {
        if (firstTimestamp < 0 && size > 0) {
            BatchScanner scanner = scanner(0, BatchLayout.HEADER_BYTES);
            firstTimestamp = scanner.next() ? scanner.maxTimestamp() : -1;
        }
        return firstTimestamp;
    }

    /** Writes bytes at the end of the log; on an exception the log is cut back to what it was. */
    void write(ByteBuffer[] buffers, int count, int bytes) throws IOException {
        removeSurplus();
        try {
            log.file().write(buffers, count, size);
        } catch (Throwable e) {
            cutBack(e);
            throw e;
        }
        size += bytes;
    }

    /** Takes back the last write, whose batches are not indexed yet, because of a later failure. */
    void unwrite(int bytes, Throwable cause) {
        size -= bytes;
        cutBack(cause);
    }

    private void cutBack(Throwable cause) {
        surplus = true;
        try {
            removeSurplus();
        } catch (Throwable e) {
            if (e != cause) {
                cause.addSuppressed(e);
            }
        }
    }

    /** What a failed write left must be gone before anything is written over it: it could pass for the log's own end. */
    void removeSurplus() throws IOException {
        if (surplus) {
            log.file().truncate(size);
            surplus = false;
        }
        txnIndex.removeSurplus();
    }

    /** Indexes a batch that has been written at {@code position}. */
    void index(long lastOffset, long batchMaxTimestamp, int position, int bytes, int intervalBytes) {
        if (position == 0) {
            firstTimestamp = batchMaxTimestamp;
        }
        if (batchMaxTimestamp > maxTimestamp) {
            maxTimestamp = batchMaxTimestamp;
            offsetOfMaxTimestamp = lastOffset;
        }
        if (bytesSinceIndexEntry > intervalBytes) {
            offsetIndex.append(lastOffset, position);
            timeIndex.append(maxTimestamp, offsetOfMaxTimestamp);
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += bytes;
        nextOffset = lastOffset + 1;
    }

    /** Completes the indexes: the segment is not appended to any more, or not for now. */
    void seal() throws IOException {
        removeSurplus();
        timeIndex.append(maxTimestamp, offsetOfMaxTimestamp);
        flushIndexes();
    }

    void flushIndexes() throws IOException {
        offsetIndex.entries().flush();
        timeIndex.entries().flush();
        txnIndex.removeSurplus();
    }

    int pendingIndexEntries() {
        return offsetIndex.entries().pendingEntries();
    }

    BatchScanner scanner(int position, int blockBytes) throws IOException {
        return new BatchScanner(log.file(), baseOffset, position, size, blockBytes);
    }

    /** A scanner standing on the first batch that ends at or above an offset; null when there is none. */
    @Nullable
    BatchScanner locate(long offset) throws IOException {
        OffsetIndex.Entry start = offsetIndex.floorOffset(offset);
        BatchScanner scanner = scanner(start.position(), BatchScanner.HEADER_BLOCK);
        boolean found = scanner.seek(offset);
        // An entry that leads past the offset, or to what is no batch, is a damaged entry: walk from the start instead.
        boolean astray = start.position() != 0 && (scanner.problem().isPresent() || astray(scanner, start));
        if (astray) {
            scanner = scanner(0, BatchScanner.HEADER_BLOCK);
            found = scanner.seek(offset);
        }
        if (!found && scanner.problem().isPresent()) {
            throw new IOException(log.path() + " " + scanner.problem().get() + " at " + scanner.position());
        }
        return found ? scanner : null;
    }

    /** A scanner standing on the last batch that ends below an offset; null when there is none. */
    @Nullable
    BatchScanner lastBelow(long offset) throws IOException {
        OffsetIndex.Entry start = offsetIndex.floorOffset(offset - 1);
        int position = lastBelow(offset, start.position());
        if (position < 0 && start.position() > 0) {
            position = lastBelow(offset, 0);
        }
        if (position < 0) {
            return null;
        }
        BatchScanner scanner = scanner(position, BatchScanner.HEADER_BLOCK);
        return scanner.next() ? scanner : null;
    }

    private int lastBelow(long offset, int from) throws IOException {
        BatchScanner scanner = scanner(from, BatchScanner.HEADER_BLOCK);
        int position = -1;
        while (scanner.next() && scanner.lastOffset() < offset) {
            position = scanner.position();
        }
        return position;
    }

    private static boolean astray(BatchScanner scanner, OffsetIndex.Entry start) {
        if (scanner.position() != start.position()) {
            return false;
        }
        return scanner.size() == 0 || scanner.baseOffset() > start.offset();
    }

    /**
     * How many of these whole batches' bytes match their checksums, up to the first batch that does not. What was compared
     * since the log was opened is not compared again.
     */
    int intact(int position, int length) throws IOException {
        if (checked.covers(position, position + length)) {
            return length;
        }
        BatchScanner scanner =
                new BatchScanner(log.file(), baseOffset, position, position + length, BatchScanner.BATCH_BLOCK);
        int intact = 0;
        while (scanner.next() && scanner.checksumHolds()) {
            intact = scanner.position() + scanner.size() - position;
        }
        checked.add(position, position + intact);
        return intact;
    }

    /** All of the log was compared with its checksums. */
    void allChecked() {
        checked.noneBelow(0);
    }

    FileSlice slice(int position, int length) throws IOException {
        return new FileSlice(log.retained(), slices, position, length);
    }

    /** Takes the size from the file. */
    void loadSize() throws IOException, LogCorruptException {
        long bytes = log.sizeOnDisk();
        if (bytes > Integer.MAX_VALUE) {
            throw new LogCorruptException(log.path() + " has " + bytes + " bytes, more than a segment can have");
        }
        size = (int) bytes;
        checked.noneBelow(size);
    }

    /** Loads the indexes; returns what is wrong with them, empty if nothing is. */
    Optional<String> loadIndexes() throws IOException {
        String problem = offsetIndex.load(size);
        if (problem != null) {
            return Optional.of("offset index " + problem);
        }
        problem = timeIndex.load();
        if (problem != null) {
            return Optional.of("time index " + problem);
        }
        TimeIndex.Entry last = timeIndex.last();
        maxTimestamp = last.timestamp();
        offsetOfMaxTimestamp = last.offset();
        if (last.timestamp() >= 0 && !names(last)) {
            return Optional.of("time index ends with timestamp " + last.timestamp() + ", which is not that of offset "
                    + last.offset());
        }
        if (last.timestamp() < 0 && firstTimestamp() >= 0) {
            return Optional.of("time index is empty");
        }
        problem = txnIndex.load(baseOffset);
        return Optional.ofNullable(problem).map(why -> "transaction index " + why);
    }

    /** Whether a time index entry tells the truth about the batch it points to. */
    boolean names(TimeIndex.Entry entry) throws IOException {
        BatchScanner batch = locate(entry.offset());
        return batch != null && batch.baseOffset() <= entry.offset() && batch.maxTimestamp() == entry.timestamp();
    }

    /** Finds the end of the log by walking from the last index entry on; returns why it ends early, empty if it does not. */
    Optional<String> loadTail() throws IOException {
        OffsetIndex.Entry last = offsetIndex.last();
        BatchScanner scanner = scanner(last.position(), BatchScanner.HEADER_BLOCK);
        nextOffset = baseOffset;
        boolean first = true;
        while (scanner.next()) {
            if (first && last.position() > 0 && scanner.baseOffset() > last.offset()) {
                return Optional.of(
                        "last index entry names offset " + last.offset() + " for a batch from " + scanner.baseOffset());
            }
            first = false;
            if (scanner.maxTimestamp() > maxTimestamp) {
                maxTimestamp = scanner.maxTimestamp();
                offsetOfMaxTimestamp = scanner.lastOffset();
            }
            nextOffset = scanner.lastOffset() + 1;
        }
        bytesSinceIndexEntry = size - last.position();
        return scanner.problem();
    }

    /** Empties what is known from the indexes, before they are made anew. */
    void resetIndexes() throws IOException {
        offsetIndex.entries().reset();
        timeIndex.reset();
        maxTimestamp = -1;
        offsetOfMaxTimestamp = baseOffset;
        firstTimestamp = -1;
        bytesSinceIndexEntry = 0;
        nextOffset = baseOffset;
    }

    /** Cuts the file, durably; the indexes must then be cut or made anew. */
    void cutFile(int bytes) throws IOException {
        log.file().truncate(bytes);
        log.file().force();
        size = bytes;
        checked.cutAt(bytes);
    }

    /** Writes the file anew from the first batch on that reaches {@code offset}, with the same bytes. */
    void rewriteFrom(long offset) throws IOException {
        BatchScanner scanner = scanner(0, BatchScanner.HEADER_BLOCK);
        scanner.seek(offset);
        int position = scanner.position();
        ByteBuffer block = ByteBuffer.allocate(BatchScanner.BATCH_BLOCK);
        while (position < size) {
            int bytes =
                    log.file().readFully(block.clear().limit(Math.min(block.capacity(), size - position)), position);
            if (bytes <= 0) {
                throw new IOException(log.path() + " has become shorter than " + size);
            }
            log.file().write(new ByteBuffer[] {block.flip()}, 1, position);
            position += bytes;
        }
    }

    /** Removes the batches that reach {@code offset} or lie above it, durably; answers the offset after the last one left. */
    long truncateTo(long offset) throws IOException {
        BatchScanner first = locate(offset);
        if (first == null) {
            return nextOffset;
        }
        long end = first.baseOffset();
        int position = first.position();
        offsetIndex.truncateTo(end, position);
        timeIndex.truncateTo(end);
        txnIndex.truncateTo(end);
        cutFile(position);
        if (position == 0) {
            firstTimestamp = -1;
        }
        TimeIndex.Entry last = timeIndex.last();
        maxTimestamp = last.timestamp();
        offsetOfMaxTimestamp = last.offset();
        Optional<String> problem = loadTail();
        if (problem.isPresent()) {
            throw new IOException(log.path() + " " + problem.get());
        }
        return nextOffset;
    }

    void close() {
        files().forEach(SegmentFile::close);
    }
}
