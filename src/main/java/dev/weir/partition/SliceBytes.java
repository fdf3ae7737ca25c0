package dev.weir.partition;

import dev.weir.protocol.FileBytes;
import dev.weir.storage.FileSlice;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A slice of a segment in the terms of the wire protocol.
 *
 * @param slice owned until released
 * @param counters counts what is sent; null if the reader is no consumer
 */
record SliceBytes(FileSlice slice, @Nullable TopicCounters counters) implements FileBytes {
    @Override
    public FileChannel channel() {
        return Objects.requireNonNull(slice.channel(), "the log is not on disk");
    }

    @Override
    public long position() {
        return slice.position();
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public void sent(long bytes) {
        if (counters != null) {
            counters.sent(bytes);
        }
    }

    @Override
    public void release() {
        slice.release();
    }
}
