package dev.weir.storage;

import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFile;
import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the recovery point: the active segment's log is synced as it grows; a sealed segment's log, indexes and the snapshot
 * of its end are synced before the recovery point passes it. Owned by the log's thread.
 */
final class LogSyncer {
    private final LogState log;

    LogSyncer(LogState log) {
        this.log = log;
    }

    boolean needsSync() {
        return log.recoveryPoint < log.logEndOffset
                || !log.unsynced.isEmpty()
                || log.namesUnsynced()
                || log.epochs.needsSync();
    }

    SyncTask begin() throws LogIoException {
        List<LogSegment> sealed = List.copyOf(log.unsynced);
        List<OpenFile> open = new ArrayList<>();
        List<Path> loose = new ArrayList<>();
        try {
            log.requireUsable();
            log.removeAbandoned();
            log.active().removeSurplus();
            log.epochs.saveStale();
            for (LogSegment segment : sealed) {
                for (SegmentFile file : segment.files()) {
                    if (file.exists()) {
                        open.add(file.retained());
                    }
                }
                if (log.snapshots.offsets().contains(segment.nextOffset())) {
                    loose.add(log.snapshots.path(segment.nextOffset()));
                }
            }
            if (!sealed.contains(log.active())) {
                open.add(log.active().log().retained());
            }
        } catch (IOException e) {
            open.forEach(OpenFile::release);
            throw new LogIoException("opening the files of " + log.partition + " to sync them failed", e);
        } catch (RuntimeException | Error e) {
            open.forEach(OpenFile::release);
            throw e;
        }
        if (log.epochs.isUnsynced()) {
            loose.add(log.epochs.path());
        }
        List<Path> directories = new ArrayList<>(2);
        if (log.namesUnsynced() || !sealed.isEmpty() || !loose.isEmpty()) {
            directories.add(log.directory);
        }
        if (log.parentUnsynced) {
            directories.add(DurableFiles.directoryOf(log.directory));
        }
        return new SyncTask(
                log.files(),
                log.logEndOffset,
                log.generation,
                log.epochs.version(),
                log.namesVersion,
                sealed,
                open,
                loose,
                directories);
    }

    long complete(SyncTask task) {
        task.release();
        if (!task.succeeded()) {
            log.syncFailed |= task.failed();
            return log.recoveryPoint;
        }
        if (task.syncsDirectory()) {
            log.namesSyncedVersion = Math.max(log.namesSyncedVersion, task.namesVersion());
        }
        log.parentUnsynced = false;
        log.epochs.synced(task.epochsVersion());
        if (task.generation() == log.generation) {
            log.unsynced.removeAll(task.sealed());
            log.recoveryPoint = Math.max(log.recoveryPoint, task.targetOffset());
        }
        return log.recoveryPoint;
    }

    void flush() throws IOException {
        SyncTask task = begin();
        try {
            task.run();
        } finally {
            complete(task);
        }
    }

    /** Completes everything, the active segment's indexes too, and answers the sync of it; null where nothing is to be done. */
    @Nullable
    SyncTask beginLast() throws IOException {
        if (log.untouched && !needsSync()) {
            return null;
        }
        LogSegment active = log.active();
        active.seal();
        if (log.tracksProducers() && !log.mirrors) {
            log.snapshots.write(log.logEndOffset, log.producers.snapshot(log.logEndOffset), false);
        }
        log.namesVersion++;
        log.unsynced.add(active);
        return begin();
    }
}
