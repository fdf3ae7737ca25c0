package dev.weir.storage;

import dev.weir.storage.file.CheckpointText;
import dev.weir.storage.file.DamagedFileException;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The leader epochs of a log with the offset each began at, kept in {@code leader-epoch-checkpoint}. Epochs and offsets both
 * ascend. A new epoch is written at once and becomes durable with the next sync, as its batches do: they name it too, so
 * that it can be found again. Every other change is durable before it returns.
 */
final class LeaderEpochs {
    private final LogFiles files;
    private Path path;
    private final TreeMap<Integer, Long> starts = new TreeMap<>();
    /** Counts the writes of the checkpoint. */
    private int version;

    private int syncedVersion;
    /** Whether an epoch was noted since the checkpoint was written. */
    private boolean unwritten;

    private LeaderEpochs(LogFiles files, Path path) {
        this.files = files;
        this.path = path;
    }

    static LeaderEpochs empty(LogFiles files, Path directory) {
        return new LeaderEpochs(files, directory.resolve(FileNames.LEADER_EPOCHS));
    }

    /** Reads the checkpoint; one that does not exist or is not in order is damaged. */
    static LeaderEpochs load(LogFiles files, Path directory) throws IOException, DamagedFileException {
        LeaderEpochs epochs = empty(files, directory);
        Path path = epochs.path;
        List<String> lines =
                CheckpointText.read(files, path).orElseThrow(() -> new DamagedFileException(path + " is missing"));
        for (String line : lines) {
            String[] parts = line.strip().split("\\s+");
            if (parts.length != 2) {
                throw new DamagedFileException(path + " holds the line " + line);
            }
            long epoch = CheckpointText.number(path, parts[0]);
            long start = CheckpointText.number(path, parts[1]);
            Map.Entry<Integer, Long> last = epochs.starts.lastEntry();
            boolean inOrder = last == null || (epoch > last.getKey() && start >= last.getValue());
            if (epoch < 0 || epoch > Integer.MAX_VALUE || start < 0 || !inOrder) {
                throw new DamagedFileException(path + " is not in order at epoch " + epoch);
            }
            epochs.starts.put((int) epoch, start);
        }
        return epochs;
    }

    SortedMap<Integer, Long> starts() {
        return Collections.unmodifiableSortedMap(starts);
    }

    boolean isEmpty() {
        return starts.isEmpty();
    }

    OptionalInt latest() {
        return starts.isEmpty() ? OptionalInt.empty() : OptionalInt.of(starts.lastKey());
    }

    /** Whether a batch of this epoch opens a new entry. */
    boolean isNew(int epoch) {
        return epoch >= 0 && (starts.isEmpty() || epoch > starts.lastKey());
    }

    /** Takes a new epoch in without writing the checkpoint; epochs that began there without a record give way. */
    void note(int epoch, long startOffset) {
        if (isNew(epoch)) {
            starts.values().removeIf(start -> start >= startOffset);
            starts.put(epoch, startOffset);
            unwritten = true;
        }
    }

    /** Writes what was noted, durably. */
    void saveNoted() throws IOException {
        if (unwritten) {
            save();
        }
    }

    /** Takes a new epoch in and writes the checkpoint. */
    void assign(int epoch, long startOffset) throws IOException {
        if (isNew(epoch)) {
            Map<Integer, Long> before = Map.copyOf(starts);
            note(epoch, startOffset);
            try {
                CheckpointText.writeUnsynced(files, path, lines());
                version++;
                unwritten = false;
            } catch (IOException e) {
                starts.clear();
                starts.putAll(before);
                throw e;
            }
        }
    }

    /** Forgets epochs that begin at or above the log's new end. */
    void truncateFromEnd(long endOffset) throws IOException {
        if (starts.values().removeIf(start -> start >= endOffset)) {
            save();
        }
    }

    /** Moves the first epoch up to the log's new start and forgets those that ended before. */
    void truncateFromStart(long startOffset) throws IOException {
        Map.Entry<Integer, Long> covering = null;
        for (Map.Entry<Integer, Long> entry : starts.entrySet()) {
            if (entry.getValue() <= startOffset) {
                covering = entry;
            }
        }
        if (covering != null && covering.getValue() < startOffset) {
            starts.headMap(covering.getKey(), true).clear();
            starts.put(covering.getKey(), startOffset);
            save();
        }
    }

    void clear() throws IOException {
        if (!starts.isEmpty()) {
            starts.clear();
            save();
        }
    }

    OptionalInt epochFor(long offset) {
        OptionalInt found = OptionalInt.empty();
        for (Map.Entry<Integer, Long> entry : starts.entrySet()) {
            if (entry.getValue() > offset) {
                break;
            }
            found = OptionalInt.of(entry.getKey());
        }
        return found;
    }

    EpochEndOffset endOffsetFor(int requested, long logEndOffset) {
        if (requested < 0 || starts.isEmpty() || requested > starts.lastKey()) {
            return EpochEndOffset.UNDEFINED;
        }
        if (requested == starts.lastKey()) {
            return new EpochEndOffset(requested, logEndOffset);
        }
        Integer floor = starts.floorKey(requested);
        long end = starts.higherEntry(requested).getValue();
        return new EpochEndOffset(floor == null ? requested : floor, end);
    }

    /** Takes over the epochs of another log, durably. */
    void replaceBy(LeaderEpochs other) throws IOException {
        starts.clear();
        starts.putAll(other.starts);
        save();
    }

    void movedTo(Path directory) {
        path = directory.resolve(FileNames.LEADER_EPOCHS);
    }

    /** Nothing is known of what became durable before. */
    void assumeUnsynced() {
        version++;
    }

    boolean isUnsynced() {
        return version != syncedVersion;
    }

    int version() {
        return version;
    }

    /** The checkpoint as it was at a version is durable. */
    void synced(int upToVersion) {
        syncedVersion = Math.max(syncedVersion, upToVersion);
    }

    Path path() {
        return path;
    }

    void save() throws IOException {
        CheckpointText.write(files, path, lines());
        version++;
        syncedVersion = version;
        unwritten = false;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>(starts.size());
        starts.forEach((epoch, start) -> lines.add(epoch + " " + start));
        return lines;
    }
}
