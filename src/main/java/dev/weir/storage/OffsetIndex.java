package dev.weir.storage;

import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .index} of a segment: for some batches, the last offset (relative to the segment's base) and the position.
 * Entries are 8 bytes and ascend in both.
 */
final class OffsetIndex {
    static final int ENTRY_SIZE = 8;

    private static final IndexFile.Key OFFSET = (entries, start) -> entries.getInt(start);
    private static final IndexFile.Key POSITION = (entries, start) -> entries.getInt(start + 4);

    private final IndexFile index;
    private final long baseOffset;

    /** One entry: the batch at {@code position} ends with {@code offset}. */
    record Entry(long offset, int position) {}

    OffsetIndex(SegmentFile file, long baseOffset) {
        this.index = new IndexFile(file, ENTRY_SIZE);
        this.baseOffset = baseOffset;
    }

    IndexFile entries() {
        return index;
    }

    /** Loads the number of entries; answers what is wrong with the file, null when nothing is. */
    @Nullable
    String load(int logSize) throws IOException {
        if (!index.file().exists()) {
            return "is missing";
        }
        if (!index.load()) {
            return "has a size that is no multiple of " + ENTRY_SIZE;
        }
        int count = index.entries();
        if (count == 0) {
            return null;
        }
        Entry last = entry(count - 1);
        if (last.offset() <= baseOffset) {
            return "ends with offset " + last.offset() + ", not above the segment's base";
        }
        return last.position() < 0 || last.position() >= Math.max(1, logSize)
                ? "points to position " + last.position() + " of a log of " + logSize + " bytes"
                : null;
    }

    void append(long offset, int position) {
        ByteBuffer entry = index.append();
        entry.putInt((int) (offset - baseOffset));
        entry.putInt(position);
    }

    /** Last entry at or below an offset; the segment's start when there is none. */
    Entry floorOffset(long offset) throws IOException {
        long relative = Math.min(offset - baseOffset, Integer.MAX_VALUE);
        return entryOrStart(index.floor(relative, OFFSET));
    }

    /** Last entry at or below a position; the segment's start when there is none. */
    Entry floorPosition(int position) throws IOException {
        return entryOrStart(index.floor(position, POSITION));
    }

    Entry last() throws IOException {
        return entryOrStart(index.entries() - 1);
    }

    /** Drops the entries at or above an offset or a position. */
    void truncateTo(long offset, int position) throws IOException {
        int byOffset = index.floor(Math.min(offset - baseOffset, Integer.MAX_VALUE) - 1, OFFSET) + 1;
        int byPosition = index.floor((long) position - 1, POSITION) + 1;
        index.truncate(Math.min(byOffset, byPosition));
    }

    private Entry entryOrStart(int slot) throws IOException {
        return slot < 0 ? new Entry(baseOffset, 0) : entry(slot);
    }

    private Entry entry(int slot) throws IOException {
        ByteBuffer entry = index.read(slot, 1);
        return new Entry(baseOffset + OFFSET.at(entry, 0), (int) POSITION.at(entry, 0));
    }
}
