package dev.weir.storage.directory;

import dev.weir.storage.file.CheckpointText;
import dev.weir.storage.file.DamagedFileException;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Says, in a file of a {@code -stray} directory, since when its topic is known to be gone. */
final class StrayMark {
    private static final String NAME = "weir-stray";

    private StrayMark() {}

    /** Returns the time, wall clock; nothing if there is none that can be understood. */
    static Optional<Long> read(LogFiles files, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        try {
            Optional<List<String>> lines = CheckpointText.read(files, path);
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(CheckpointText.number(path, String.join(" ", lines.get())));
        } catch (DamagedFileException e) {
            return Optional.empty();
        }
    }

    static void write(LogFiles files, Path directory, long nowMs) throws IOException {
        CheckpointText.write(files, directory.resolve(NAME), List.of(Long.toString(nowMs)));
    }
}
