package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** Knows {@code cleanup.policy} (a list), {@code retention.ms}, {@code unclean.leader.election.enable}, {@code min.insync.replicas}. */
final class FakeConfigRules implements ConfigRules {
    private static final Map<String, String> DEFAULTS = Map.of(
            "cleanup.policy", "delete",
            "retention.ms", "1000",
            "unclean.leader.election.enable", "false",
            "min.insync.replicas", "1");

    @Override
    public ApiError validate(ClusterImage image, ConfigResource resource, Map<String, String> settings) {
        return settings.keySet().stream()
                .filter(name -> !DEFAULTS.containsKey(name))
                .findFirst()
                .map(name -> new ApiError(Errors.INVALID_CONFIG, "Unknown topic config name: " + name))
                .orElse(ApiError.NONE);
    }

    @Override
    public boolean isList(ConfigResource.Type type, String name) {
        return name.equals("cleanup.policy");
    }

    @Override
    public Optional<String> defaultValue(ConfigResource.Type type, String name) {
        return Optional.ofNullable(DEFAULTS.get(name));
    }

    @Override
    public List<EffectiveConfig> effectiveTopicConfigs(ClusterImage image, Map<String, String> own) {
        return DEFAULTS.keySet().stream()
                .sorted()
                .map(name -> new EffectiveConfig(
                        name,
                        own.getOrDefault(name, DEFAULTS.getOrDefault(name, "")),
                        own.containsKey(name) ? ConfigSource.TOPIC_CONFIG : ConfigSource.DEFAULT_CONFIG,
                        false,
                        false))
                .toList();
    }

    @Override
    public boolean allowsUncleanElection(ClusterImage image, String topic) {
        return "true".equals(image.configs().ofTopic(topic).get("unclean.leader.election.enable"));
    }

    @Override
    public int minInsyncReplicas(ClusterImage image, String topic) {
        String ofAll = image.configs().ofAllBrokers().getOrDefault("min.insync.replicas", "1");
        return Integer.parseInt(image.configs().ofTopic(topic).getOrDefault("min.insync.replicas", ofAll));
    }

    @Override
    public OptionalInt internalReplicationFactor(String topic) {
        return OptionalInt.empty();
    }
}
