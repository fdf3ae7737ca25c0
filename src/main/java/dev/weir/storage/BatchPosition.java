package dev.weir.storage;

/**
 * Where a batch lies.
 *
 * @param baseOffset first offset of the batch
 * @param position of the batch in the segment's log, in bytes
 * @param size of the batch in bytes
 */
record BatchPosition(LogSegment segment, long baseOffset, int position, int size) {}
