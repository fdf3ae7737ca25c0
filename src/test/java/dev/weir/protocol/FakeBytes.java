package dev.weir.protocol;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range of a real file, or of none, that counts how often it is released. */
public final class FakeBytes implements FileBytes {
    private final @Nullable FileChannel channel;
    private final int position;
    private final int size;
    private int released;
    private long sent;

    public FakeBytes(Path file, int position, int size) throws IOException {
        this(FileChannel.open(file), position, size);
    }

    private FakeBytes(@Nullable FileChannel channel, int position, int size) {
        this.channel = channel;
        this.position = position;
        this.size = size;
    }

    /** So many bytes of nothing: they can be handed around, but not sent. */
    public static FakeBytes of(int size) {
        return new FakeBytes((FileChannel) null, 0, size);
    }

    /** How often it was released. */
    public int released() {
        return released;
    }

    /** Bytes that have been sent of it. */
    public long sent() {
        return sent;
    }

    @Override
    public FileChannel channel() {
        return Objects.requireNonNull(channel);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void sent(long bytes) {
        sent += bytes;
    }

    @Override
    public void release() {
        released++;
    }

    @Override
    public int sizeInBytes() {
        return size;
    }
}
