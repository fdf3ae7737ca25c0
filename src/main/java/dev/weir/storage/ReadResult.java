package dev.weir.storage;

import org.apache.kafka.common.protocol.Errors;

/**
 * Outcome of a read. The receiver owns one reference of {@link #slice} and must release it.
 *
 * @param error NONE, OFFSET_OUT_OF_RANGE, or CORRUPT_MESSAGE if the first batch does not match its checksum
 * @param slice the bytes; {@link FileSlice#EMPTY} if there are none below the bound or on an error
 * @param limited whether {@code maxBytes} kept batches of the segment below the bound out of the slice
 */
public record ReadResult(Errors error, FileSlice slice, boolean limited) {}
