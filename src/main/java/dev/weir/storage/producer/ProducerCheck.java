package dev.weir.storage.producer;

import org.apache.kafka.common.protocol.Errors;

/** Whether a batch fits its producer's history. */
public sealed interface ProducerCheck {
    /** It comes next, or has no producer: append it. */
    record Ok() implements ProducerCheck {}

    /**
     * It is in the log already: answer as the first time and append nothing.
     *
     * @param baseOffset its first offset in the log
     * @param lastOffset its last offset; the answer to acks=all waits for it
     * @param timestamp its largest time stamp, the append time where the log keeps that
     */
    record Duplicate(long baseOffset, long lastOffset, long timestamp) implements ProducerCheck {}

    /** It does not fit: refuse it. */
    record Rejected(Errors error, String message) implements ProducerCheck {}

    /** The one {@link Ok}. */
    ProducerCheck OK = new Ok();
}
