package dev.weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fsync of a log, made by {@link PartitionLog#beginSync}, run once on any one thread, and handed back to the owner with
 * {@link PartitionLog#completeSync}, run or not.
 */
public final class SyncTask {
    private final LogFiles port;
    private final long targetOffset;
    private final int generation;
    private final List<LogSegment> sealed;
    private final List<OpenFile> open;
    private final List<Path> snapshots;
    private final @Nullable Path directory;
    private volatile boolean succeeded;
    private boolean released;

    /**
     * @param open files to sync, each with a reference that the task takes over
     * @param snapshots files to sync that are not kept open
     * @param directory to sync, null when no names are new
     */
    SyncTask(
            LogFiles port,
            long targetOffset,
            int generation,
            List<LogSegment> sealed,
            List<OpenFile> open,
            List<Path> snapshots,
            @Nullable Path directory) {
        this.port = port;
        this.targetOffset = targetOffset;
        this.generation = generation;
        this.sealed = sealed;
        this.open = open;
        this.snapshots = snapshots;
        this.directory = directory;
    }

    /** Log end offset when the task was made: everything below it is durable after a successful run. */
    public long targetOffset() {
        return targetOffset;
    }

    /** Syncs the files; blocks. On an exception nothing is promised and {@link PartitionLog#completeSync} must still be called. */
    public void run() throws IOException {
        for (OpenFile file : open) {
            file.file().force();
        }
        for (Path snapshot : snapshots) {
            if (port.exists(snapshot)) {
                try (LogFile file = port.open(snapshot)) {
                    file.force();
                }
            }
        }
        if (directory != null) {
            port.syncDirectory(directory);
        }
        succeeded = true;
    }

    boolean succeeded() {
        return succeeded;
    }

    int generation() {
        return generation;
    }

    List<LogSegment> sealed() {
        return sealed;
    }

    boolean syncedDirectory() {
        return directory != null;
    }

    void release() {
        if (!released) {
            released = true;
            open.forEach(OpenFile::release);
        }
    }
}
