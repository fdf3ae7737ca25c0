package dev.weir.storage;

import dev.weir.storage.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A range of a segment file: whole batches, the last one possibly cut short. It holds its file open and on disk until the
 * last reference is released. Made by the log's owner; {@link #retain}, {@link #release} and reading are safe on any thread.
 */
public final class FileSlice {
    /** No bytes; retaining and releasing it does nothing. */
    public static final FileSlice EMPTY = new FileSlice(null, new AtomicInteger(), 0, 0);

    private final @Nullable OpenFile file;
    private final AtomicInteger holders;
    private final int position;
    private final int length;
    private final AtomicInteger references = new AtomicInteger(1);

    /**
     * @param file with a reference that this slice takes over
     * @param holders the segment's count of slices, which this one joins
     */
    FileSlice(@Nullable OpenFile file, AtomicInteger holders, int position, int length) {
        this.file = file;
        this.holders = holders;
        this.position = position;
        this.length = length;
        holders.incrementAndGet();
    }

    /** The segment's path when it was opened; use {@link #channel} to read, the file may have been renamed. */
    public @Nullable Path path() {
        return file == null ? null : file.file().path();
    }

    /** The open file, for sendfile; null when empty or not on disk. Do not close it. */
    public @Nullable FileChannel channel() {
        return file == null ? null : file.file().channel();
    }

    /** First byte in the file. */
    public int position() {
        return position;
    }

    public int sizeInBytes() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public FileSlice retain() {
        if (file != null && references.getAndIncrement() <= 0) {
            throw new IllegalStateException("slice is already released");
        }
        return this;
    }

    /** Gives a reference back; returns whether it was the last one. */
    public boolean release() {
        if (file == null) {
            return false;
        }
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("slice is released too often");
        }
        if (left > 0) {
            return false;
        }
        file.release();
        holders.decrementAndGet();
        return true;
    }

    /** Reads up to {@code target.remaining()} bytes from {@code offsetInSlice} on; -1 at the end of the slice. */
    public int read(ByteBuffer target, int offsetInSlice) throws IOException {
        if (file == null || offsetInSlice >= length) {
            return -1;
        }
        int limit = target.limit();
        target.limit(target.position() + Math.min(target.remaining(), length - offsetInSlice));
        try {
            return file.file().readFully(target, (long) position + offsetInSlice);
        } finally {
            target.limit(limit);
        }
    }

    /** All bytes of the slice on the heap. */
    public ByteBuffer toBuffer() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        read(all, 0);
        return all.flip();
    }
}
