package dev.weir.storage;

import java.io.IOException;

/**
 * One fsync of a log, made by {@link PartitionLog#beginSync}, run on any one thread, and handed back to the owner with
 * {@link PartitionLog#completeSync}. Immutable but for its outcome.
 */
public final class SyncTask {
    private final long targetOffset;

    SyncTask(long targetOffset) {
        this.targetOffset = targetOffset;
    }

    /** Log end offset when the task was made: everything below it is durable after a successful run. */
    public long targetOffset() {
        return targetOffset;
    }

    /** Syncs the files; blocks. On an exception nothing is promised and {@link PartitionLog#completeSync} must still be called. */
    public void run() throws IOException {}
}
