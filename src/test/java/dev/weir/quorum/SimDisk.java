package dev.weir.quorum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** The directory of one replica in the simulation; what is not synced is lost by a crash. */
final class SimDisk {
    final ReplicaKey key;
    Optional<ElectionState> state = Optional.empty();
    Optional<String> clusterId = Optional.empty();
    Snapshot snapshot = Snapshot.NONE;
    final List<LogBatch> log = new ArrayList<>();
    long startOffset;
    long endOffset;
    long syncedOffset;
    boolean lostSynced;

    SimDisk(int id, long directory) {
        key = new ReplicaKey(id, new Uuid(77, directory));
    }

    SimDisk copy(ReplicaKey as) {
        SimDisk copy = new SimDisk(as.id(), as.directoryId().getLeastSignificantBits());
        copy.state = state;
        copy.clusterId = clusterId;
        copy.snapshot = snapshot;
        copy.log.addAll(log);
        copy.startOffset = startOffset;
        copy.endOffset = endOffset;
        copy.syncedOffset = syncedOffset;
        copy.lostSynced = lostSynced;
        return copy;
    }

    void append(LogBatch batch) {
        if (batch.baseOffset() != endOffset) {
            throw new AssertionError("a hole in the log of " + key + ": " + batch + " at " + endOffset);
        }
        log.add(batch);
        endOffset = batch.endOffset();
    }

    void truncateTo(long offset) {
        while (!log.isEmpty() && log.get(log.size() - 1).endOffset() > offset) {
            log.remove(log.size() - 1);
        }
        endOffset = log.isEmpty()
                ? Math.max(snapshot.id().offset(), startOffset)
                : log.get(log.size() - 1).endOffset();
        syncedOffset = Math.min(syncedOffset, endOffset);
    }

    List<LogBatch> from(long offset) {
        int i = log.size();
        while (i > 0 && log.get(i - 1).baseOffset() >= offset) {
            i--;
        }
        return log.subList(i, log.size());
    }

    int epochBefore(long offset) {
        for (int i = log.size() - 1; i >= 0; i--) {
            if (log.get(i).endOffset() == offset) {
                return log.get(i).epoch();
            }
        }
        return snapshot.id().offset() == offset ? snapshot.id().epoch() : 0;
    }

    void install(Snapshot loaded) {
        snapshot = loaded;
        log.clear();
        startOffset = loaded.id().offset();
        endOffset = startOffset;
        syncedOffset = startOffset;
    }

    void snapshotTo(Snapshot taken, long newStart) {
        snapshot = taken;
        while (!log.isEmpty() && log.get(0).endOffset() <= newStart) {
            startOffset = log.remove(0).endOffset();
        }
    }

    VoterSet votersAt(long offset) {
        VoterSet found = snapshot.voters();
        for (LogBatch batch : log) {
            if (batch.baseOffset() < offset && batch.content() instanceof LogBatch.Voters voters) {
                found = voters.set();
            }
        }
        return found;
    }

    RecoveredLog recovered() {
        TreeMap<Integer, Long> epochs = new TreeMap<>();
        Map<Long, VoterSet> voters = new HashMap<>();
        if (snapshot.voters().size() > 0) {
            voters.put(snapshot.id().offset() - 1, snapshot.voters());
        }
        for (LogBatch batch : log) {
            epochs.putIfAbsent(batch.epoch(), batch.baseOffset());
            if (batch.content() instanceof LogBatch.Voters record) {
                voters.put(batch.baseOffset(), record.set());
            }
        }
        return new RecoveredLog(startOffset, endOffset, snapshot.id(), epochs, voters, lostSynced);
    }

    /** A snapshot: the image and the voters at its end. */
    record Snapshot(OffsetAndEpoch id, Image image, VoterSet voters) implements LogBatch.Data {
        static final Snapshot NONE = new Snapshot(OffsetAndEpoch.NONE, Image.EMPTY, VoterSet.EMPTY);
    }
}
