/**
 * Record batches as bytes: their layout, the checks that a batch passes before it is appended, decompression within bounds,
 * and walking over records. Stateless; every class works on the caller's buffers.
 */
@NullMarked
package dev.weir.storage.batch;

import org.jspecify.annotations.NullMarked;
