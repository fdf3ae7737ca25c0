package dev.weir.storage;

import dev.weir.storage.CleaningPlan.Source;
import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The owner's half of compaction: plans it and swaps its outcome in. One plan at a time. Owned by the log's thread.
 *
 * <p>The swap of one segment, each step durable before the next: the indexes and the producer snapshot get the suffix {@code .swap}; the log gets it,
 * and from here on opening the log completes the swap; the old segments are retired; those get their names; the log
 * gets its own.
 */
final class LogCompaction {
    private static final List<String> INDEXES = List.of(FileNames.INDEX, FileNames.TIME_INDEX, FileNames.TXN_INDEX);
    private static final List<String> ALL_BUT_LOG =
            List.of(FileNames.INDEX, FileNames.TIME_INDEX, FileNames.TXN_INDEX, FileNames.SNAPSHOT);

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
                Math.min(lastStableOffset, durablyStableOffset()),
                checkpoint,
                log.config,
                nowMs);
        if (!range.isDue(log.config)) {
            return Optional.empty();
        }
        sealed.removeIf(source -> source.facts().nextOffset() > range.endOffset());
        CleaningPlan plan = new CleaningPlan(
                log, range, sealed, abortedBelow(range.endOffset()), producersAt(range.endOffset(), producers), nowMs);
        current = plan;
        return Optional.of(plan);
    }

    /**
     * Below it nothing is undecided on disk: were the marker of a transaction lost to a power failure after its data had
     * replaced older records, neither could be read.
     */
    private long durablyStableOffset() throws IOException {
        if (log.recoveryPoint >= log.logEndOffset) {
            return log.logEndOffset;
        }
        Long durable = log.snapshots.offsets().floor(log.recoveryPoint);
        Optional<List<ProducerEntry>> then = durable == null ? Optional.empty() : log.snapshots.at(durable);
        return then.isEmpty()
                ? log.logStartOffset
                : then.get().stream()
                        .filter(ProducerEntry::inTransaction)
                        .mapToLong(ProducerEntry::currentTxnFirstOffset)
                        .reduce(durable, Math::min);
    }

    /**
     * The active producers as they were at an offset where a segment begins, if that is known: what they have written above
     * it may yet be truncated, and then their last batch below it must still be there.
     */
    private Map<Long, ProducerEntry> producersAt(long offset, Collection<ProducerEntry> active) throws IOException {
        Map<Long, ProducerEntry> byId = new HashMap<>();
        active.forEach(p -> byId.put(p.producerId(), p));
        log.snapshots
                .at(offset)
                .orElse(List.of())
                .forEach(then -> byId.computeIfPresent(then.producerId(), (id, now) -> then));
        return byId;
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
        closeTransactions(group);
        rename(base, ALL_BUT_LOG, FileNames.CLEANED, FileNames.SWAP);
        rename(base, List.of(FileNames.LOG), FileNames.CLEANED, FileNames.SWAP);
        for (Source source : group.sources()) {
            log.retire(source.segment(), nowMs + log.config.fileDeleteDelayMs());
        }
        log.files().syncDirectory(log.directory);
        rename(base, ALL_BUT_LOG, FileNames.SWAP, "");
        rename(base, List.of(FileNames.LOG), FileNames.SWAP, "");
        open(group, nowMs);
        for (Source source : group.sources()) {
            if (source.facts().baseOffset() != base) {
                log.snapshots.remove(source.facts().baseOffset());
            }
        }
    }

    /**
     * A transaction that was open where the segment begins may have ended in what was compacted, with a marker that is no
     * longer there: whoever started from the old snapshot would wait for it for ever. What is still open where the segment
     * ends has its marker above it.
     */
    private void closeTransactions(CleanedSegments.Group group) throws IOException {
        long base = group.baseOffset();
        List<ProducerEntry> then = log.snapshots.at(base).orElse(List.of());
        Set<Long> openAtEnd = log.snapshots.at(group.endOffset()).orElse(List.of()).stream()
                .filter(ProducerEntry::inTransaction)
                .map(ProducerEntry::currentTxnFirstOffset)
                .collect(Collectors.toSet());
        List<ProducerEntry> closed = then.stream()
                .map(p -> openAtEnd.contains(p.currentTxnFirstOffset()) ? p : p.withoutTransaction())
                .toList();
        if (!closed.equals(then)) {
            DurableFiles.write(
                    log.files(),
                    path(base, FileNames.SNAPSHOT + FileNames.CLEANED),
                    ProducerSnapshot.encode(closed),
                    true);
        }
    }

    private void open(CleanedSegments.Group group, long nowMs) throws IOException {
        LogSegment segment = log.newSegment(group.baseOffset(), nowMs);
        try {
            segment.loadSize();
        } catch (LogCorruptException e) {
            throw new IOException(e);
        }
        Optional<String> problem = segment.loadIndexes();
        problem = problem.isEmpty() ? segment.loadTail() : problem;
        if (problem.isPresent()) {
            throw new IOException(segment.log().path() + " after compaction: " + problem.get());
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
