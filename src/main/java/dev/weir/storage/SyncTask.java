package dev.weir.storage;

import dev.weir.storage.file.LogFile;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One fsync of a log, made by {@link PartitionLog#beginSync}, run once on any one thread, and handed back to the owner with
 * {@link PartitionLog#completeSync}, run or not.
 */
public final class SyncTask {
    private final LogFiles port;
    private final long targetOffset;
    private final int generation;
    private final int epochsVersion;
    private final int namesVersion;
    private final List<LogSegment> sealed;
    private final List<OpenFile> open;
    private final List<Path> loose;
    private final List<Path> directories;
    private volatile boolean started;
    private volatile boolean succeeded;
    private boolean released;

    /**
     * @param open files to sync, each with a reference that the task takes over
     * @param epochsVersion which state of the leader epochs is synced
     * @param namesVersion which state of the directory's names is synced, if it is
     * @param loose files to sync that are not kept open
     * @param directories to sync because names in them are new
     */
    SyncTask(
            LogFiles port,
            long targetOffset,
            int generation,
            int epochsVersion,
            int namesVersion,
            List<LogSegment> sealed,
            List<OpenFile> open,
            List<Path> loose,
            List<Path> directories) {
        this.port = port;
        this.targetOffset = targetOffset;
        this.generation = generation;
        this.sealed = sealed;
        this.open = open;
        this.epochsVersion = epochsVersion;
        this.namesVersion = namesVersion;
        this.loose = loose;
        this.directories = directories;
    }

    /** Log end offset when the task was made: everything below it is durable after a successful run. */
    public long targetOffset() {
        return targetOffset;
    }

    /** Syncs the files; blocks. On an exception nothing is promised and {@link PartitionLog#completeSync} must still be called. */
    public void run() throws IOException {
        started = true;
        for (OpenFile file : open) {
            file.file().force();
        }
        for (Path path : loose) {
            if (port.exists(path)) {
                try (LogFile file = port.open(path)) {
                    file.force();
                }
            }
        }
        for (Path directory : directories) {
            port.syncDirectory(directory);
        }
        succeeded = true;
    }

    /** Whether it was run and something is not durable: a sync that is tried again would not tell. */
    boolean failed() {
        return started && !succeeded;
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

    int epochsVersion() {
        return epochsVersion;
    }

    int namesVersion() {
        return namesVersion;
    }

    boolean syncsDirectory() {
        return !directories.isEmpty();
    }

    void release() {
        if (!released) {
            released = true;
            open.forEach(OpenFile::release);
        }
    }
}
