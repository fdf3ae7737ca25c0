package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.requests.ApiError;

/** What the controller needs to know of the settings that it stores. Pure: the same question has the same answer. */
public interface ConfigRules {
    /**
     * Checks all settings of one resource as they would stand after a change.
     *
     * @param image holds the dynamic settings of the brokers
     * @return {@link ApiError#NONE}, or what is wrong: an unknown name, a value out of bounds, two that do not go together
     */
    ApiError validate(ClusterImage image, ConfigResource resource, Map<String, String> settings);

    /** Whether a setting is a list, to which values can be appended. */
    boolean isList(ConfigResource.Type type, String name);

    /** The value of a setting that is not set, as text; empty where it is unknown or has none. */
    Optional<String> defaultValue(ConfigResource.Type type, String name);

    /**
     * Every setting of a topic and where its value comes from, sorted by name.
     *
     * @param image holds the dynamic settings of the brokers
     * @param own the topic's own settings
     */
    List<EffectiveConfig> effectiveTopicConfigs(ClusterImage image, Map<String, String> own);

    /** Whether a replica out of sync may become the leader of this topic's partitions when no other is left. */
    boolean allowsUncleanElection(ClusterImage image, String topic);

    /** How many replicas of this topic's partitions must be in sync, so that more can be committed; at least 1. */
    int minInsyncReplicas(ClusterImage image, String topic);

    /** How many replicas an internal topic is to have; empty where nobody has said. */
    OptionalInt internalReplicationFactor(String topic);
}
