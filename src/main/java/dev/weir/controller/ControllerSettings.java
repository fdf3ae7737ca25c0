package dev.weir.controller;

import dev.weir.metadata.record.FeatureRange;
import java.util.List;

/**
 * The settings that decisions depend on.
 *
 * @param defaultPartitions {@code num.partitions}: of a topic that names no number
 * @param defaultReplicationFactor {@code default.replication.factor}: of a topic that names none
 * @param deleteTopics {@code delete.topic.enable}: whether topics may be deleted at all
 * @param features the levels that this version can run at; a new cluster begins with the highest of each
 */
public record ControllerSettings(
        int defaultPartitions, short defaultReplicationFactor, boolean deleteTopics, List<FeatureRange> features) {
    public ControllerSettings {
        features = List.copyOf(features);
    }
}
