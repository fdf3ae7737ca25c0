package dev.weir.partition;

import dev.weir.partition.logdirs.LogDirAtStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directories of one shard's deleted logs, until they are removed. Owned by the shard. */
final class DeletedLogs {
    private static final Logger LOG = LoggerFactory.getLogger(DeletedLogs.class);

    private final long retryMs;
    private final List<Doomed> doomed = new ArrayList<>();

    DeletedLogs(long retryMs) {
        this.retryMs = retryMs;
    }

    /** Removes a directory of a name for deletion when it is time. */
    void add(LogDirAtStart logDir, Path path, long dueMs) {
        doomed.add(new Doomed(logDir, path, dueMs, false));
    }

    boolean any() {
        return !doomed.isEmpty();
    }

    /**
     * Removes what was deleted long enough ago.
     *
     * @param needsRoom log directories where nothing waits for its time, unless it could not be removed before
     */
    void removeDue(long nowMs, Predicate<LogDirAtStart> needsRoom) {
        List<Doomed> due = doomed.stream()
                .filter(d -> d.dueMs <= nowMs || (!d.again && needsRoom.test(d.logDir)))
                .toList();
        doomed.removeAll(due);
        for (Doomed gone : due) {
            try {
                gone.logDir.directory().removeDeleted(gone.path);
            } catch (IOException e) {
                LOG.warn("Cannot remove {}, will try again: {}", gone.path, e.getMessage());
                doomed.add(new Doomed(gone.logDir, gone.path, nowMs + retryMs, true));
            }
        }
    }

    private record Doomed(LogDirAtStart logDir, Path path, long dueMs, boolean again) {}
}
