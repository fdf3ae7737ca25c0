package dev.weir.quorum;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The shape of the metadata log without its records: its bounds, epochs and voters. Kept in step with the log itself by the
 * effects that change it.
 *
 * <p>Bounds: {@code startOffset <= snapshotId.offset or no snapshot}, {@code startOffset <= syncedOffset <= endOffset}. The
 * epoch of the record before the start stays in the table, so that a log that is empty above a snapshot ends with the
 * snapshot's epoch.
 */
final class QuorumLog {
    private final NavigableMap<Integer, Long> epochs = new TreeMap<>();
    private final NavigableMap<Long, VoterSet> voters = new TreeMap<>();
    private final VoterSet configured;
    private long startOffset;
    private long endOffset;
    private long syncedOffset;
    private OffsetAndEpoch snapshotId;

    QuorumLog(RecoveredLog found, VoterSet configured) {
        this.configured = configured;
        startOffset = found.startOffset();
        endOffset = found.endOffset();
        syncedOffset = endOffset;
        snapshotId = found.snapshotId();
        epochs.putAll(found.epochStarts());
        voters.putAll(found.voters());
        rememberEpochOf(snapshotId);
    }

    long endOffset() {
        return endOffset;
    }

    long syncedOffset() {
        return syncedOffset;
    }

    boolean synced() {
        return syncedOffset == endOffset;
    }

    OffsetAndEpoch snapshotId() {
        return snapshotId;
    }

    /** The end to compare in an election. */
    OffsetAndEpoch end() {
        return new OffsetAndEpoch(endOffset, epochs.isEmpty() ? 0 : epochs.lastKey());
    }

    /** The voters from the newest record on, or of the configuration while the log has none. */
    VoterSet voters() {
        return voters.isEmpty() ? configured : voters.lastEntry().getValue();
    }

    /** The offset of the newest record of voters, or -1. */
    long votersOffset() {
        return voters.isEmpty() ? -1 : voters.lastKey();
    }

    /** The voters before the newest record. */
    VoterSet votersBefore() {
        Map.Entry<Long, VoterSet> before = voters.isEmpty() ? null : voters.lowerEntry(voters.lastKey());
        return before == null ? configured : before.getValue();
    }

    void append(LogBatch batch) {
        if (batch.baseOffset() != endOffset) {
            throw new IllegalStateException("a batch at " + batch.baseOffset() + " in a log that ends at " + endOffset);
        }
        epochs.putIfAbsent(batch.epoch(), batch.baseOffset());
        if (batch.content() instanceof LogBatch.Voters record) {
            voters.put(batch.baseOffset(), record.set());
        }
        endOffset = batch.endOffset();
    }

    void synced(long offset) {
        syncedOffset = Math.max(syncedOffset, Math.min(offset, endOffset));
    }

    void truncateTo(long offset) {
        epochs.values().removeIf(start -> start >= offset);
        voters.tailMap(offset, true).clear();
        endOffset = offset;
        syncedOffset = Math.min(syncedOffset, offset);
    }

    /** Takes note of a snapshot of this log and of the records below {@code newStart} that may go. */
    void snapshotWritten(OffsetAndEpoch id, long newStart) {
        if (id.offset() <= snapshotId.offset()) {
            // A newer one was loaded from the leader meanwhile.
            return;
        }
        snapshotId = id;
        startOffset = Math.max(startOffset, Math.min(newStart, id.offset()));
        Optional<Integer> before = epochs.entrySet().stream()
                .filter(e -> e.getValue() < startOffset)
                .map(Map.Entry::getKey)
                .reduce((a, b) -> b);
        before.ifPresent(epoch -> epochs.headMap(epoch, false).clear());
    }

    /** Becomes the log that is empty above the snapshot. */
    void resetTo(OffsetAndEpoch id, VoterSet votersThen) {
        epochs.clear();
        voters.clear();
        if (votersThen.size() > 0) {
            voters.put(id.offset() - 1, votersThen);
        }
        snapshotId = id;
        startOffset = id.offset();
        endOffset = id.offset();
        syncedOffset = id.offset();
        rememberEpochOf(id);
    }

    /** Where the newest epoch up to {@code epoch} ends; empty if all known epochs are newer. */
    Optional<OffsetAndEpoch> endOf(int epoch) {
        Map.Entry<Integer, Long> found = epochs.floorEntry(epoch);
        if (found == null) {
            return Optional.empty();
        }
        Map.Entry<Integer, Long> next = epochs.higherEntry(epoch);
        return Optional.of(new OffsetAndEpoch(next == null ? endOffset : next.getValue(), found.getKey()));
    }

    /** Compares a fetcher's log, which ends at {@code offset} with a record of {@code epoch}, with this one. */
    Match match(long offset, int epoch) {
        if (offset == 0 && startOffset == 0 && snapshotId.offset() == 0) {
            return Match.SAME;
        }
        if (offset < startOffset || offset == 0) {
            return Match.snapshot(snapshotId);
        }
        OffsetAndEpoch end = endOf(epoch).orElse(OffsetAndEpoch.NONE);
        if (end.epoch() == epoch && offset <= end.offset()) {
            return Match.SAME;
        }
        return end.offset() < startOffset ? Match.snapshot(snapshotId) : Match.diverging(end);
    }

    /** Where to truncate if the leader's newest epoch in common with this log is no newer than in {@code leaderEnd}. */
    long truncationPoint(OffsetAndEpoch leaderEnd) {
        OffsetAndEpoch own = endOf(leaderEnd.epoch()).orElse(OffsetAndEpoch.NONE);
        long point = own.epoch() == leaderEnd.epoch() ? Math.min(own.offset(), leaderEnd.offset()) : own.offset();
        return Math.min(point, endOffset);
    }

    private void rememberEpochOf(OffsetAndEpoch snapshot) {
        if (snapshot.offset() > 0) {
            epochs.merge(snapshot.epoch(), snapshot.offset() - 1, Math::min);
        }
    }

    /**
     * The outcome of a comparison.
     *
     * @param diverging where the logs part
     * @param snapshotId what to load, if the records are gone
     */
    record Match(Optional<OffsetAndEpoch> diverging, Optional<OffsetAndEpoch> snapshotId) {
        static final Match SAME = new Match(Optional.empty(), Optional.empty());

        static Match diverging(OffsetAndEpoch end) {
            return new Match(Optional.of(end), Optional.empty());
        }

        static Match snapshot(OffsetAndEpoch id) {
            return new Match(Optional.empty(), Optional.of(id));
        }

        boolean same() {
            return diverging.isEmpty() && snapshotId.isEmpty();
        }
    }
}
