package dev.weir.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Divides the segments of a compaction into runs that each become one segment, so that segments do not shrink for ever. */
final class SegmentGroups {
    private SegmentGroups() {}

    /**
     * @param segments in offset order
     * @param maxLogBytes {@code segment.bytes}
     * @param maxIndexBytes {@code segment.index.bytes}, for each of the two indexes
     */
    static <T> List<List<T>> of(
            List<T> segments, Function<T, SegmentFacts> facts, long maxLogBytes, long maxIndexBytes) {
        List<List<T>> groups = new ArrayList<>();
        long base = 0;
        long log = 0;
        long index = 0;
        long timeIndex = 0;
        for (T segment : segments) {
            SegmentFacts next = facts.apply(segment);
            boolean fits = !groups.isEmpty()
                    && log + next.logBytes() <= maxLogBytes
                    && index + next.indexBytes() <= maxIndexBytes
                    && timeIndex + next.timeIndexBytes() <= maxIndexBytes
                    && next.nextOffset() - 1 - base <= Integer.MAX_VALUE;
            if (!fits) {
                groups.add(new ArrayList<>());
                base = next.baseOffset();
                log = 0;
                index = 0;
                timeIndex = 0;
            }
            groups.get(groups.size() - 1).add(segment);
            log += next.logBytes();
            index += next.indexBytes();
            timeIndex += next.timeIndexBytes();
        }
        return groups;
    }
}
