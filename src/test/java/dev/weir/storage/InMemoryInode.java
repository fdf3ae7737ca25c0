package dev.weir.storage;

import java.io.IOException;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The bytes of one in-memory file: as they are, and as they are durable. */
final class InMemoryInode {
    private static final int PAGE = 64;

    private final InMemoryLogFiles files;
    private byte[] bytes;
    private int size;
    private byte[] synced;
    private boolean dirty;
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
        size = Math.max(size, position + fits);
        dirty = true;
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
            size = newSize;
            dirty = true;
        }
    }

    void force() {
        if (dirty) {
            synced = content();
            dirty = false;
        }
    }

    /** The file after a power failure: of each unsynced page the old, the new or no content; any size in between. */
    InMemoryInode crashed(RandomGenerator random) {
        if (!dirty) {
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
        byte[] result = new byte[newSize];
        for (int page = 0; page < newSize; page += PAGE) {
            int end = Math.min(newSize, page + PAGE);
            boolean isNew = !pagesMayBeLost || random.nextInt(3) > 0;
            byte[] source = isNew ? bytes : synced;
            int available = isNew ? size : synced.length;
            for (int i = page; i < Math.min(end, available); i++) {
                result[i] = source[i];
            }
        }
        return new InMemoryInode(files, result);
    }

    /** The same file for the next process. */
    InMemoryInode reopened() {
        InMemoryInode next = new InMemoryInode(files, content());
        next.synced = synced;
        next.dirty = dirty;
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
        dirty = false;
    }
}
