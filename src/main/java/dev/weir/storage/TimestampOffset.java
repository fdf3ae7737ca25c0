package dev.weir.storage;

/**
 * Where a timestamp was found.
 *
 * @param timestamp of the record, in milliseconds
 * @param offset of the record
 * @param leaderEpoch of its batch, -1 when unknown
 */
public record TimestampOffset(long timestamp, long offset, int leaderEpoch) {}
