package dev.weir.storage.producer;

/**
 * One aborted transaction, an entry of {@code .txnindex}.
 *
 * @param firstOffset first offset of the transaction
 * @param lastOffset offset of the abort marker
 * @param lastStableOffset last stable offset after the abort
 */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
