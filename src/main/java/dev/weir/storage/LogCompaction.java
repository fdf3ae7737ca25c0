package dev.weir.storage;

import dev.weir.storage.CleaningPlan.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The owner's half of compaction: plans it and swaps its outcome in. One plan at a time. Owned by the log's thread.
 *
 * <p>The swap of one segment, each step durable before the next: the indexes get the suffix {@code .swap}; the log gets it,
 * and from here on opening the log completes the swap; the old segments are retired; the indexes get their names; the log
 * gets its own.
 */
final class LogCompaction {
    private static final List<String> INDEXES = List.of(FileNames.INDEX, FileNames.TIME_INDEX, FileNames.TXN_INDEX);

    private final LogState log;
    private @Nullable CleaningPlan current;

    LogCompaction(LogState log) {
        this.log = log;
    }

    Optional<CleaningPlan> plan(long lastStableOffset, long checkpoint, Collection<ProducerEntry> producers, long nowMs)
            throws IOException {
        if (current != null || !log.config.compact() || log.segments.size() < 2) {
            return Optional.empty();
        }
        List<Source> sealed = new ArrayList<>();
        for (LogSegment segment :
                log.segments.headMap(log.active().baseOffset()).values()) {
            sealed.add(new Source(segment, factsOf(segment), segment.log().path()));
        }
        CleanableRange range = CleanableRange.of(
                sealed.stream().map(Source::facts).toList(),
                log.logStartOffset,
                log.logEndOffset,
                Math.min(lastStableOffset, log.logEndOffset),
                checkpoint,
                log.config,
                nowMs);
        if (!range.isDue(log.config)) {
            return Optional.empty();
        }
        sealed.removeIf(source -> source.facts().nextOffset() > range.endOffset());
        Map<Long, ProducerEntry> byId = new HashMap<>();
        producers.forEach(p -> byId.put(p.producerId(), p));
        CleaningPlan plan = new CleaningPlan(log, range, sealed, abortedBelow(range.endOffset()), byId, nowMs);
        current = plan;
        return Optional.of(plan);
    }

    /** An aborted transaction is named in the segment of its marker, which may lie above the range that its data is in. */
    private List<AbortedTransaction> abortedBelow(long offset) throws IOException {
        List<AbortedTransaction> aborted = new ArrayList<>();
        for (LogSegment segment : log.segments.values()) {
            aborted.addAll(segment.txnIndex().all());
        }
        aborted.removeIf(txn -> txn.firstOffset() >= offset);
        return aborted;
    }

    private SegmentFacts factsOf(LogSegment segment) throws IOException {
        return new SegmentFacts(
                segment.baseOffset(),
                segment.nextOffset(),
                segment.size(),
                (long) segment.offsetIndex().entries().entries() * OffsetIndex.ENTRY_SIZE,
                (long) segment.timeIndex().entries().entries() * TimeIndex.ENTRY_SIZE,
                segment.firstTimestamp(),
                segment.largestTimestamp());
    }

    void abandon() {
        current = null;
    }

    OptionalLong replace(CleanedSegments cleaned, long nowMs) throws IOException {
        boolean expected = current == cleaned.plan();
        current = null;
        if (!expected || !stillThere(cleaned)) {
            for (CleanedSegments.Group group : cleaned.groups()) {
                discard(group);
            }
            return OptionalLong.empty();
        }
        for (CleanedSegments.Group group : cleaned.groups()) {
            swap(group, nowMs);
        }
        return OptionalLong.of(cleaned.endOffset());
    }

    private boolean stillThere(CleanedSegments cleaned) {
        return cleaned.plan().generation() == log.generation
                && cleaned.plan().directory().equals(log.directory)
                && cleaned.groups().stream()
                        .flatMap(group -> group.sources().stream())
                        .allMatch(s -> log.segments.get(s.facts().baseOffset()) == s.segment());
    }

    private void swap(CleanedSegments.Group group, long nowMs) throws IOException {
        long base = group.baseOffset();
        rename(base, INDEXES, FileNames.CLEANED, FileNames.SWAP);
        rename(base, List.of(FileNames.LOG), FileNames.CLEANED, FileNames.SWAP);
        for (Source source : group.sources()) {
            log.retire(source.segment(), nowMs + log.config.fileDeleteDelayMs());
        }
        log.files().syncDirectory(log.directory);
        rename(base, INDEXES, FileNames.SWAP, "");
        rename(base, List.of(FileNames.LOG), FileNames.SWAP, "");
        open(group, nowMs);
        for (Source source : group.sources()) {
            if (source.facts().baseOffset() != base) {
                log.snapshots.remove(source.facts().baseOffset());
            }
        }
    }

    private void open(CleanedSegments.Group group, long nowMs) throws IOException {
        LogSegment segment = log.newSegment(group.baseOffset(), nowMs);
        try {
            segment.loadSize();
        } catch (LogCorruptException e) {
            throw new IOException(e);
        }
        String problem = segment.loadIndexes();
        problem = problem == null ? segment.loadTail() : problem;
        if (!problem.isEmpty()) {
            throw new IOException(segment.log().path() + " after compaction: " + problem);
        }
        segment.endsBefore(group.endOffset());
        log.segments.put(segment.baseOffset(), segment);
        // Its files are durable; the producer snapshot at its end may not be, and is synced with it.
        log.unsynced.add(segment);
    }

    private void rename(long base, List<String> kinds, String from, String to) throws IOException {
        for (String kind : kinds) {
            Path path = path(base, kind + from);
            if (log.files().exists(path)) {
                log.files().rename(path, path(base, kind + to));
            }
        }
        log.files().syncDirectory(log.directory);
    }

    private void discard(CleanedSegments.Group group) throws IOException {
        log.files().deleteIfExists(path(group.baseOffset(), FileNames.LOG + FileNames.CLEANED));
        for (String kind : INDEXES) {
            log.files().deleteIfExists(path(group.baseOffset(), kind + FileNames.CLEANED));
        }
    }

    private Path path(long base, String suffix) {
        return FileNames.in(log.directory, base, suffix);
    }
}
