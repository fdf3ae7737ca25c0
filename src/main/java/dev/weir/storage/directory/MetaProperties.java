package dev.weir.storage.directory;

import org.apache.kafka.common.Uuid;

/** Content of {@code meta.properties} (version 1): to whom a log directory belongs. */
public record MetaProperties(String clusterId, int nodeId, Uuid directoryId) {}
