package dev.weir.partition;

import dev.weir.storage.EpochEndOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A log of the simulation: records by offset, and where leader epochs begin. */
final class SimLog {
    record Entry(int epoch, long value) {}

    final List<Entry> entries = new ArrayList<>();
    private final TreeMap<Integer, Long> starts = new TreeMap<>();
    /** How often records were taken away. */
    int cuts;

    long end() {
        return entries.size();
    }

    void begin(int epoch) {
        if (starts.isEmpty() || epoch > starts.lastKey()) {
            starts.values().removeIf(start -> start >= end());
            starts.put(epoch, end());
        }
    }

    void append(Entry entry) {
        begin(entry.epoch());
        entries.add(entry);
    }

    int latestEpoch() {
        return starts.isEmpty() ? -1 : starts.lastKey();
    }

    EpochEndOffset endOf(int epoch) {
        if (epoch < 0 || starts.isEmpty() || epoch > starts.lastKey()) {
            return EpochEndOffset.UNDEFINED;
        }
        if (epoch == starts.lastKey()) {
            return new EpochEndOffset(epoch, end());
        }
        Integer floor = starts.floorKey(epoch);
        return new EpochEndOffset(
                floor == null ? epoch : floor, starts.higherEntry(epoch).getValue());
    }

    /** Cuts as a follower does that is told where its log and its leader's part; below the offset returned both are the same. */
    void cut(EpochEndOffset diverging) {
        EpochEndOffset own = endOf(diverging.leaderEpoch());
        long to = own.isUndefined() ? diverging.endOffset() : Math.min(own.endOffset(), diverging.endOffset());
        truncate(Math.min(to, end()));
    }

    void truncate(long offset) {
        if (offset < end()) {
            entries.subList((int) offset, entries.size()).clear();
            cuts++;
        }
        starts.values().removeIf(start -> start >= offset);
    }

    boolean holds(long offset, long value) {
        return offset < end() && entries.get((int) offset).value() == value;
    }
}
