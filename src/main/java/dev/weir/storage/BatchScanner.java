package dev.weir.storage;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks the batches of a segment file by their headers, a block at a time. It stops at the end or before the first batch
 * whose header cannot be one. A scanner is used at once and thrown away.
 */
final class BatchScanner {
    static final int HEADER_BLOCK = 4 * 1024;
    static final int BATCH_BLOCK = 256 * 1024;

    private final LogFile file;
    private final long segmentBase;
    private final int end;

    private ByteBuffer block;
    /** File position of the block's first byte; what is loaded lies between index 0 and the limit. */
    private int blockStart;

    private int position;
    private int size;
    private long baseOffset;
    private long lastOffset;
    private @Nullable String problem;

    /**
     * @param start position of a batch
     * @param end where the log ends, in bytes
     * @param blockBytes bytes to read at a time
     */
    BatchScanner(LogFile file, long segmentBase, int start, int end, int blockBytes) {
        this.file = file;
        this.segmentBase = segmentBase;
        this.end = end;
        this.block =
                ByteBuffer.allocate(Math.max(BatchLayout.HEADER_BYTES, Math.min(blockBytes, Math.max(end - start, 0))));
        this.block.limit(0);
        this.blockStart = start;
        this.position = start;
        this.lastOffset = segmentBase - 1;
    }

    /** Steps to the next batch; answers false at the end and before anything that is no batch, see {@link #problem}. */
    boolean next() throws IOException {
        int at = position + size;
        size = 0;
        position = at;
        if (at == end) {
            return false;
        }
        if (end - at < BatchLayout.HEADER_BYTES) {
            return stop("is cut within a batch header");
        }
        int header = load(at, BatchLayout.HEADER_BYTES);
        long declared = (long) block.getInt(header + BatchLayout.LENGTH) + BatchLayout.LENGTH_OVERHEAD;
        if (declared < BatchLayout.HEADER_BYTES) {
            return stop(
                    declared == BatchLayout.LENGTH_OVERHEAD
                            ? "holds no batch (zeros)"
                            : "holds a batch of " + declared + " bytes");
        }
        byte magic = block.get(header + BatchLayout.MAGIC);
        if (magic != BatchLayout.MAGIC_V2) {
            return stop("holds a batch of format v" + magic);
        }
        if (declared > end - at) {
            return stop("is cut within a batch of " + declared + " bytes");
        }
        long first = block.getLong(header);
        int delta = block.getInt(header + BatchLayout.LAST_OFFSET_DELTA);
        if (delta < 0 || first <= lastOffset || first + delta - segmentBase > Integer.MAX_VALUE) {
            return stop("holds offset " + first + " to " + (first + delta) + " after " + lastOffset);
        }
        size = (int) declared;
        baseOffset = first;
        lastOffset = first + delta;
        return true;
    }

    /** Steps to the first batch that ends at or above an offset; answers false when there is none. */
    boolean seek(long offset) throws IOException {
        do {
            if (!next()) {
                return false;
            }
        } while (lastOffset < offset);
        return true;
    }

    /** The reason why the walk stopped before the end; empty if it did not. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Of the current batch, or where the walk stopped. */
    int position() {
        return position;
    }

    int size() {
        return size;
    }

    long baseOffset() {
        return baseOffset;
    }

    long lastOffset() {
        return lastOffset;
    }

    int leaderEpoch() throws IOException {
        return block.getInt(load(position, BatchLayout.HEADER_BYTES) + BatchLayout.LEADER_EPOCH);
    }

    long maxTimestamp() throws IOException {
        return block.getLong(load(position, BatchLayout.HEADER_BYTES) + BatchLayout.MAX_TIMESTAMP);
    }

    /** Compaction leaves batches without records. */
    boolean hasRecords() throws IOException {
        return block.getInt(load(position, BatchLayout.HEADER_BYTES) + BatchLayout.COUNT) > 0;
    }

    boolean hasProducerId() throws IOException {
        return block.getLong(load(position, BatchLayout.HEADER_BYTES) + BatchLayout.PRODUCER_ID) >= 0;
    }

    /** Whether the current batch matches its CRC-32C. */
    boolean checksumHolds() throws IOException {
        CRC32C crc = new CRC32C();
        int expected = block.getInt(load(position, BatchLayout.HEADER_BYTES) + BatchLayout.CRC);
        int from = position + BatchLayout.ATTRIBUTES;
        int to = position + size;
        while (from < to) {
            int chunk = Math.min(to - from, block.capacity());
            int start = load(from, chunk);
            crc.update(block.array(), start, chunk);
            from += chunk;
        }
        return (int) crc.getValue() == expected;
    }

    /** The bytes of the current batch; valid until the next call. */
    ByteBuffer batch() throws IOException {
        if (size > block.capacity()) {
            block = ByteBuffer.allocate(size).limit(0);
        }
        return block.slice(load(position, size), size);
    }

    private boolean stop(String why) {
        problem = why;
        return false;
    }

    /** Makes bytes of the file present; answers their index in the block. */
    private int load(int from, int bytes) throws IOException {
        if (from >= blockStart && from + bytes <= blockStart + block.limit()) {
            return from - blockStart;
        }
        block.clear().limit(Math.min(block.capacity(), end - from));
        int read = file.readFully(block, from);
        block.flip();
        blockStart = from;
        if (read < bytes) {
            throw new IOException(file.path() + " ends at " + (from + read) + " and not at " + end);
        }
        return 0;
    }
}
