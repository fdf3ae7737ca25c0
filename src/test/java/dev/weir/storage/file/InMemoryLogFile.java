package dev.weir.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A handle on a file of {@link InMemoryLogFiles}. */
final class InMemoryLogFile implements LogFile {
    private final InMemoryLogFiles files;
    private final Path path;
    private final InMemoryInode inode;
    private boolean closed;

    InMemoryLogFile(InMemoryLogFiles files, Path path, InMemoryInode inode) {
        this.files = files;
        this.path = path;
        this.inode = inode;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long size() {
        return inode.size();
    }

    @Override
    public void write(ByteBuffer[] buffers, int count, long position) throws IOException {
        synchronized (files) {
            requireUsable();
            files.before(InMemoryLogFiles.Operation.WRITE, path);
            int at = (int) position;
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[buffers[i].remaining()];
                buffers[i].get(bytes);
                inode.write(bytes, at);
                at += bytes.length;
            }
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        synchronized (files) {
            requireUsable();
            files.countRead();
            byte[] bytes = new byte[target.remaining()];
            int count = inode.read(bytes, (int) position);
            if (count > 0) {
                target.put(bytes, 0, count);
            }
            return count;
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        synchronized (files) {
            requireUsable();
            files.before(InMemoryLogFiles.Operation.TRUNCATE, path);
            inode.truncate((int) size);
        }
    }

    @Override
    public void force() throws IOException {
        synchronized (files) {
            requireUsable();
            try {
                files.before(InMemoryLogFiles.Operation.FORCE, path);
            } catch (IOException e) {
                inode.forceFailed(files.memory());
                throw e;
            }
            inode.force();
        }
    }

    @Override
    public @Nullable FileChannel channel() {
        return null;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireUsable() throws IOException {
        inode.requireAlive();
        if (closed) {
            throw new IOException("closed: " + path);
        }
    }
}
