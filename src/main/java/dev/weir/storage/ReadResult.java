package dev.weir.storage;

import org.apache.kafka.common.protocol.Errors;

/**
 * Outcome of a read. The receiver owns one reference of {@link #slice} and must release it.
 *
 * @param error NONE, OFFSET_OUT_OF_RANGE, or CORRUPT_MESSAGE where the first batch does not match its checksum
 * @param slice the bytes; {@link FileSlice#EMPTY} when there are none below the bound or on an error
 * @param startOffset base offset of the first batch of the slice (not above the offset asked for, unless records are
 *     missing there); the offset asked for when the slice is empty
 * @param segmentBaseOffset segment of the slice; with {@code position} this measures the distance between offsets
 * @param position of the slice's first byte in its segment
 * @param logStartOffset first offset that may be read
 * @param logEndOffset offset of the next record
 * @param limited whether {@code maxBytes} kept batches of the segment below the bound out of the slice
 */
public record ReadResult(
        Errors error,
        FileSlice slice,
        long startOffset,
        long segmentBaseOffset,
        int position,
        long logStartOffset,
        long logEndOffset,
        boolean limited) {}
