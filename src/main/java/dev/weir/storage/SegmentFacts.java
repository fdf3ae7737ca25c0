package dev.weir.storage;

/**
 * What the planning of a compaction needs to know of a segment. Sizes in bytes, times in milliseconds.
 *
 * @param nextOffset base offset of the next segment
 * @param firstTimestamp largest time stamp of its first batch; -1 where that is not known
 * @param largestTimestamp its largest time stamp, or the file's age where no record has one
 */
record SegmentFacts(
        long baseOffset,
        long nextOffset,
        long logBytes,
        long indexBytes,
        long timeIndexBytes,
        long firstTimestamp,
        long largestTimestamp) {}
