package dev.weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, in a file of a {@code -future} directory, that the copy in it is the whole log and durable. Nothing is written to either
 * log from then on until they have changed places. Of several marks of one partition the greatest is the newest, or holds all
 * that the newest does: a log that has shrunk goes on in a higher epoch.
 *
 * @param leaderEpoch of the last batch, -1 for none
 * @param endOffset where the log ends
 */
public record CopyMark(int leaderEpoch, long endOffset) implements Comparable<CopyMark> {
    private static final Logger LOG = LoggerFactory.getLogger(CopyMark.class);
    private static final String NAME = "weir-copied";

    @Override
    public int compareTo(CopyMark other) {
        return Comparator.comparingInt(CopyMark::leaderEpoch)
                .thenComparingLong(CopyMark::endOffset)
                .compare(this, other);
    }

    /** The mark in a directory; one that cannot be understood is none, as it is replaced as a whole. */
    static Optional<CopyMark> read(LogFiles files, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        try {
            Optional<List<String>> lines = CheckpointText.read(files, path);
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            String[] parts = String.join(" ", lines.get()).split(" ");
            if (parts.length != 2) {
                throw new DamagedFileException(path + " holds " + lines.get());
            }
            int epoch = (int) CheckpointText.number(path, parts[0]);
            return Optional.of(new CopyMark(epoch, CheckpointText.number(path, parts[1])));
        } catch (DamagedFileException e) {
            LOG.warn("Not taken for a complete copy: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Puts the mark there, durably. */
    void write(LogFiles files, Path directory) throws IOException {
        CheckpointText.write(files, directory.resolve(NAME), List.of(leaderEpoch + " " + endOffset));
    }

    /** Takes a mark away, durably; does nothing where there is none. */
    static void remove(LogFiles files, Path directory) throws IOException {
        if (files.exists(directory.resolve(NAME))) {
            files.deleteIfExists(directory.resolve(NAME));
            files.syncDirectory(directory);
        }
    }
}
