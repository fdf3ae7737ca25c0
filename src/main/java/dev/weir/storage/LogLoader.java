package dev.weir.storage;

import dev.weir.storage.file.DamagedFileException;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a partition's directory and repairs it. Segments whose end is at or above the recovery point are read through after
 * an unclean stop, and the log is cut before the first damaged batch; below it only broken indexes are made anew.
 */
final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    private final LogState log;
    private final OpenOptions options;
    private final List<String> notes = new ArrayList<>();
    private final Set<LogSegment> rebuilt = new HashSet<>();
    private final Set<LogSegment> withoutProducers = new HashSet<>();
    private long bytesCut;
    private boolean namesChanged;
    /** Whether indexes were made anew that the recovery point says are durable. */
    private boolean trustedRebuilt;

    private String epochProblem = "they do not agree with it";

    LogLoader(LogState log, OpenOptions options) {
        this.log = log;
        this.options = options;
    }

    RecoveryReport load() throws IOException, LogCorruptException {
        boolean fresh = prepareDirectory();
        boolean epochsKnown = loadEpochs();
        loadSegments();
        endAboveStart();
        LogSegment active = log.active();
        log.logEndOffset = active.nextOffset();
        log.logStartOffset = Math.max(options.logStartOffset(), log.segments.firstKey());
        long known = options.cleanShutdown() ? log.logEndOffset : options.recoveryPoint();
        log.recoveryPoint = Math.min(Math.max(known, log.logStartOffset), log.logEndOffset);
        restoreEpochs(epochsKnown, fresh);
        restoreProducers();
        if (namesChanged || log.snapshots.removedAny()) {
            log.files().syncDirectory(log.directory);
        }
        if (!options.cleanShutdown()) {
            // What the last process had written or named and not yet synced is not known any more.
            log.namesVersion++;
            log.parentUnsynced = true;
            log.epochs.assumeUnsynced();
        }
        if (options.syncFailed()) {
            log.epochs.save();
        }
        report();
        if (trustedRebuilt) {
            new LogSyncer(log).flush();
        }
        log.untouched = options.cleanShutdown() && notes.isEmpty() && !log.namesUnsynced();
        return new RecoveryReport(bytesCut, List.copyOf(notes));
    }

    private boolean prepareDirectory() throws IOException {
        boolean fresh = !log.files().exists(log.directory);
        if (fresh) {
            log.files().createDirectories(log.directory);
            log.parentUnsynced = true;
        } else {
            LeftoverFiles leftovers = new LeftoverFiles(log, notes);
            leftovers.settle();
            namesChanged = leftovers.changed();
        }
        return fresh;
    }

    private boolean loadEpochs() throws IOException {
        try {
            log.epochs = LeaderEpochs.load(log.files(), log.directory);
            return true;
        } catch (DamagedFileException e) {
            epochProblem = String.valueOf(e.getMessage());
            return false;
        }
    }

    // ---- segments

    private void loadSegments() throws IOException, LogCorruptException {
        for (String name : log.files().list(log.directory)) {
            long base = FileNames.offsetOf(name, FileNames.LOG);
            if (base >= 0) {
                LogSegment segment = log.newSegment(base, options.nowMs());
                segment.loadSize();
                log.segments.put(base, segment);
            }
        }
        if (log.segments.isEmpty()) {
            log.addSegment(Math.max(0, options.logStartOffset()), options.nowMs());
            return;
        }
        removeEmpty();
        List<LogSegment> all = new ArrayList<>(log.segments.values());
        int firstUnsynced = firstUnsynced(all);
        for (int i = 0; i < firstUnsynced; i++) {
            loadSynced(all.get(i), i + 1 < all.size() ? all.get(i + 1) : null);
        }
        if (firstUnsynced < all.size()) {
            checkUnsynced(all.subList(firstUnsynced, all.size()));
        }
    }

    /** Between others an empty segment says nothing, and one that does not belong there would hide what it stands before. */
    private void removeEmpty() throws IOException {
        long first = log.segments.firstKey();
        long last = log.segments.lastKey();
        for (LogSegment segment : List.copyOf(log.segments.values())) {
            if (segment.isEmpty() && segment.baseOffset() != first && segment.baseOffset() != last) {
                drop(segment, "is empty");
            }
        }
    }

    private int firstUnsynced(List<LogSegment> all) {
        if (options.cleanShutdown()) {
            return all.size();
        }
        int first = 0;
        while (first < all.size() - 1 && all.get(first + 1).baseOffset() < options.recoveryPoint()) {
            first++;
        }
        return first;
    }

    /** A segment whose log was synced: its batches are trusted, its indexes are looked at. */
    private void loadSynced(LogSegment segment, @Nullable LogSegment next) throws IOException, LogCorruptException {
        Optional<String> problem = segment.loadIndexes();
        if (problem.isEmpty() && next != null && segment.offsetIndex().last().offset() >= next.baseOffset()) {
            problem = Optional.of("offset index reaches into the next segment");
        }
        if (problem.isEmpty() && next == null) {
            problem = segment.loadTail();
        }
        if (problem.isPresent()) {
            notes.add(segment.log().path() + ": " + problem.get() + "; the indexes are built again");
            rebuildIndexes(segment, next == null);
        }
        if (next != null) {
            if (problem.isPresent() && segment.nextOffset() > next.baseOffset()) {
                throw new LogCorruptException(segment.log().path() + " ends at offset " + segment.nextOffset()
                        + ", and " + next.log().path() + " begins at " + next.baseOffset());
            }
            segment.endsBefore(next.baseOffset());
        }
    }

    private void rebuildIndexes(LogSegment segment, boolean last) throws IOException, LogCorruptException {
        boolean transactionsKnown = segment.txnIndex().load(segment.baseOffset()) == null;
        SegmentCheck check = new SegmentCheck(segment, log.config.indexIntervalBytes(), Long.MAX_VALUE);
        check.run(last, log.epochs);
        trustedRebuilt = true;
        if (check.problem().isPresent() && !last) {
            throw new LogCorruptException(segment.log().path() + " "
                    + check.problem().get() + " at " + check.validBytes() + ", below the recovery point");
        }
        finish(segment, check, last);
        if (transactionsKnown && check.problem().isEmpty()) {
            // To make that index anew as well would put it at risk for nothing.
            rebuilt.remove(segment);
        }
    }

    /** Segments that may not be durable: each batch is checked, and nothing is kept behind a damaged batch or a gap. */
    private void checkUnsynced(List<LogSegment> tail) throws IOException, LogCorruptException {
        long expected = tail.get(0).baseOffset();
        boolean broken = false;
        List<LogSegment> behind = new ArrayList<>();
        for (int i = 0; i < tail.size(); i++) {
            LogSegment segment = tail.get(i);
            if (!broken && segment.baseOffset() != expected && !mayFollow(segment, expected)) {
                broken = true;
                notes.add(segment.log().path() + " does not follow offset " + expected);
            }
            if (broken) {
                behind.add(segment);
                continue;
            }
            if (options.syncFailed()) {
                segment.rewriteFrom(options.recoveryPoint());
            }
            boolean last = i == tail.size() - 1;
            SegmentCheck check = new SegmentCheck(segment, log.config.indexIntervalBytes(), gaplessFrom(last));
            check.run(true, log.epochs);
            broken = check.problem().isPresent();
            finish(segment, check, last);
            expected = segment.nextOffset();
        }
        dropFromEnd(behind);
    }

    /** The base offset of a batch has no checksum; but what was appended last was never compacted and has no gaps. */
    private long gaplessFrom(boolean last) {
        boolean mayHaveGaps = !last || log.config.compact() || options.recoveryPoint() < 0;
        return mayHaveGaps ? Long.MAX_VALUE : options.recoveryPoint();
    }

    /** Kafka's compaction, unlike ours, leaves gaps between segments; anywhere else a gap is what a crash has lost. */
    private boolean mayFollow(LogSegment segment, long expected) {
        return segment.baseOffset() > expected && segment.baseOffset() <= options.cleanedOffset();
    }

    private void finish(LogSegment segment, SegmentCheck check, boolean last) throws IOException {
        int surplus = segment.size() - check.validBytes();
        if (surplus > 0) {
            notes.add(segment.log().path() + " " + check.problem().orElse("") + "; " + surplus + " bytes are cut at "
                    + check.validBytes());
            bytesCut += surplus;
            segment.cutFile(check.validBytes());
        }
        if (last) {
            segment.flushIndexes();
        } else {
            segment.seal();
        }
        rebuilt.add(segment);
        log.unsynced.add(segment);
        if (!check.hasProducers()) {
            withoutProducers.add(segment);
        }
    }

    /** Each is durably gone before the one below it: after a crash what is left must not pass for a log of its own. */
    private void dropFromEnd(List<LogSegment> ascending) throws IOException {
        for (int i = ascending.size() - 1; i >= 0; i--) {
            drop(ascending.get(i), "with " + ascending.get(i).size() + " bytes lies behind the cut");
            log.files().syncDirectory(log.directory);
        }
    }

    private void drop(LogSegment segment, String why) throws IOException {
        notes.add(segment.log().path() + " " + why + " and is removed");
        bytesCut += segment.size();
        for (SegmentFile file : segment.files()) {
            file.delete();
        }
        log.segments.remove(segment.baseOffset());
        namesChanged = true;
    }

    private void endAboveStart() throws IOException {
        long end = log.active().nextOffset();
        if (end >= options.logStartOffset()) {
            return;
        }
        notes.add("the log ends at " + end + ", below its start offset " + options.logStartOffset()
                + "; it starts over there");
        dropFromEnd(List.copyOf(log.segments.values()));
        log.unsynced.clear();
        rebuilt.clear();
        log.addSegment(options.logStartOffset(), options.nowMs());
    }

    // ---- epochs and producers

    private void restoreEpochs(boolean known, boolean fresh) throws IOException {
        boolean empty = log.logStartOffset == log.logEndOffset;
        if (!fresh && !empty && (!known || (!options.cleanShutdown() && !new EpochCheck(log).holds()))) {
            log.epochs = EpochCheck.rebuild(log);
            notes.add("leader epochs are built again from the log: " + epochProblem);
            log.epochs.save();
        }
        log.epochs.dropEmpty(log.logEndOffset);
        log.epochs.truncateFromStart(log.logStartOffset);
        log.epochs.saveNoted();
    }

    private void restoreProducers() throws IOException {
        if (!log.tracksProducers()) {
            return;
        }
        log.snapshots.load();
        log.snapshots.removeFrom(log.logEndOffset + 1);
        log.snapshots.removeBelow(log.segments.firstKey());
        log.snapshots.removeStray(new TreeSet<>(log.segments.keySet()));
        if (options.syncFailed()) {
            log.snapshots.rewriteFrom(options.recoveryPoint());
        }
        long restoreAtMost = log.logEndOffset;
        Set<LogSegment> rebuildTxn = new HashSet<>();
        for (LogSegment segment : rebuilt) {
            if (withoutProducers.contains(segment)) {
                segment.txnIndex().reset();
            } else {
                rebuildTxn.add(segment);
                restoreAtMost = Math.min(restoreAtMost, segment.baseOffset());
            }
        }
        new ProducerReplay(log).run(restoreAtMost, rebuildTxn, withoutProducers, notes);
    }

    private void report() {
        log.unsynced.remove(log.active());
        if (bytesCut > 0) {
            LOG.warn("{}: {} bytes were cut from the log: {}", log.partition, bytesCut, notes);
        } else if (!notes.isEmpty()) {
            LOG.info("{}: repaired while opening: {}", log.partition, notes);
        }
    }
}
