package dev.weir.storage.directory;

import dev.weir.storage.file.LogFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import org.jspecify.annotations.Nullable;

/** The {@code .lock} file: one process holds a log directory at a time. The system gives it back when the process dies. */
final class DirectoryLock implements AutoCloseable {
    static final String NAME = ".lock";

    private final LogFile file;
    private final @Nullable FileLock lock;

    private DirectoryLock(LogFile file, @Nullable FileLock lock) {
        this.file = file;
        this.lock = lock;
    }

    /** Takes the lock; a file that is not on disk has no other process to be locked against. */
    static DirectoryLock take(LogFile file) throws IOException, LogDirectoryException {
        FileChannel channel = file.channel();
        FileLock lock = null;
        if (channel != null) {
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                file.close();
                throw new LogDirectoryException(
                        "log directory " + file.path().getParent() + " is held by another broker (its .lock is taken)");
            }
        }
        return new DirectoryLock(file, lock);
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.release();
        }
        file.close();
    }
}
