package dev.weir.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import org.jspecify.annotations.Nullable;

/**
 * A range of a segment file: whole batches, the last one possibly cut short. It holds its file open and on disk until the
 * last reference is released. Made by the log's owner; {@link #retain}, {@link #release} and reading are safe on any thread.
 */
public final class FileSlice implements BaseRecords {
    /** No bytes; retaining and releasing it does nothing. */
    public static final FileSlice EMPTY = new FileSlice();

    private FileSlice() {}

    /** The segment's path when the slice was made; use {@link #channel} to read, the file may have been renamed. */
    public @Nullable Path path() {
        return null;
    }

    /** The open file, for sendfile; null when empty or not on disk. Do not close it. */
    public @Nullable FileChannel channel() {
        return null;
    }

    /** First byte in the file. */
    public int position() {
        return 0;
    }

    @Override
    public int sizeInBytes() {
        return 0;
    }

    public boolean isEmpty() {
        return sizeInBytes() == 0;
    }

    public FileSlice retain() {
        return this;
    }

    /** Gives a reference back; answers whether it was the last one. */
    public boolean release() {
        return false;
    }

    /** Reads {@code target.remaining()} bytes from {@code offsetInSlice} on, as far as the slice goes. */
    public int read(ByteBuffer target, int offsetInSlice) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** All bytes of the slice on the heap. */
    public ByteBuffer toBuffer() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public RecordsSend<FileSlice> toSend() {
        throw new UnsupportedOperationException();
    }
}
