package dev.weir.storage.directory;

import dev.weir.storage.file.CheckpointText;
import dev.weir.storage.file.DamagedFileException;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, in a file of a {@code -future} directory, that the copy in it is the whole log and durable. Nothing is written to either
 * log from then on until they have changed places. Of several marks of one partition that of the highest epoch is the newest,
 * and in one epoch that of the directory made last.
 *
 * @param leaderEpoch of the last batch, -1 for none
 */
public record CopyMark(int leaderEpoch) {
    private static final Logger LOG = LoggerFactory.getLogger(CopyMark.class);
    private static final String NAME = "weir-copied";

    /** The mark in a directory; one that cannot be understood is none, as it is replaced as a whole. */
    static Optional<CopyMark> read(LogFiles files, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        try {
            Optional<List<String>> lines = CheckpointText.read(files, path);
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new CopyMark((int) CheckpointText.number(path, String.join(" ", lines.get()))));
        } catch (DamagedFileException e) {
            LOG.warn("Not taken for a complete copy: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Puts the mark there, durably. */
    void write(LogFiles files, Path directory) throws IOException {
        CheckpointText.write(files, directory.resolve(NAME), List.of(Integer.toString(leaderEpoch)));
    }

    /** Takes a mark away, durably; does nothing where there is none. */
    static void remove(LogFiles files, Path directory) throws IOException {
        if (files.exists(directory.resolve(NAME))) {
            files.deleteIfExists(directory.resolve(NAME));
            files.syncDirectory(directory);
        }
    }
}
