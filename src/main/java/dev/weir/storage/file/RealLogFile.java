package dev.weir.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file on disk behind a channel. */
final class RealLogFile implements LogFile {
    private final Path path;
    private final FileChannel channel;
    /** Where the channel stands, -1 when unknown; spares a seek before each append. */
    private long channelPosition = -1;

    RealLogFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void write(ByteBuffer[] buffers, int count, long position) throws IOException {
        long remaining = 0;
        for (int i = 0; i < count; i++) {
            remaining += buffers[i].remaining();
        }
        if (channelPosition != position) {
            channel.position(position);
        }
        channelPosition = -1;
        long end = position + remaining;
        int first = 0;
        while (remaining > 0) {
            while (!buffers[first].hasRemaining()) {
                first++;
            }
            remaining -= channel.write(buffers, first, count - first);
        }
        channelPosition = end;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public void truncate(long size) throws IOException {
        channelPosition = -1;
        channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
