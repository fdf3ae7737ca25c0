package dev.weir.controller.log;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the file {@code quorum-synced}. The mark is raised now and then by the thread that syncs, and lowered by the owner before
 * the log is truncated, so that it never names more than was synced. Thread safe.
 */
final class MarkKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(MarkKeeper.class);
    private static final long INTERVAL_MS = 1_000;

    private final MetadataFiles files;
    private SyncedMark mark;
    private int generation;
    private long raisedAt;

    MarkKeeper(MetadataFiles files, SyncedMark mark, long nowMs) {
        this.files = files;
        this.mark = mark;
        raisedAt = nowMs;
    }

    /** The number of times that the mark was lowered; to be given back to {@link #raise}. */
    synchronized int generation() {
        return generation;
    }

    /** Says that everything below {@code offset} was synced, unless the log was truncated since. */
    synchronized void raise(long offset, int at, long nowMs) {
        if (at == generation && offset > mark.offset() && nowMs - raisedAt >= INTERVAL_MS) {
            raisedAt = nowMs;
            raise(offset);
        }
    }

    /** Says so at an orderly stop. */
    synchronized void raise(long offset) {
        if (offset <= mark.offset()) {
            return;
        }
        try {
            write(new SyncedMark(offset, mark.lost(), mark.alone()));
        } catch (IOException e) {
            LOG.warn("The file quorum-synced cannot be written: {}", e.toString());
        }
    }

    /** Must be durable before the log is truncated. */
    synchronized void lower(long offset) throws IOException {
        generation++;
        if (offset < mark.offset()) {
            write(new SyncedMark(offset, mark.lost(), mark.alone()));
        }
    }

    /** The voters have changed. */
    synchronized void alone(boolean alone) throws IOException {
        if (alone != mark.alone()) {
            write(new SyncedMark(mark.offset(), mark.lost(), alone));
        }
    }

    /** The replica has caught up with what it had lost. */
    synchronized void caughtUp() throws IOException {
        if (mark.lost()) {
            write(new SyncedMark(mark.offset(), false, mark.alone()));
        }
    }

    private void write(SyncedMark next) throws IOException {
        files.write(next);
        mark = next;
    }
}
