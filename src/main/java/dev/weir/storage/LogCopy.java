package dev.weir.storage;

import dev.weir.storage.file.CopyBuffer;
import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Copies a log, while it is written to, into another one that is to take its place: the same batches, byte for byte, in
 * segments of the same base offsets. Nothing is decompressed. Owned by the thread that owns both logs; it works in steps, so
 * that the thread can do other things in between.
 */
public final class LogCopy {
    private final PartitionLog source;
    private final PartitionLog target;
    private final LogState from;
    private final LogState to;
    private final LogAppender writer;
    private final CopyBuffer buffer;
    private boolean resumes;
    private boolean begun;
    /** Of the source when the target was last known to hold its batches. */
    private int generation;

    private int startedOver;
    /** The segment whose index of transactions is being copied, and which of its entries comes next. */
    private @Nullable LogSegment abortedOf;

    private int nextAborted;

    /**
     * @param source the log to copy
     * @param resumes whether what the target holds is a copy of what the source was at some time; else it is dropped
     * @param buffer where batches pass through; copies that take turns may share it
     */
    public LogCopy(PartitionLog source, PartitionLog target, boolean resumes, CopyBuffer buffer) {
        this.source = source;
        this.target = target;
        this.from = source.state();
        this.to = target.state();
        this.writer = target.appender();
        this.resumes = resumes;
        this.buffer = buffer;
        to.mirrors = true;
    }

    /** Offsets that are still to be copied. */
    public long lag() {
        boolean mustStartOver = begun && generation != from.generation;
        return Math.max(mustStartOver ? 1 : 0, from.logEndOffset - to.logEndOffset);
    }

    /** How often what had been copied was dropped: what was known of it then, like its recovery point, holds no more. */
    public int timesStartedOver() {
        return startedOver;
    }

    /**
     * Copies the next batches of one segment, at least one.
     *
     * @param maxBytes most bytes, unless the first batch is larger
     * @return bytes copied, 0 when there are none left
     * @throws IOException when a disk fails; the step can be tried again
     */
    public int step(int maxBytes, long nowMs) throws IOException {
        if (!begun || generation != from.generation || to.logEndOffset < from.segments.firstKey()) {
            begin(nowMs);
        }
        LogSegment segment = from.segmentFor(to.logEndOffset);
        BatchScanner first = null;
        while (segment != null && first == null) {
            first = segment.locate(to.logEndOffset);
            segment = first == null ? from.after(segment) : segment;
        }
        if (segment == null || first == null) {
            skipEmptyEnd(nowMs);
            return 0;
        }
        int start = first.position();
        int end = start + first.size();
        while (first.next() && first.position() + first.size() - start <= maxBytes) {
            end = first.position() + first.size();
        }
        // Compaction may meanwhile have merged segments: one that now begins lower is gone on with where the copy is.
        if (segment.baseOffset() > to.active().baseOffset()) {
            copyLastAborted();
            writer.rollAt(segment.baseOffset(), producersAt(segment.baseOffset()), nowMs);
        }
        long before = to.logEndOffset;
        target.stage(read(segment, start, end - start), -1, nowMs);
        target.write();
        copyAborted(segment, before);
        return end - start;
    }

    /**
     * Completes the copy when nothing is left to be copied: the target then has the source's start offset, leader epochs and
     * producer state, and follows its own settings. The source must not be written to any more.
     */
    public void finish() throws IOException {
        if (lag() > 0 || source.stagedBytes() > 0) {
            throw new IllegalStateException(lag() + " offsets of " + from.partition + " are not copied yet");
        }
        target.advanceLogStartOffset(from.logStartOffset);
        to.epochs.replaceBy(from.epochs);
        to.producers = from.producers;
        to.mirrors = false;
    }

    /** Names the transactions that ended in what was copied from an offset on; an index has them in the order of their ends. */
    private void copyAborted(LogSegment segment, long fromOffset) throws IOException {
        if (abortedOf != segment) {
            abortedOf = segment;
            nextAborted = 0;
        }
        while (nextAborted < segment.txnIndex().entries()) {
            AbortedTransaction aborted = segment.txnIndex().entry(nextAborted);
            if (aborted.lastOffset() >= to.logEndOffset) {
                return;
            }
            if (aborted.lastOffset() >= fromOffset) {
                to.active().txnIndex().append(aborted);
            }
            nextAborted++;
        }
    }

    /** Compaction may have removed the batch that an index's last entry names. */
    private void copyLastAborted() throws IOException {
        LogSegment left = abortedOf;
        if (left != null && from.segments.get(left.baseOffset()) == left) {
            while (nextAborted < left.txnIndex().entries()) {
                to.active().txnIndex().append(left.txnIndex().entry(nextAborted++));
            }
        }
    }

    /** Goes on where the target ends, if that is a place in the source, or else starts over. */
    private void begin(long nowMs) throws IOException {
        if (!resumes || !follows()) {
            startedOver++;
            target.truncateFullyAndStartAt(from.segments.firstKey(), nowMs);
            target.unlinkDeleted(Long.MAX_VALUE);
            byte[] producers = producersAt(from.segments.firstKey());
            if (producers != null) {
                to.snapshots.write(from.segments.firstKey(), producers, true);
            }
        }
        resumes = false;
        abortedOf = null;
        generation = from.generation;
        begun = true;
    }

    /**
     * Whether the source still has what the target holds. It may have been truncated and written to again before this process
     * copied anything: then the target ends in an epoch that ends earlier in the source.
     */
    private boolean follows() {
        long end = to.logEndOffset;
        if (!to.segments.firstKey().equals(from.segments.firstKey()) || end > from.logEndOffset) {
            return false;
        }
        if (end == to.segments.firstKey()) {
            return true;
        }
        int epoch = to.epochs.latest().orElse(-1);
        EpochEndOffset known = from.epochs.endOffsetFor(epoch, from.logEndOffset);
        return known.leaderEpoch() == epoch && end <= known.endOffset();
    }

    /** Compaction may have left nothing between the last batch and an active segment that is empty. */
    private void skipEmptyEnd(long nowMs) throws IOException {
        if (to.logEndOffset < from.logEndOffset) {
            writer.rollAt(from.logEndOffset, producersAt(from.logEndOffset), nowMs);
            to.logEndOffset = from.logEndOffset;
        }
    }

    /** What the source knew of producers at the start of a segment: compaction may have left less than that in the batches. */
    private byte @Nullable [] producersAt(long offset) throws IOException {
        return from.snapshots.offsets().contains(offset)
                ? DurableFiles.bytes(from.files(), from.snapshots.path(offset))
                : null;
    }

    private ByteBuffer read(LogSegment segment, int position, int bytes) throws IOException {
        if (segment.intact(position, bytes) < bytes) {
            // In the copy it would pass for what was checked when it was appended.
            throw new IOException(segment.log().path() + " does not match its checksums from " + position + " on");
        }
        ByteBuffer block = buffer.ofSize(bytes);
        if (segment.log().file().readFully(block, position) < bytes) {
            throw new IOException(segment.log().path() + " is shorter than " + (position + bytes));
        }
        return block.flip();
    }
}
