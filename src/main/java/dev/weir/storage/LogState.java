package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.SegmentFile;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one log share: its segments in offset order and its offsets, with {@code logStartOffset <=
 * logEndOffset} and {@code recoveryPoint <= logEndOffset}. Owned by the log's thread.
 */
final class LogState {
    final OpenFileCache cache;
    final TopicPartition partition;
    final LongUnaryOperator jitter;
    final NavigableMap<Long, LogSegment> segments = new TreeMap<>();
    final ProducerSnapshots snapshots;
    final RecentBatches recent = new RecentBatches();
    final ReadCursors cursors = new ReadCursors();
    /** Sealed segments whose files are not all known to be durable. */
    final Set<LogSegment> unsynced = new LinkedHashSet<>();

    /** Segments that could not be made whole; their files must be gone before the log goes on. */
    private final List<LogSegment> abandoned = new ArrayList<>(0);

    final Deque<RetiredFiles> retired = new ArrayDeque<>();

    Path directory;
    LogConfig config;
    ProducerStateHook producers;
    /** Whether segments, producer snapshots and transaction indexes are made as another log has them. */
    boolean mirrors;

    LeaderEpochs epochs;
    long logStartOffset;
    long logEndOffset;
    long recoveryPoint;
    /** Counts what gave the directory new names, and how much of that is known to be durable. */
    int namesVersion;

    int namesSyncedVersion;
    /** Whether the directory itself is new in its parent. */
    boolean parentUnsynced;
    /** Whether the files are as a clean stop left them, so that there is nothing to complete on close. */
    boolean untouched;
    /** Whether a sync has failed: what lies above the recovery point may be lost though a later sync succeeds. */
    boolean syncFailed;
    /** Whether a change ended so that nobody knows how much of it came about: only opening the log again tells. */
    boolean inDoubt;
    /** Counts truncations: a sync begun before one says nothing about what was written after it. */
    int generation;

    LogState(
            OpenFileCache cache,
            Path directory,
            TopicPartition partition,
            LogConfig config,
            LongUnaryOperator jitter,
            ProducerStateHook producers) {
        this.cache = cache;
        this.directory = directory;
        this.partition = partition;
        this.config = config;
        this.jitter = jitter;
        this.producers = producers;
        this.snapshots = new ProducerSnapshots(cache.files(), directory);
        this.epochs = LeaderEpochs.empty(cache.files(), directory);
    }

    LogFiles files() {
        return cache.files();
    }

    LogSegment active() {
        return segments.lastEntry().getValue();
    }

    boolean isActive(LogSegment segment) {
        return segment == active();
    }

    /** The segment that holds an offset or would hold it. */
    LogSegment segmentFor(long offset) {
        Map.Entry<Long, LogSegment> entry = segments.floorEntry(offset);
        return entry == null ? segments.firstEntry().getValue() : entry.getValue();
    }

    @Nullable
    LogSegment after(LogSegment segment) {
        Map.Entry<Long, LogSegment> entry = segments.higherEntry(segment.baseOffset());
        return entry == null ? null : entry.getValue();
    }

    /** Refuses what would make more of bytes of which nobody knows whether they are on the disk, or in the log. */
    void requireUsable() throws IOException {
        if (syncFailed) {
            throw new IOException("a sync of " + partition + " has failed; it must be opened again");
        }
        if (inDoubt) {
            throw new IOException("a change of " + partition + " was broken off; it must be opened again");
        }
    }

    /** Runs a change; one that ends in anything but the disk's refusal, for which each is prepared, leaves the log in doubt. */
    <T> T change(Change<T> change) throws IOException {
        try {
            return change.run();
        } catch (RuntimeException | Error e) {
            inDoubt = true;
            throw e;
        }
    }

    /** One change of the log, several steps long. */
    interface Change<T> {
        T run() throws IOException;
    }

    /** Notes a failure on the way out of another one. The disk's refusal is expected there; anything else leaves a doubt. */
    void alsoFailed(Throwable cause, Throwable also) {
        inDoubt |= !(also instanceof IOException);
        if (also != cause) {
            cause.addSuppressed(also);
        }
    }

    /** Makes names in the log's directory durable. */
    void syncDirectory() throws IOException {
        try {
            files().syncDirectory(directory);
        } catch (Throwable e) {
            syncFailed = true;
            throw e;
        }
    }

    /** Follows a rename of the directory. */
    void movedTo(Path target) {
        directory = target;
        snapshots.movedTo(target);
        epochs.movedTo(target);
        segments.values().forEach(segment -> segment.files().forEach(file -> file.movedTo(target)));
        List<RetiredFiles> moved =
                retired.stream().map(files -> files.movedTo(target)).toList();
        retired.clear();
        retired.addAll(moved);
    }

    boolean tracksProducers() {
        return producers != ProducerStateHook.NONE;
    }

    LogSegment newSegment(long baseOffset, long nowMs) {
        long bound = Math.min(config.segmentJitterMs(), rollMs());
        return new LogSegment(cache, directory, baseOffset, nowMs, bound > 0 ? jitter.applyAsLong(bound) : 0);
    }

    /** Age at which the active segment is rolled; what must be compacted in time must leave it in time. */
    long rollMs() {
        boolean byLag = config.compact() && config.maxCompactionLagMs() > 0;
        return byLag ? Math.min(config.segmentMs(), config.maxCompactionLagMs()) : config.segmentMs();
    }

    /** Creates the files of a new last segment. */
    LogSegment addSegment(long baseOffset, long nowMs) throws IOException {
        removeAbandoned();
        LogSegment segment = newSegment(baseOffset, nowMs);
        try {
            segment.create();
        } catch (Throwable e) {
            abandoned.add(segment);
            try {
                removeAbandoned();
            } catch (Throwable again) {
                alsoFailed(e, again);
            }
            throw e;
        }
        segments.put(baseOffset, segment);
        namesVersion++;
        untouched = false;
        recent.clear();
        return segment;
    }

    /** Takes a segment out of the log; its files go once they are past their delay and no slice holds them. */
    void retire(LogSegment segment, long dueMs) throws IOException {
        List<Path> renamed = new ArrayList<>();
        for (SegmentFile file : segment.files()) {
            if (file.exists()) {
                if (file == segment.txnIndex().file()) {
                    // A log that comes back in a crash must not do so without it: that it is missing would not be seen.
                    syncDirectory();
                }
                file.renameTo(file.path().resolveSibling(file.path().getFileName() + FileNames.DELETED));
                renamed.add(file.path());
            }
        }
        segments.remove(segment.baseOffset());
        untouched = false;
        unsynced.remove(segment);
        cursors.clear();
        retired.add(new RetiredFiles(segment, dueMs, renamed));
    }

    boolean namesUnsynced() {
        return namesSyncedVersion != namesVersion;
    }

    /** Forgets what is remembered about positions, after the log has lost its end. */
    void endMoved(long newEndOffset) {
        logEndOffset = newEndOffset;
        recoveryPoint = Math.min(recoveryPoint, newEndOffset);
        generation++;
        untouched = false;
        recent.clear();
        cursors.clear();
    }

    /** Removes what is left of segments whose making failed. */
    void removeAbandoned() throws IOException {
        while (!abandoned.isEmpty()) {
            for (SegmentFile file : abandoned.get(0).files()) {
                file.delete();
            }
            abandoned.remove(0);
        }
    }
}
