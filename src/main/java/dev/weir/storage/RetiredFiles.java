package dev.weir.storage;

import java.nio.file.Path;
import java.util.List;

/** Files of a segment that has left the log, waiting to be unlinked at {@code dueMs} or when the last slice lets go. */
record RetiredFiles(LogSegment segment, long dueMs, List<Path> paths) {
    /** Follows a rename of the directory. */
    RetiredFiles movedTo(Path directory) {
        return new RetiredFiles(
                segment,
                dueMs,
                paths.stream()
                        .map(path -> directory.resolve(path.getFileName()))
                        .toList());
    }
}
