package dev.weir.storage;

import dev.weir.storage.CleaningPlan.Source;
import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.batch.DecompressionBound;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogFile;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.Pacer;
import dev.weir.storage.file.SegmentFile;
import dev.weir.storage.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * Carries out one {@link CleaningPlan}: reads the dirty segments for their keys, then writes every segment below the end of
 * what was mapped again, with what is to stay. The new files lie beside the log as {@code .cleaned} and are durable when the
 * run returns; the log itself is not touched. Blocks; used once, on any one thread.
 *
 * <p>Memory: the key map, two I/O buffers (larger only for a batch that does not fit), and the records of one batch, which
 * are refused beyond {@link DecompressionBound}.
 */
public final class CleaningRun {
    private static final int OPEN_FILES = 8;

    private final CleaningPlan plan;
    private final Pacer pacer;
    private final int maxDecompressedBytes;
    private final KeyOffsetMap keys;
    private final BufferSupplier buffers = BufferSupplier.create();
    private final OpenFileCache open;
    private final ByteBuffer readBuffer;
    private final ByteBuffer writeBuffer;
    private long bytesRead;
    private long bytesWritten;

    /** Takes its memory at once: make it where and when it is to run. */
    public CleaningRun(CleaningPlan plan, CleaningBudget budget, Pacer pacer) {
        this.plan = plan;
        this.pacer = pacer;
        this.maxDecompressedBytes = DecompressionBound.ofStored(plan.config());
        CleanableRange range = plan.range();
        this.keys = KeyOffsetMap.ofBytes(
                budget.dedupeBytes(), range.endOffset() - range.firstDirtyOffset(), budget.loadFactor());
        this.open = new OpenFileCache(plan.files(), OPEN_FILES);
        this.readBuffer = ByteBuffer.allocate(Math.max(budget.ioBytes() / 2, BatchLayout.HEADER_BYTES));
        this.writeBuffer = ByteBuffer.allocate(Math.max(budget.ioBytes() / 2, BatchLayout.HEADER_BYTES));
    }

    /**
     * @throws IOException when the disk fails, a batch is damaged, a segment has left the log meanwhile or the pacer ended
     *     the run; nothing is then left behind, as far as the disk allows
     */
    public CleanedSegments run() throws IOException {
        List<LogSegment> written = new ArrayList<>();
        try {
            DirtyKeys dirty = mapKeys();
            List<CleanedSegments.Group> groups = new ArrayList<>();
            CleanedTransactions transactions = new CleanedTransactions(plan.aborted());
            CompactionFilter filter = new CompactionFilter(
                    keys,
                    dirty.endOffset(),
                    transactions,
                    plan.producers(),
                    plan.nowMs(),
                    plan.config().deleteRetentionMs());
            for (List<Source> sources : groups(dirty.endOffset())) {
                CleanedSegments.Group group = new CleanedSegments.Group(sources);
                groups.add(group);
                write(group, filter, transactions, written);
            }
            plan.files().syncDirectory(plan.directory());
            return new CleanedSegments(plan, groups, dirty.endOffset(), bytesRead, bytesWritten, keys.size());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            discard(written, e);
            throw e;
        } finally {
            open.closeAll();
            buffers.close();
        }
    }

    private DirtyKeys mapKeys() throws IOException {
        CleanableRange range = plan.range();
        DirtyKeys dirty = new DirtyKeys(keys, plan.aborted(), range.firstDirtyOffset(), buffers, maxDecompressedBytes);
        for (Source source : plan.sources()) {
            if (source.facts().nextOffset() > range.firstDirtyOffset()) {
                if (!mapKeys(source, dirty)) {
                    break;
                }
                dirty.segmentEnds(source.facts().nextOffset());
            }
        }
        return dirty;
    }

    private boolean mapKeys(Source source, DirtyKeys dirty) throws IOException {
        try (LogFile file = plan.files().open(source.path())) {
            SegmentReader reader = new SegmentReader(file, (int) source.facts().logBytes(), readBuffer);
            for (ByteBuffer piece = reader.next(); piece.hasRemaining(); piece = reader.next()) {
                for (RecordBatch batch : MemoryRecords.readableRecords(piece).batches()) {
                    if (!dirty.add(batch)) {
                        return false;
                    }
                }
                read(piece.limit());
            }
        }
        return true;
    }

    private List<List<Source>> groups(long mappedEndOffset) {
        List<Source> mapped = plan.sources().stream()
                .filter(s -> s.facts().baseOffset() < mappedEndOffset)
                .toList();
        return SegmentGroups.of(
                mapped,
                Source::facts,
                plan.config().segmentBytes(),
                plan.config().indexBytes());
    }

    private void write(
            CleanedSegments.Group group,
            CompactionFilter filter,
            CleanedTransactions transactions,
            List<LogSegment> written)
            throws IOException {
        LogSegment target =
                new LogSegment(open, plan.directory(), group.baseOffset(), FileNames.CLEANED, plan.nowMs(), 0);
        written.add(target);
        target.create();
        filter.startSegment(group.endOffset());
        for (Source source : group.sources()) {
            try (LogFile file = plan.files().open(source.path())) {
                SegmentReader reader =
                        new SegmentReader(file, (int) source.facts().logBytes(), readBuffer);
                for (ByteBuffer piece = reader.next(); piece.hasRemaining(); piece = reader.next()) {
                    read(piece.limit());
                    filter(piece, filter, target);
                }
            }
        }
        for (AbortedTransaction aborted : transactions.takeRetained()) {
            target.txnIndex().append(aborted);
        }
        target.seal();
        for (SegmentFile file : target.files()) {
            if (file.exists()) {
                file.file().force();
            }
        }
    }

    /** The library stops after a batch that made it take a larger buffer, so that a piece may need several rounds. */
    private void filter(ByteBuffer piece, CompactionFilter filter, LogSegment target) throws IOException {
        while (piece.hasRemaining()) {
            MemoryRecords.FilterResult result = MemoryRecords.readableRecords(piece.slice())
                    .filterTo(filter, writeBuffer.clear(), buffers, maxDecompressedBytes);
            piece.position(piece.position() + result.bytesRead());
            append(result.outputBuffer().flip(), target);
        }
    }

    private void append(ByteBuffer batches, LogSegment target) throws IOException {
        int bytes = batches.remaining();
        if (bytes == 0) {
            return;
        }
        int position = target.size();
        if (position > Integer.MAX_VALUE - bytes) {
            throw new IOException(target.log().path() + " would exceed 2 GiB");
        }
        target.write(new ByteBuffer[] {batches.duplicate()}, 1, bytes);
        for (RecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            int size = batch.sizeInBytes();
            target.index(
                    batch.lastOffset(),
                    batch.maxTimestamp(),
                    position,
                    size,
                    plan.config().indexIntervalBytes());
            position += size;
        }
        bytesWritten += bytes;
        pacer.moved(bytes);
    }

    private void read(int bytes) throws IOException {
        bytesRead += bytes;
        pacer.moved(bytes);
    }

    private static void discard(List<LogSegment> written, Throwable cause) {
        for (LogSegment segment : written) {
            for (SegmentFile file : segment.files()) {
                try {
                    file.delete();
                } catch (IOException e) {
                    cause.addSuppressed(e);
                }
            }
        }
    }
}
