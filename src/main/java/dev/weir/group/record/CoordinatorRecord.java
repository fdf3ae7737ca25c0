package dev.weir.group.record;

import org.jspecify.annotations.Nullable;

/**
 * One record for {@code __consumer_offsets}, already in Kafka's own key and value schemas.
 *
 * @param key the schema version (two bytes) followed by the key's fields; never empty
 * @param value the schema version followed by the value's fields; null is a tombstone
 */
public record CoordinatorRecord(byte[] key, byte @Nullable [] value) {}
