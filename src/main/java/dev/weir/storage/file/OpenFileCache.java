package dev.weir.storage.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The open files of one shard, at most {@code limit} of them: files are opened on demand and the least recently used one is
 * closed. A file that a slice or a sync still holds is closed when that lets go. Owned by the shard's thread.
 */
public final class OpenFileCache {
    private static final int FEWEST = 8;

    private final LogFiles files;
    private final int limit;
    private final Map<SegmentFile, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);

    /** @param limit most files kept open, at least 8 */
    public OpenFileCache(LogFiles files, int limit) {
        this.files = files;
        this.limit = Math.max(FEWEST, limit);
    }

    public LogFiles files() {
        return files;
    }

    public int limit() {
        return limit;
    }

    /** Files open now. */
    public int size() {
        return open.size();
    }

    /** Closes every file that nobody else holds; they are opened again when needed. */
    public void closeAll() {
        List<OpenFile> all = new ArrayList<>(open.values());
        open.clear();
        all.forEach(OpenFile::release);
    }

    OpenFile get(SegmentFile file) throws IOException {
        OpenFile known = open.get(file);
        return known != null ? known : keep(file, files.open(file.path()));
    }

    OpenFile create(SegmentFile file) throws IOException {
        forget(file);
        return keep(file, files.create(file.path()));
    }

    void forget(SegmentFile file) {
        OpenFile known = open.remove(file);
        if (known != null) {
            known.release();
        }
    }

    private OpenFile keep(SegmentFile file, LogFile handle) {
        OpenFile opened = new OpenFile(handle);
        open.put(file, opened);
        if (open.size() > limit) {
            Iterator<OpenFile> eldest = open.values().iterator();
            OpenFile evicted = eldest.next();
            eldest.remove();
            evicted.release();
        }
        return opened;
    }
}
