package dev.weir.group.offset;

/** Names one committed offset. */
record OffsetKey(String groupId, String topic, int partition) {}
