package dev.weir.group.record;

import org.apache.kafka.common.Uuid;

/**
 * An offset as committed.
 *
 * @param offset the next offset to read
 * @param leaderEpoch of the last record read, or -1
 * @param metadata the client's own words, never null
 * @param commitTimestampMs when it was committed, milliseconds since 1970
 * @param expireTimestampMs when it expires by itself (only very old clients say so), or -1
 * @param topicId the topic's id, or zero where unknown
 */
public record CommittedOffset(
        long offset, int leaderEpoch, String metadata, long commitTimestampMs, long expireTimestampMs, Uuid topicId) {}
