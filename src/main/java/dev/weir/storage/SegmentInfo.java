package dev.weir.storage;

import java.nio.file.Path;

/**
 * One segment as seen from outside.
 *
 * @param baseOffset offset in its name
 * @param nextOffset base offset of the next segment, or the log end offset for the active one
 * @param sizeInBytes of its {@code .log}
 * @param largestTimestamp largest record timestamp in milliseconds, -1 when it has none
 * @param log path of its {@code .log}
 * @param active whether it is the one appended to
 */
public record SegmentInfo(
        long baseOffset, long nextOffset, long sizeInBytes, long largestTimestamp, Path log, boolean active) {}
