package dev.weir.storage;

import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A file of fixed-size entries in ascending order. New entries wait in memory and reach the file on {@link #flush}: until a
 * segment is sealed its indexes are made anew after a crash anyway. Owned by the log's thread.
 */
final class IndexFile {
    /** Reads one key out of the entry that starts at an index of a buffer. */
    interface Key {
        long at(ByteBuffer entries, int start);
    }

    private static final int BLOCK_ENTRIES = 512;
    private static final int FIRST_PENDING = 16;

    private final SegmentFile file;
    private final int entrySize;
    /** Entries in the file plus those pending. */
    private int entries;

    private int pendingEntries;
    private @Nullable ByteBuffer pending;
    /** Whether a failed write may have left bytes behind the entries in the file. */
    private boolean surplus;

    IndexFile(SegmentFile file, int entrySize) {
        this.file = file;
        this.entrySize = entrySize;
    }

    SegmentFile file() {
        return file;
    }

    int entries() {
        return entries;
    }

    int pendingEntries() {
        return pendingEntries;
    }

    /**
     * Takes the number of entries from the file and cuts off zeros at its end, which others leave as room for more; answers
     * false when its size is no multiple of an entry.
     */
    boolean load() throws IOException {
        long size = file.sizeOnDisk();
        entries = (int) (size / entrySize);
        pendingEntries = 0;
        pending = null;
        if (entries > 0 && isZero(entries - 1)) {
            truncate(firstZero());
        }
        return size % entrySize == 0;
    }

    private int firstZero() throws IOException {
        int low = 0;
        int high = entries - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isZero(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private boolean isZero(int slot) throws IOException {
        byte[] entry = read(slot, 1).array();
        for (byte b : entry) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Room for one more entry, to be filled by the caller at the buffer's position. */
    ByteBuffer append() {
        ByteBuffer room = pending;
        if (room == null) {
            room = ByteBuffer.allocate(FIRST_PENDING * entrySize);
        } else if (room.remaining() < entrySize) {
            room = ByteBuffer.allocate(room.capacity() * 2).put(room.flip());
        }
        pending = room;
        pendingEntries++;
        entries++;
        return room;
    }

    void flush() throws IOException {
        ByteBuffer waiting = pending;
        long end = (long) (entries - pendingEntries) * entrySize;
        if (surplus) {
            file.file().truncate(end);
            surplus = false;
        }
        if (waiting == null) {
            return;
        }
        surplus = true;
        file.file().write(new ByteBuffer[] {waiting.duplicate().flip()}, 1, end);
        surplus = false;
        pending = null;
        pendingEntries = 0;
    }

    /** Keeps the first {@code count} entries. */
    void truncate(int count) throws IOException {
        int stored = entries - pendingEntries;
        if (count < stored) {
            file.file().truncate((long) count * entrySize);
            stored = count;
        }
        pendingEntries = Math.max(0, count - stored);
        ByteBuffer waiting = pending;
        if (waiting != null) {
            waiting.position(pendingEntries * entrySize);
        }
        entries = stored + pendingEntries;
    }

    /** Starts over with an empty file, whatever the old one holds. */
    void reset() throws IOException {
        file.create();
        file.file().truncate(0);
        entries = 0;
        pendingEntries = 0;
        pending = null;
    }

    long get(int slot, Key key) throws IOException {
        return key.at(read(slot, 1), 0);
    }

    /** Slot of the last entry whose key is at most {@code target}; -1 when there is none. */
    int floor(long target, Key key) throws IOException {
        int low = 0;
        int high = entries;
        while (high - low > BLOCK_ENTRIES) {
            int middle = (low + high) >>> 1;
            if (get(middle, key) <= target) {
                low = middle;
            } else {
                high = middle;
            }
        }
        if (low == high) {
            return -1;
        }
        ByteBuffer block = read(low, high - low);
        int from = low;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (key.at(block, (middle - from) * entrySize) <= target) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Entries {@code [first, first + count)}, from the file and from what is pending. */
    ByteBuffer read(int first, int count) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(count * entrySize);
        int stored = entries - pendingEntries;
        int fromFile = Math.max(0, Math.min(count, stored - first));
        if (fromFile > 0) {
            block.limit(fromFile * entrySize);
            int read = file.file().readFully(block, (long) first * entrySize);
            if (read < fromFile * entrySize) {
                throw new IOException("index " + file.path() + " is shorter than its " + stored + " entries");
            }
            block.limit(block.capacity());
        }
        ByteBuffer waiting = pending;
        if (fromFile < count && waiting != null) {
            int start = (first + fromFile - stored) * entrySize;
            block.put(waiting.duplicate().flip().position(start).limit(start + (count - fromFile) * entrySize));
        }
        return block;
    }
}
