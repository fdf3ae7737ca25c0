package dev.weir.storage.file;

import java.io.IOException;
import java.nio.file.Path;

/** One file of a segment, opened through the shard's cache when it is needed. Owned by the log's thread. */
public final class SegmentFile {
    private final OpenFileCache cache;
    private Path path;

    public SegmentFile(OpenFileCache cache, Path path) {
        this.cache = cache;
        this.path = path;
    }

    public Path path() {
        return path;
    }

    public OpenFileCache cache() {
        return cache;
    }

    /** The open file; valid until the next call for any file of the shard. */
    public LogFile file() throws IOException {
        return cache.get(this).file();
    }

    /** The open file with a reference of the caller's own. */
    public OpenFile retained() throws IOException {
        return cache.get(this).retain();
    }

    public void create() throws IOException {
        cache.create(this);
    }

    public boolean exists() {
        return cache.files().exists(path);
    }

    /** Size in bytes, 0 when there is no such file. */
    public long sizeOnDisk() throws IOException {
        return exists() ? cache.files().size(path) : 0;
    }

    public void renameTo(Path target) throws IOException {
        if (exists()) {
            cache.files().rename(path, target);
        }
        path = target;
    }

    /** Follows a rename of the directory. */
    public void movedTo(Path directory) {
        path = directory.resolve(path.getFileName());
    }

    public void close() {
        cache.forget(this);
    }

    public void delete() throws IOException {
        close();
        cache.files().deleteIfExists(path);
    }
}
