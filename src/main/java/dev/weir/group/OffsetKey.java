package dev.weir.group;

/** Names one committed offset. */
record OffsetKey(String groupId, String topic, int partition) {}
