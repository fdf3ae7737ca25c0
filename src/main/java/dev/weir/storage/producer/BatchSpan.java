package dev.weir.storage.producer;

import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/**
 * What is remembered of a batch that a producer appended, to know it again.
 *
 * @param lastSequence sequence of its last record; -1 where it had none
 * @param lastOffset offset of its last record
 * @param offsetDelta {@code lastOffset} minus the first offset
 * @param timestamp its largest time stamp, milliseconds
 */
public record BatchSpan(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
    /** Sequence of the first record. */
    public int firstSequence() {
        return DefaultRecordBatch.decrementSequence(lastSequence, offsetDelta);
    }

    /** Offset of the first record. */
    public long firstOffset() {
        return lastOffset - offsetDelta;
    }
}
