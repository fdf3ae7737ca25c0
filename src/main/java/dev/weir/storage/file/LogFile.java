package dev.weir.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the {@link LogFiles} port. Positions and sizes are in bytes. Writes come from the log's owner only;
 * {@link #read} and {@link #force} may be called by other threads at the same time.
 */
public interface LogFile extends AutoCloseable {
    /** The path it was opened by; a later rename does not change it. */
    Path path();

    long size() throws IOException;

    /**
     * Writes all remaining bytes of {@code buffers[0..count)} at {@code position} in one gathered write where the system
     * can. On an exception any part of them may have been written.
     */
    void write(ByteBuffer[] buffers, int count, long position) throws IOException;

    /** Reads up to {@code target.remaining()} bytes; -1 at or after the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    void truncate(long size) throws IOException;

    /** Makes the bytes and the size durable. */
    void force() throws IOException;

    /** The channel behind it, for sendfile; null for a file that is not on disk. */
    @Nullable
    FileChannel channel();

    @Override
    void close() throws IOException;

    /** Fills {@code target} from {@code position} as far as the file goes; answers the bytes read. */
    default int readFully(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int n = read(target, position + total);
            if (n < 0) {
                break;
            }
            total += n;
        }
        return total;
    }
}
