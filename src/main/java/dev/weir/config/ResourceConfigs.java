package dev.weir.config;

import java.util.Map;
import java.util.Optional;

/** What has been set for topics and groups, as one moment of the cluster's metadata knows it. */
public interface ResourceConfigs {
    /** The topic's own values as text by name; empty if there is no such topic. */
    Optional<Map<String, String>> ofTopic(String topic);

    /** The group's own values as text by name; an empty map for a group without any, known or not. */
    Map<String, String> ofGroup(String group);
}
