package dev.weir.storage;

import java.io.IOException;
import java.nio.file.Path;

/** One file of a segment, opened through the shard's cache when it is needed. Owned by the log's thread. */
final class SegmentFile {
    private final OpenFileCache cache;
    private Path path;

    SegmentFile(OpenFileCache cache, Path path) {
        this.cache = cache;
        this.path = path;
    }

    Path path() {
        return path;
    }

    OpenFileCache cache() {
        return cache;
    }

    /** The open file; valid until the next call for any file of the shard. */
    LogFile file() throws IOException {
        return cache.get(this).file();
    }

    /** The open file with a reference of the caller's own. */
    OpenFile retained() throws IOException {
        return cache.get(this).retain();
    }

    void create() throws IOException {
        cache.create(this);
    }

    boolean exists() {
        return cache.files().exists(path);
    }

    /** Size in bytes, 0 when there is no such file. */
    long sizeOnDisk() throws IOException {
        return exists() ? cache.files().size(path) : 0;
    }

    void renameTo(Path target) throws IOException {
        if (exists()) {
            cache.files().rename(path, target);
        }
        path = target;
    }

    /** Follows a rename of the directory. */
    void movedTo(Path directory) {
        path = directory.resolve(path.getFileName());
    }

    void close() {
        cache.forget(this);
    }

    void delete() throws IOException {
        close();
        cache.files().deleteIfExists(path);
    }
}
