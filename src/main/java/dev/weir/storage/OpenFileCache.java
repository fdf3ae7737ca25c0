package dev.weir.storage;

/**
 * The open files of one shard, at most {@code limit} of them: files are opened on demand and the least recently used one is
 * closed. A file that a slice or a sync still holds is closed when that lets go. Owned by the shard's thread.
 */
public final class OpenFileCache {
    private final LogFiles files;
    private final int limit;

    /** @param limit most files kept open, at least 8 */
    public OpenFileCache(LogFiles files, int limit) {
        this.files = files;
        this.limit = Math.max(8, limit);
    }

    public LogFiles files() {
        return files;
    }

    public int limit() {
        return limit;
    }

    /** Files open now. */
    public int size() {
        return 0;
    }

    /** Closes every file that nobody holds. */
    public void closeAll() {}
}
