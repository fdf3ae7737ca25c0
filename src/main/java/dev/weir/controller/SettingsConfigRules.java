package dev.weir.controller;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ConfigDescriber;
import dev.weir.config.ConfigSchema;
import dev.weir.config.TopicSettings;
import dev.weir.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the declared settings. Holds the broker's given settings; what was altered comes with each image, and is kept read
 * until it differs.
 */
public final class SettingsConfigRules implements ConfigRules {
    private final BrokerConfig given;
    private volatile @Nullable Altered newest;

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
        return TopicSettings.uncleanLeaderElection(
                altered(image), image.configs().ofTopic(topic));
    }

    @Override
    public int minInsyncReplicas(ClusterImage image, String topic) {
        return TopicSettings.minInsyncReplicas(altered(image), image.configs().ofTopic(topic));
    }

    @Override
    public OptionalInt internalReplicationFactor(String topic) {
        return topic.equals(Topic.GROUP_METADATA_TOPIC_NAME)
                ? given.offsets().topicReplicationFactor()
                : OptionalInt.empty();
    }

    /** A large decision asks for each topic. */
    private BrokerConfig altered(ClusterImage image) {
        Altered known = newest;
        Map<String, String> forAll = image.configs().ofAllBrokers();
        Map<String, String> forThis = image.configs().ofBroker(given.node().nodeId());
        if (known == null || !known.isOf(forAll, forThis)) {
            known = new Altered(forAll, forThis, given.withDynamic(forAll, forThis));
            newest = known;
        }
        return known.config;
    }

    /** The broker's settings with those altered in an image. */
    private record Altered(Map<String, String> forAll, Map<String, String> forThis, BrokerConfig config) {
        boolean isOf(Map<String, String> all, Map<String, String> own) {
            return forAll.equals(all) && forThis.equals(own);
        }
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
