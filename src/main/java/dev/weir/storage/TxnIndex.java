package dev.weir.storage;

import dev.weir.storage.file.SegmentFile;
import dev.weir.storage.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code .txnindex} of a segment: its aborted transactions in the order of their markers; no file while there are none. */
final class TxnIndex {
    static final int ENTRY_SIZE = 34;

    private static final short VERSION = 0;

    private final SegmentFile file;
    private int entries;
    /** Whether a failed write may have left bytes behind the entries. */
    private boolean surplus;

    TxnIndex(SegmentFile file) {
        this.file = file;
    }

    SegmentFile file() {
        return file;
    }

    int entries() {
        return entries;
    }

    /** Loads the number of entries; answers what is wrong with the file, null when nothing is. */
    @Nullable
    String load(long baseOffset) throws IOException {
        long size = file.sizeOnDisk();
        entries = (int) (size / ENTRY_SIZE);
        if (size % ENTRY_SIZE != 0) {
            return "has a size that is no multiple of " + ENTRY_SIZE;
        }
        for (int i = 0; i < entries; i++) {
            ByteBuffer entry = read(i);
            if (entry.getShort(0) != VERSION) {
                return "has an entry of version " + entry.getShort(0);
            }
            if (parse(entry).lastOffset() < baseOffset) {
                return "names a transaction that ended before the segment";
            }
        }
        return null;
    }

    void append(AbortedTransaction aborted) throws IOException {
        if (entries == 0) {
            file.create();
        }
        removeSurplus();
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_SIZE)
                .putShort(VERSION)
                .putLong(aborted.producerId())
                .putLong(aborted.firstOffset())
                .putLong(aborted.lastOffset())
                .putLong(aborted.lastStableOffset())
                .flip();
        surplus = true;
        file.file().write(new ByteBuffer[] {entry}, 1, (long) entries * ENTRY_SIZE);
        surplus = false;
        entries++;
    }

    /** Cuts off what a failed write may have left. */
    void removeSurplus() throws IOException {
        if (surplus) {
            file.file().truncate((long) entries * ENTRY_SIZE);
            surplus = false;
        }
    }

    /** Drops the transactions that ended at or above an offset. */
    void truncateTo(long offset) throws IOException {
        int keep = entries;
        while (keep > 0 && parse(read(keep - 1)).lastOffset() >= offset) {
            keep--;
        }
        if (keep < entries) {
            entries = keep;
            surplus = true;
            removeSurplus();
        }
    }

    void reset() throws IOException {
        file.delete();
        entries = 0;
    }

    /** Collects what overlaps the range; answers whether no later segment can hold more. */
    boolean collect(long fetchOffset, long upperBoundOffset, List<AbortedTransaction> found) throws IOException {
        for (int i = 0; i < entries; i++) {
            AbortedTransaction aborted = parse(read(i));
            if (aborted.lastOffset() >= fetchOffset && aborted.firstOffset() < upperBoundOffset) {
                found.add(aborted);
            }
            if (aborted.lastStableOffset() >= upperBoundOffset) {
                return true;
            }
        }
        return false;
    }

    AbortedTransaction entry(int slot) throws IOException {
        return parse(read(slot));
    }

    List<AbortedTransaction> all() throws IOException {
        List<AbortedTransaction> found = new ArrayList<>();
        collect(Long.MIN_VALUE, Long.MAX_VALUE, found);
        return found;
    }

    private ByteBuffer read(int slot) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_SIZE);
        if (file.file().readFully(entry, (long) slot * ENTRY_SIZE) < ENTRY_SIZE) {
            throw new IOException("transaction index " + file.path() + " is shorter than its " + entries + " entries");
        }
        return entry;
    }

    private static AbortedTransaction parse(ByteBuffer entry) {
        return new AbortedTransaction(entry.getLong(2), entry.getLong(10), entry.getLong(18), entry.getLong(26));
    }
}
