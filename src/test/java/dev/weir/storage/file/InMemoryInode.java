package dev.weir.storage.file;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/** The bytes of one in-memory file: as they are, and as they are durable. */
final class InMemoryInode {
    private static final int PAGE = 64;

    private final InMemoryLogFiles files;
    private byte[] bytes;
    private int size;
    private byte[] synced;
    /** Pages written since they were last synced, or since a sync that failed: the system counts all others as clean. */
    private final BitSet dirty = new BitSet();

    private boolean dead;
    private InMemoryInode successor = this;
    private long lastModifiedMs;

    InMemoryInode(InMemoryLogFiles files, byte[] content) {
        this.files = files;
        this.bytes = content.clone();
        this.size = content.length;
        this.synced = content.clone();
        this.lastModifiedMs = files.tick();
    }

    int size() {
        return size;
    }

    long lastModifiedMs() {
        return lastModifiedMs;
    }

    byte[] content() {
        return Arrays.copyOf(bytes, size);
    }

    InMemoryInode successor() {
        return successor;
    }

    void requireAlive() throws IOException {
        if (dead) {
            throw new IOException("the handle died with its process");
        }
    }

    void kill() {
        dead = true;
    }

    /** Writes as much as there is room for, then fails. */
    void write(byte[] source, int position) throws IOException {
        int growth = Math.max(0, position + source.length - size);
        int fits = (int) Math.min(source.length, source.length - growth + Math.min(growth, files.room()));
        if (position + fits > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(position + fits, bytes.length * 2));
        }
        System.arraycopy(source, 0, bytes, position, fits);
        if (fits > 0) {
            dirty.set(Math.min(size, position) / PAGE, (position + fits - 1) / PAGE + 1);
        }
        size = Math.max(size, position + fits);
        lastModifiedMs = files.tick();
        if (fits < source.length) {
            throw new IOException("No space left on device");
        }
    }

    int read(byte[] target, int position) {
        if (position >= size) {
            return -1;
        }
        int count = Math.min(target.length, size - position);
        System.arraycopy(bytes, position, target, 0, count);
        return count;
    }

    void truncate(int newSize) {
        if (newSize < size) {
            Arrays.fill(bytes, newSize, size, (byte) 0);
            dirty.set(newSize / PAGE, (size - 1) / PAGE + 1);
            size = newSize;
        }
    }

    void force() {
        synced = durable(page -> true);
        dirty.clear();
    }

    /**
     * A sync failed: its pages count as clean from now on and are not written by a later sync. Those that memory was short of
     * are read from the disk again, as they were at the last sync.
     */
    void forceFailed(RandomGenerator random) {
        for (int page = dirty.nextSetBit(0); page >= 0 && page * PAGE < size; page = dirty.nextSetBit(page + 1)) {
            if (random.nextBoolean()) {
                int end = Math.min(size, (page + 1) * PAGE);
                Arrays.fill(bytes, page * PAGE, end, (byte) 0);
                int known = Math.min(end, synced.length) - page * PAGE;
                if (known > 0) {
                    System.arraycopy(synced, page * PAGE, bytes, page * PAGE, known);
                }
            }
        }
        dirty.clear(0, (size + PAGE - 1) / PAGE);
    }

    /** The durable bytes once these of the dirty pages are written. */
    private byte[] durable(IntPredicate written) {
        byte[] result = Arrays.copyOf(synced, size);
        for (int page = dirty.nextSetBit(0); page >= 0 && page * PAGE < size; page = dirty.nextSetBit(page + 1)) {
            if (written.test(page)) {
                System.arraycopy(
                        bytes, page * PAGE, result, page * PAGE, Math.min(size, (page + 1) * PAGE) - page * PAGE);
            }
        }
        return result;
    }

    /** The file after a power failure: of each unsynced page the old, the new or no content; any size in between. */
    InMemoryInode crashed(RandomGenerator random) {
        if (dirty.isEmpty() && size == synced.length) {
            return new InMemoryInode(files, synced);
        }
        int low = Math.min(synced.length, size);
        int high = Math.max(synced.length, size);
        int newSize =
                switch (random.nextInt(4)) {
                    case 0 -> size;
                    case 1 -> synced.length;
                    default -> low + random.nextInt(high - low + 1);
                };
        boolean pagesMayBeLost = random.nextBoolean();
        byte[] written = durable(page -> !pagesMayBeLost || random.nextInt(3) > 0);
        byte[] result = Arrays.copyOf(written, newSize);
        if (newSize > size) {
            System.arraycopy(synced, size, result, size, newSize - size);
        }
        return new InMemoryInode(files, result);
    }

    /** The same file for the next process. */
    InMemoryInode reopened() {
        InMemoryInode next = new InMemoryInode(files, content());
        next.synced = synced;
        next.dirty.or(dirty);
        next.lastModifiedMs = lastModifiedMs;
        dead = true;
        successor = next;
        return next;
    }

    /** Other bytes, durably. */
    void replace(byte[] content) {
        bytes = content.clone();
        size = content.length;
        synced = content.clone();
        dirty.clear();
    }
}
