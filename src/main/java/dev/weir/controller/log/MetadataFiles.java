package dev.weir.controller.log;

import dev.weir.quorum.DamagedQuorumStateException;
import dev.weir.quorum.ElectionState;
import dev.weir.quorum.QuorumStateCodec;
import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.LogFile;
import dev.weir.storage.file.LogFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files beside the segments of the metadata log: {@code quorum-state}, {@code quorum-synced} and the snapshots. What is
 * written is durable when a method returns, and whole or not there after a crash. Immutable; each file is written by one
 * thread at a time.
 */
final class MetadataFiles {
    static final String QUORUM_STATE = "quorum-state";
    private static final String SYNCED = "quorum-synced";
    private static final String PART = ".part";

    private final LogFiles files;
    private final Path directory;

    MetadataFiles(LogFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Removes what was not written to its end. */
    void removeLeftovers() throws IOException {
        for (String name : files.list(directory)) {
            if (name.endsWith(PART)) {
                files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    /**
     * Returns what this directory has promised; nothing if it is new.
     *
     * @throws MetadataLogException if the file is damaged
     */
    Optional<ElectionState> electionState() throws IOException, MetadataLogException {
        Path path = directory.resolve(QUORUM_STATE);
        if (!files.exists(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(QuorumStateCodec.read(text(path)));
        } catch (DamagedQuorumStateException e) {
            throw new MetadataLogException("the file quorum-state in " + directory + " is damaged (" + e.getMessage()
                    + "): this broker must not vote on the strength of it");
        }
    }

    void write(ElectionState state) throws IOException {
        replace(directory.resolve(QUORUM_STATE), QuorumStateCodec.write(state));
    }

    /** Returns what is known to have been synced; a damaged file says that something was lost. */
    SyncedMark mark() throws IOException {
        Path path = directory.resolve(SYNCED);
        return files.exists(path)
                ? SyncedMark.parse(text(path)).orElse(new SyncedMark(0, true, false))
                : SyncedMark.NONE;
    }

    /** Whether the file is there; it isn't in the directory of an older version. */
    boolean hasMark() {
        return files.exists(directory.resolve(SYNCED));
    }

    void write(SyncedMark mark) throws IOException {
        replace(directory.resolve(SYNCED), mark.toJson());
    }

    /** Returns the snapshots that are there, oldest first. */
    List<SnapshotId> snapshots() throws IOException {
        return files.list(directory).stream()
                .map(SnapshotId::parse)
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    ByteBuffer readSnapshot(SnapshotId id) throws IOException {
        return content(path(id));
    }

    /** Returns the size of a snapshot; -1 if it isn't there. */
    long sizeOf(SnapshotId id) throws IOException {
        Path path = path(id);
        return files.exists(path) ? files.size(path) : -1;
    }

    /** Returns the bytes of a snapshot from {@code position} on, at most {@code maxBytes}. */
    ByteBuffer readSnapshot(SnapshotId id, long position, int maxBytes) throws IOException {
        try (LogFile file = files.open(path(id))) {
            ByteBuffer some = ByteBuffer.allocate((int) Math.min(maxBytes, file.size() - position));
            file.readFully(some, position);
            return some.flip();
        }
    }

    void writeSnapshot(SnapshotId id, ByteBuffer content) throws IOException {
        replace(path(id), content);
    }

    void deleteSnapshot(SnapshotId id) throws IOException {
        files.deleteIfExists(path(id));
    }

    /** Keeps a part of a snapshot that is being loaded; the part at 0 begins anew. */
    void stage(SnapshotId id, long position, ByteBuffer bytes) throws IOException {
        try (LogFile file = files.create(loading(id))) {
            if (position == 0) {
                file.truncate(0);
            }
            file.write(new ByteBuffer[] {bytes.duplicate()}, 1, position);
        }
    }

    ByteBuffer staged(SnapshotId id) throws IOException {
        return content(loading(id));
    }

    /** Gives the loaded snapshot its name. */
    void install(SnapshotId id) throws IOException {
        try (LogFile file = files.open(loading(id))) {
            file.force();
        }
        files.rename(loading(id), path(id));
        files.syncDirectory(directory);
    }

    void dropStaged(SnapshotId id) throws IOException {
        files.deleteIfExists(loading(id));
    }

    private Path path(SnapshotId id) {
        return directory.resolve(id.fileName());
    }

    /** Apart from where a snapshot of the same id is written, which may happen at the same time. */
    private Path loading(SnapshotId id) {
        return directory.resolve(id.fileName() + ".loading" + PART);
    }

    private String text(Path path) throws IOException {
        return StandardCharsets.UTF_8.decode(content(path)).toString();
    }

    private ByteBuffer content(Path path) throws IOException {
        try (LogFile file = files.open(path)) {
            long size = file.size();
            if (size > Integer.MAX_VALUE) {
                throw new IOException(path + " has " + size + " bytes, more than can be read");
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            if (file.readFully(content, 0) < size) {
                throw new EOFException(path.toString());
            }
            return content.flip();
        }
    }

    private void replace(Path path, String text) throws IOException {
        replace(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void replace(Path path, ByteBuffer content) throws IOException {
        DurableFiles.replace(files, path, content, PART);
    }
}
