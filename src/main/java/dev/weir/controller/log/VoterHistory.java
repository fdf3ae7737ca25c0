package dev.weir.controller.log;

import dev.weir.quorum.LogBatch;
import dev.weir.quorum.VoterSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The voter sets in the log and its snapshot, by the offset of their record. */
final class VoterHistory {
    private final NavigableMap<Long, VoterSet> byOffset = new TreeMap<>();

    /** Takes note of a batch if it names voters. */
    void note(LogBatch batch) {
        if (batch.content() instanceof LogBatch.Voters voters) {
            byOffset.put(batch.baseOffset(), voters.set());
        }
    }

    /** Takes note of the voters at the end of a snapshot; older ones are not needed any more. */
    void noteSnapshot(long endOffset, VoterSet voters) {
        if (voters.size() > 0) {
            byOffset.put(endOffset - 1, voters);
        }
    }

    void truncateTo(long endOffset) {
        byOffset.tailMap(endOffset, true).clear();
    }

    void clear() {
        byOffset.clear();
    }

    /** Forgets the sets that were replaced before {@code offset}. */
    void forgetBelow(long offset) {
        Long current = byOffset.lowerKey(offset);
        if (current != null) {
            byOffset.headMap(current, false).clear();
        }
    }

    /** Returns the voters that the records below {@code offset} name; the empty set if they name none. */
    VoterSet before(long offset) {
        Map.Entry<Long, VoterSet> entry = byOffset.lowerEntry(offset);
        return entry == null ? VoterSet.EMPTY : entry.getValue();
    }

    Map<Long, VoterSet> all() {
        return Map.copyOf(byOffset);
    }
}
