package dev.weir.storage.directory;

import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** Reads and writes {@code partition.metadata}: the id of the topic that a partition's directory belongs to. */
final class TopicIdFile {
    private static final String VERSION = "version: ";
    private static final String TOPIC_ID = "topic_id: ";

    private TopicIdFile() {}

    static Optional<Uuid> read(LogFiles files, Path directory) throws IOException, LogCorruptException {
        Path path = directory.resolve(FileNames.PARTITION_METADATA);
        try {
            String[] lines = new String(DurableFiles.bytes(files, path), StandardCharsets.UTF_8).split("\n");
            if (lines.length < 2 || !lines[0].strip().equals(VERSION + 0) || !lines[1].startsWith(TOPIC_ID)) {
                throw new LogCorruptException(path + " does not name a topic id");
            }
            return Optional.of(
                    Uuid.fromString(lines[1].substring(TOPIC_ID.length()).strip()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new LogCorruptException(path + " does not name a topic id", e);
        }
    }

    static void write(LogFiles files, Path directory, Uuid topicId) throws IOException {
        String text = VERSION + 0 + "\n" + TOPIC_ID + topicId + "\n";
        DurableFiles.replace(
                files, directory.resolve(FileNames.PARTITION_METADATA), text.getBytes(StandardCharsets.UTF_8));
    }
}
