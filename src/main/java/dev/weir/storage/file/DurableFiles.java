package dev.weir.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Small files that are read and written as a whole. */
public final class DurableFiles {
    private static final String TEMPORARY = ".tmp";

    private DurableFiles() {}

    /** The content of a file. */
    public static byte[] bytes(LogFiles files, Path path) throws IOException {
        try (LogFile file = files.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.readFully(content, 0);
            return content.array();
        }
    }

    /** Replaces a file so that after a crash either the old or the new content is there, whole. */
    public static void replace(LogFiles files, Path path, byte[] content) throws IOException {
        replace(files, path, ByteBuffer.wrap(content), TEMPORARY);
    }

    /** The same, by way of a file beside it whose name has that ending more. */
    public static void replace(LogFiles files, Path path, ByteBuffer content, String ending) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ending);
        write(files, temporary, content, true);
        files.rename(temporary, path);
        files.syncDirectory(directoryOf(path));
    }

    /** Writes a whole file, of whatever length it was before. */
    public static void write(LogFiles files, Path path, byte[] content, boolean sync) throws IOException {
        write(files, path, ByteBuffer.wrap(content), sync);
    }

    private static void write(LogFiles files, Path path, ByteBuffer content, boolean sync) throws IOException {
        try (LogFile file = files.create(path)) {
            file.truncate(0);
            file.write(new ByteBuffer[] {content}, 1, 0);
            if (sync) {
                file.force();
            }
        }
    }

    /** The directory that holds a file, to be synced when the file is new or gone. */
    public static Path directoryOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? path.toAbsolutePath().getRoot() : parent;
    }
}
