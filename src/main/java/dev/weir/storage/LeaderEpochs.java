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
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The leader epochs of a log with the offset that each began at, kept in {@code leader-epoch-checkpoint}. Epochs and offsets
 * both ascend.
 *
 * <p>A new epoch is written at once and becomes durable with its batches, by the sync that covers them: they name it too, so
 * that it can be found again. An epoch without batches is known to nobody else, so a crash may take it back. Forgetting such
 * an epoch is written before the next batch only. Every other change is durable before it returns.
 */
final class LeaderEpochs {
    private final LogFiles files;
    private Path path;
    private final TreeMap<Integer, Long> starts = new TreeMap<>();
    /** Counts the writes of the checkpoint. */
    private int version;

    private int syncedVersion;
    /** The last version that must be durable; a later one only may be. */
    private int requiredVersion;
    /** Whether batches of the log bring an epoch that the checkpoint lacks. */
    private boolean unwritten;
    /** Whether the checkpoint has an epoch without batches that is forgotten, or could not be written. */
    private boolean stale;
    /** The last epoch in which this broker led. */
    private int begun = -1;

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

    /** Writes the checkpoint again, durably, if a write of it has failed or it has an epoch that is forgotten. */
    void saveStale() throws IOException {
        if (stale) {
            save();
        }
    }

    /** Takes in the epoch of a batch before that is written; the checkpoint is then as the log. */
    void assign(int epoch, long startOffset) throws IOException {
        if (isNew(epoch) || stale) {
            write(epoch, startOffset);
            requiredVersion = version;
        }
    }

    /** Takes in the epoch that a leader begins at the log's end. */
    void begin(int epoch, long endOffset) throws IOException {
        if (isNew(epoch) || stale) {
            write(epoch, endOffset);
        }
        begun = epoch;
    }

    /** Forgets epochs that begin at or above the log's new end. */
    void truncateFromEnd(long endOffset) throws IOException {
        dropEmpty(endOffset);
        if (stale) {
            save();
        }
    }

    /** Forgets epochs without batches, those that begin at the log's end. */
    void dropEmpty(long endOffset) {
        stale |= starts.values().removeIf(start -> start >= endOffset);
    }

    /** Takes back what {@link #assign} took in for batches that could not be written. */
    void dropUnwritten(long endOffset) {
        stale |= starts.tailMap(begun, false).values().removeIf(start -> start >= endOffset);
    }

    private void write(int epoch, long startOffset) throws IOException {
        Map<Integer, Long> before = Map.copyOf(starts);
        note(epoch, startOffset);
        try {
            CheckpointText.overwrite(files, path, lines());
            version++;
            unwritten = false;
            stale = false;
        } catch (IOException e) {
            starts.clear();
            starts.putAll(before);
            stale = true;
            throw e;
        }
    }

    /** Moves the first epoch up to the log's new start and forgets those that ended before. */
    void truncateFromStart(long startOffset) throws IOException {
        OptionalInt covering = epochFor(startOffset);
        if (covering.isEmpty()) {
            return;
        }
        int first = covering.getAsInt();
        boolean ended = !starts.headMap(first).isEmpty();
        if (ended || Objects.requireNonNull(starts.get(first)) < startOffset) {
            starts.headMap(first).clear();
            starts.put(first, startOffset);
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

    /** Takes over the epochs of another log, durably; it is led in the epoch in which that one was. */
    void replaceBy(LeaderEpochs other) throws IOException {
        begun = other.begun;
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
        requiredVersion = version;
    }

    /** Whether a sync should take the checkpoint along. */
    boolean isUnsynced() {
        return version != syncedVersion;
    }

    /** Whether the checkpoint is reason enough for a sync. */
    boolean needsSync() {
        return stale || syncedVersion < requiredVersion;
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
        stale = false;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>(starts.size());
        starts.forEach((epoch, start) -> lines.add(epoch + " " + start));
        return lines;
    }
}
