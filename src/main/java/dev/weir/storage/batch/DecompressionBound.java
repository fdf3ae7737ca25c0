package dev.weir.storage.batch;

import dev.weir.config.LogConfig;

/**
 * How large the records of one batch may become, in bytes: a small batch can claim to hold anything. What is accepted bounds
 * the memory of everyone who reads it later.
 */
public final class DecompressionBound {
    /** What any batch may come to. */
    static final int ACCEPTED_BYTES = 64 << 20;

    /** Batches on disk may have been accepted under other rules, by other brokers. */
    private static final int STORED_BYTES = 256 << 20;

    private DecompressionBound() {}

    /** Of a batch that a producer sends. */
    static int ofAccepted(int bound, LogConfig config) {
        return Math.max(bound, config.maxMessageBytes());
    }

    /** Of a batch that is in the log. */
    public static int ofStored(LogConfig config) {
        return Math.max(STORED_BYTES, config.maxMessageBytes());
    }
}
