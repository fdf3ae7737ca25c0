package dev.weir.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Kafka's checkpoint format: a version line, a line with the number of entries, the entries. */
public final class CheckpointText {
    private static final int VERSION = 0;

    private CheckpointText() {}

    /** The entries' lines; empty when the file does not exist. */
    public static Optional<List<String>> read(LogFiles files, Path path) throws IOException, DamagedFileException {
        String text;
        try {
            text = new String(DurableFiles.bytes(files, path), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        String[] lines = text.split("\n", -1);
        if (lines.length < 2 || number(path, lines[0]) != VERSION) {
            throw new DamagedFileException(path + " has no checkpoint of version " + VERSION);
        }
        long count = number(path, lines[1]);
        if (count != lines.length - 3 || !lines[lines.length - 1].isEmpty()) {
            throw new DamagedFileException(path + " announces " + count + " entries and has " + (lines.length - 3));
        }
        return Optional.of(List.of(lines).subList(2, lines.length - 1));
    }

    /** Replaces the file atomically and durably. */
    public static void write(LogFiles files, Path path, List<String> entries) throws IOException {
        DurableFiles.replace(files, path, text(entries));
    }

    /**
     * Writes the file anew in its place, much cheaper than a rename and not durable: a crash on the way may leave a file that
     * is damaged, so it is only for what can be made again.
     */
    public static void overwrite(LogFiles files, Path path, List<String> entries) throws IOException {
        byte[] content = text(entries);
        try (LogFile file = files.create(path)) {
            file.write(new ByteBuffer[] {ByteBuffer.wrap(content)}, 1, 0);
            if (file.size() > content.length) {
                file.truncate(content.length);
            }
        }
    }

    private static byte[] text(List<String> entries) {
        List<String> lines = new ArrayList<>(entries.size() + 2);
        lines.add(Integer.toString(VERSION));
        lines.add(Integer.toString(entries.size()));
        lines.addAll(entries);
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public static long number(Path path, String text) throws DamagedFileException {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new DamagedFileException(path + " holds " + text.strip() + " instead of a number");
        }
    }
}
