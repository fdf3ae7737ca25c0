package dev.weir.controller;

import java.util.Map;

/**
 * The settings that decisions depend on.
 *
 * @param defaultPartitions {@code num.partitions}: of a topic that names no number
 * @param defaultReplicationFactor {@code default.replication.factor}: of a topic that names none
 * @param deleteTopics {@code delete.topic.enable}: whether topics may be deleted at all
 * @param replicating whether brokers copy records from each other; if not, a partition has one replica and stays with it
 * @param features the feature levels with which a new cluster begins
 */
public record ControllerSettings(
        int defaultPartitions,
        short defaultReplicationFactor,
        boolean deleteTopics,
        boolean replicating,
        Map<String, Short> features) {
    public ControllerSettings {
        features = Map.copyOf(features);
    }
}
