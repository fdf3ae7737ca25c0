package dev.weir.storage;

import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .timeindex} of a segment: the largest timestamp up to and including an offset, which is the last offset of the
 * batch that brought it. Entries are 12 bytes; timestamps and offsets ascend.
 */
final class TimeIndex {
    static final int ENTRY_SIZE = 12;

    private static final IndexFile.Key TIMESTAMP = ByteBuffer::getLong;
    private static final IndexFile.Key OFFSET = (entries, start) -> entries.getInt(start + 8);

    private final IndexFile index;
    private final long baseOffset;
    /** Of the last entry, -1 when there is none. */
    private long lastTimestamp = -1;

    /** One entry; {@code (-1, baseOffset)} stands for none. */
    record Entry(long timestamp, long offset) {}

    TimeIndex(SegmentFile file, long baseOffset) {
        this.index = new IndexFile(file, ENTRY_SIZE);
        this.baseOffset = baseOffset;
    }

    IndexFile entries() {
        return index;
    }

    /** Loads the number of entries; answers what is wrong with the file, null when nothing is. */
    @Nullable
    String load() throws IOException {
        if (!index.file().exists()) {
            return "is missing";
        }
        if (!index.load()) {
            return "has a size that is no multiple of " + ENTRY_SIZE;
        }
        int count = index.entries();
        lastTimestamp = last().timestamp();
        if (count == 0) {
            return null;
        }
        Entry first = entry(0);
        Entry last = entry(count - 1);
        if (last.offset() < baseOffset) {
            return "ends with offset " + last.offset() + ", below the segment's base";
        }
        return last.timestamp() < 0 || last.timestamp() < first.timestamp()
                ? "ends with timestamp " + last.timestamp() + " after " + first.timestamp()
                : null;
    }

    /** Adds an entry when the timestamp is larger than that of the last one. */
    void append(long timestamp, long offset) {
        if (timestamp > lastTimestamp) {
            lastTimestamp = timestamp;
            ByteBuffer entry = index.append();
            entry.putLong(timestamp);
            entry.putInt((int) (offset - baseOffset));
        }
    }

    Entry last() throws IOException {
        return entryOrStart(index.entries() - 1);
    }

    /** Last entry whose timestamp is at most {@code timestamp}. */
    Entry floor(long timestamp) throws IOException {
        return entryOrStart(index.floor(timestamp, TIMESTAMP));
    }

    /** Drops the entries at or above an offset. */
    void truncateTo(long offset) throws IOException {
        index.truncate(index.floor(Math.min(offset - baseOffset, Integer.MAX_VALUE) - 1, OFFSET) + 1);
        lastTimestamp = last().timestamp();
    }

    void reset() throws IOException {
        index.reset();
        lastTimestamp = -1;
    }

    private Entry entryOrStart(int slot) throws IOException {
        return slot < 0 ? new Entry(-1, baseOffset) : entry(slot);
    }

    private Entry entry(int slot) throws IOException {
        ByteBuffer entry = index.read(slot, 1);
        return new Entry(TIMESTAMP.at(entry, 0), baseOffset + OFFSET.at(entry, 0));
    }
}
