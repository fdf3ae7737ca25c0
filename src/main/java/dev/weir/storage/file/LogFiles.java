package dev.weir.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file port: the least that a log needs of a file system. {@link RealLogFiles} is the one on disk; the tests have an
 * in-memory twin that loses what was not synced. Thread safe; every method may block.
 *
 * <p>Durability: bytes of a file survive a crash once {@link LogFile#force()} has returned; a name that was created,
 * renamed or deleted survives once {@link #syncDirectory} of its directory has returned.
 */
public interface LogFiles {
    /** Opens an existing file for reading and writing; {@link java.nio.file.NoSuchFileException} when there is none. */
    LogFile open(Path path) throws IOException;

    /** Opens a file for reading and writing, creating it empty when it does not exist. */
    LogFile create(Path path) throws IOException;

    /** Size in bytes; {@link java.nio.file.NoSuchFileException} when there is no such file. */
    long size(Path path) throws IOException;

    /** Last modification in milliseconds since the epoch. */
    long lastModifiedMs(Path path) throws IOException;

    boolean exists(Path path);

    /** Plain names of what lies in a directory, sorted; empty when the directory does not exist. */
    List<String> list(Path directory) throws IOException;

    boolean isDirectory(Path path);

    void createDirectories(Path directory) throws IOException;

    /** Renames a file or directory, atomically replacing a file of the new name. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file or an empty directory; does nothing when it does not exist. */
    void deleteIfExists(Path path) throws IOException;

    /** Makes creations, renames and deletions in a directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /** Bytes that may still be written to the file system of a directory. */
    long usableBytes(Path directory) throws IOException;
}
