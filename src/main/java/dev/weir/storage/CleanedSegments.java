package dev.weir.storage;

import java.util.List;

/**
 * The outcome of a {@link CleaningRun}: durable files beside the log, to be swapped in by its owner.
 *
 * @param plan what was carried out
 * @param groups the new segments in offset order
 * @param endOffset where the next compaction begins
 * @param bytesRead bytes of log read, twice for the dirty part
 * @param bytesWritten bytes of log written
 * @param keys keys of the dirty part
 */
public record CleanedSegments(
        CleaningPlan plan, List<Group> groups, long endOffset, long bytesRead, long bytesWritten, long keys) {

    /** One new segment, named by the base offset of the first of those it replaces. */
    record Group(List<CleaningPlan.Source> sources) {
        long baseOffset() {
            return sources.get(0).facts().baseOffset();
        }

        long endOffset() {
            return sources.get(sources.size() - 1).facts().nextOffset();
        }
    }
}
