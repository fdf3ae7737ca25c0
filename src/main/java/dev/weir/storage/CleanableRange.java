package dev.weir.storage;

import dev.weir.config.LogConfig;
import java.util.List;

/**
 * What of a log may be compacted now, and whether it should be. Offsets: {@code firstDirtyOffset <= endOffset}; the segments
 * below the first are clean, those between the two are dirty.
 *
 * @param firstDirtyOffset where the last compaction ended
 * @param endOffset where the first segment begins that must be left alone: the active one, one that reaches above the
 *     last stable offset, or one with records younger than {@code min.compaction.lag.ms}
 * @param cleanBytes bytes below the first dirty offset
 * @param dirtyBytes bytes from there to the end
 * @param overdue whether dirty records are older than {@code max.compaction.lag.ms}
 */
record CleanableRange(long firstDirtyOffset, long endOffset, long cleanBytes, long dirtyBytes, boolean overdue) {

    /**
     * @param sealed every segment but the active one, in offset order
     * @param checkpoint where the last compaction ended; -1 where there was none
     */
    static CleanableRange of(
            List<SegmentFacts> sealed,
            long logStartOffset,
            long logEndOffset,
            long lastStableOffset,
            long checkpoint,
            LogConfig config,
            long nowMs) {
        boolean trusted = checkpoint >= logStartOffset && checkpoint <= logEndOffset;
        long firstDirty = trusted ? checkpoint : logStartOffset;
        long end = firstDirty;
        long clean = 0;
        long dirty = 0;
        for (SegmentFacts segment : sealed) {
            if (segment.nextOffset() <= firstDirty) {
                clean += segment.logBytes();
                continue;
            }
            boolean tooYoung =
                    config.minCompactionLagMs() > 0 && segment.largestTimestamp() > nowMs - config.minCompactionLagMs();
            if (segment.nextOffset() > lastStableOffset || tooYoung) {
                break;
            }
            dirty += segment.logBytes();
            end = segment.nextOffset();
        }
        return new CleanableRange(firstDirty, end, clean, dirty, isOverdue(sealed, firstDirty, config, nowMs));
    }

    private static boolean isOverdue(List<SegmentFacts> sealed, long firstDirty, LogConfig config, long nowMs) {
        return sealed.stream()
                .filter(s -> s.nextOffset() > firstDirty && s.firstTimestamp() > 0)
                .anyMatch(s -> nowMs - s.firstTimestamp() > Math.max(config.maxCompactionLagMs(), 0));
    }

    /** Share of the dirty bytes, 0 where there is nothing. */
    double dirtyRatio() {
        long total = cleanBytes + dirtyBytes;
        return total == 0 ? 0 : (double) dirtyBytes / total;
    }

    boolean isDue(LogConfig config) {
        return dirtyBytes > 0 && (overdue || dirtyRatio() > config.minCleanableDirtyRatio());
    }
}
