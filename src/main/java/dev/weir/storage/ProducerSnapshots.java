package dev.weir.storage;

import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerSnapshot;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** The {@code .snapshot} files of a log: producer state as it was at an offset, written on each roll and on close. */
final class ProducerSnapshots {
    private final LogFiles files;
    private Path directory;
    private final NavigableSet<Long> offsets = new TreeSet<>();
    private boolean removed;

    ProducerSnapshots(LogFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    void load() throws IOException {
        offsets.clear();
        for (String name : files.list(directory)) {
            long offset = FileNames.offsetOf(name, FileNames.SNAPSHOT);
            if (offset >= 0) {
                offsets.add(offset);
            }
        }
    }

    NavigableSet<Long> offsets() {
        return offsets;
    }

    Path path(long offset) {
        return FileNames.in(directory, offset, FileNames.SNAPSHOT);
    }

    /**
     * Writes a snapshot; it becomes durable with its segment, or at once when {@code sync}. One that is there already tells
     * the same, and is not put at risk.
     */
    void write(long offset, byte[] state, boolean sync) throws IOException {
        if (offsets.contains(offset)) {
            return;
        }
        DurableFiles.write(files, path(offset), state, sync);
        offsets.add(offset);
    }

    /**
     * Restores the newest snapshot at or below an offset that is whole, and removes damaged ones.
     *
     * @return its offset, or -1 with the state cleared when there is none
     */
    long restore(ProducerStateHook producers, long atMost, long atLeast, List<String> notes) throws IOException {
        Long candidate = offsets.floor(atMost);
        while (candidate != null && candidate >= atLeast) {
            if (loadInto(producers, candidate)) {
                return candidate;
            }
            notes.add(
                    "producer snapshot " + FileNames.of(candidate, FileNames.SNAPSHOT) + " was damaged and is removed");
            remove(candidate);
            candidate = offsets.lower(candidate);
        }
        producers.clear();
        return -1;
    }

    /** Writes the snapshots at or above an offset anew, with the same bytes. */
    void rewriteFrom(long offset) throws IOException {
        for (Long at : offsets.tailSet(offset, true)) {
            DurableFiles.replace(files, path(at), DurableFiles.bytes(files, path(at)));
        }
    }

    /** Whether any was removed so far: were it to come back in a crash, it would tell of what is not so any more. */
    boolean removedAny() {
        return removed;
    }

    /** Removes snapshots at or above an offset. */
    void removeFrom(long offset) throws IOException {
        for (Long at : List.copyOf(offsets.tailSet(offset, true))) {
            remove(at);
        }
    }

    /** Removes snapshots below an offset: the batches between them and the log's first are not there. */
    void removeBelow(long offset) throws IOException {
        for (Long at : List.copyOf(offsets.headSet(offset, false))) {
            remove(at);
        }
    }

    void remove(long offset) throws IOException {
        files.deleteIfExists(path(offset));
        offsets.remove(offset);
        removed = true;
    }

    /** Removes all but the newest and those at the start of a segment. */
    void removeStray(NavigableSet<Long> segmentBases) throws IOException {
        for (Long at : List.copyOf(offsets)) {
            if (!segmentBases.contains(at) && !at.equals(offsets.last())) {
                remove(at);
            }
        }
    }

    void movedTo(Path newDirectory) {
        directory = newDirectory;
    }

    /** The producers as they were at an offset; empty where there is no whole snapshot of it. */
    Optional<List<ProducerEntry>> at(long offset) throws IOException {
        if (!offsets.contains(offset)) {
            return Optional.empty();
        }
        try {
            return ProducerSnapshot.decode(DurableFiles.bytes(files, path(offset)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private boolean loadInto(ProducerStateHook producers, long offset) throws IOException {
        try {
            return producers.load(DurableFiles.bytes(files, path(offset)));
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
