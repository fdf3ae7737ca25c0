package dev.weir.controller;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ConfigDescriber;
import dev.weir.config.ConfigSchema;
import dev.weir.config.TopicSettings;
import dev.weir.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsResponse;

/** The rules of the declared settings. Holds the broker's given settings only; what was altered comes with each image. */
public final class SettingsConfigRules implements ConfigRules {
    private final BrokerConfig given;

    public SettingsConfigRules(BrokerConfig given) {
        this.given = given;
    }

    @Override
    public ApiError validate(ClusterImage image, ConfigResource resource, Map<String, String> settings) {
        return ConfigSchema.validate(altered(image), resource, settings);
    }

    @Override
    public boolean isList(ConfigResource.Type type, String name) {
        return ConfigSchema.isList(type, name);
    }

    @Override
    public Optional<String> defaultValue(ConfigResource.Type type, String name) {
        return ConfigSchema.defaultValue(type, name);
    }

    @Override
    public List<EffectiveConfig> effectiveTopicConfigs(ClusterImage image, Map<String, String> own) {
        return ConfigDescriber.topicEntries(altered(image), own).stream()
                .map(SettingsConfigRules::effective)
                .toList();
    }

    @Override
    public boolean allowsUncleanElection(ClusterImage image, String topic) {
        return TopicSettings.toLogConfig(altered(image), image.configs().ofTopic(topic))
                .uncleanLeaderElection();
    }

    @Override
    public int minInsyncReplicas(ClusterImage image, String topic) {
        return TopicSettings.toLogConfig(altered(image), image.configs().ofTopic(topic))
                .minInsyncReplicas();
    }

    private BrokerConfig altered(ClusterImage image) {
        return given.withDynamic(
                image.configs().ofAllBrokers(),
                image.configs().ofBroker(given.node().nodeId()));
    }

    private static EffectiveConfig effective(DescribeConfigsResourceResult entry) {
        return new EffectiveConfig(
                entry.name(),
                entry.value(),
                DescribeConfigsResponse.ConfigSource.forId(entry.configSource()),
                entry.readOnly(),
                entry.isSensitive());
    }
}
