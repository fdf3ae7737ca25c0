package dev.weir.storage;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a segment's log were compared with their checksums since it was opened: all that was appended or recovered,
 * and what has been read of the rest. Small whatever is read: the shortest of many ranges is forgotten, and checked again when
 * it is read again. Owned by the segment.
 */
final class CheckedBytes {
    private static final int MOST_RANGES = 16;

    /** From here on everything is checked. */
    private int from;

    private @Nullable TreeMap<Integer, Integer> ranges;

    /** Nothing below a position is checked, everything above will be. */
    void noneBelow(int position) {
        from = position;
        ranges = null;
    }

    /** The log has been cut. */
    void cutAt(int position) {
        from = Math.min(from, position);
        if (ranges != null) {
            ranges.tailMap(position, true).clear();
            ranges.replaceAll((start, end) -> Math.min(end, position));
            settle();
        }
    }

    boolean covers(int start, int end) {
        if (start >= from) {
            return true;
        }
        Map.Entry<Integer, Integer> range = ranges == null ? null : ranges.floorEntry(start);
        return range != null && range.getValue() >= Math.min(end, from);
    }

    void add(int start, int end) {
        int first = start;
        int last = Math.min(end, from);
        if (first >= last) {
            return;
        }
        TreeMap<Integer, Integer> known = ranges == null ? new TreeMap<>() : ranges;
        ranges = known;
        Map.Entry<Integer, Integer> before = known.floorEntry(first);
        if (before != null && before.getValue() >= first) {
            first = before.getKey();
        }
        Map<Integer, Integer> within = known.subMap(first, true, last, true);
        for (int other : within.values()) {
            last = Math.max(last, other);
        }
        within.clear();
        known.put(first, last);
        if (known.size() > MOST_RANGES) {
            known.entrySet().stream()
                    .min((a, b) -> Integer.compare(a.getValue() - a.getKey(), b.getValue() - b.getKey()))
                    .map(Map.Entry::getKey)
                    .ifPresent(known::remove);
        }
        settle();
    }

    /** What reaches the checked end belongs to it. */
    private void settle() {
        while (ranges != null && !ranges.isEmpty() && ranges.lastEntry().getValue() >= from) {
            from = Math.min(from, ranges.pollLastEntry().getKey());
        }
        if (ranges != null && ranges.isEmpty()) {
            ranges = null;
        }
    }
}
