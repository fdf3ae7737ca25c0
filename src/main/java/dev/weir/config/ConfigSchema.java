package dev.weir.config;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** What may be set for topics, groups and brokers while the cluster runs. Pure. */
public final class ConfigSchema {
    private ConfigSchema() {}

    /**
     * Checks all settings of one resource as they would stand after a change. The resource's name and existence are not
     * looked at, but that an empty broker name means every broker.
     *
     * @param broker the settings under those of the resource, altered ones included
     * @return {@link ApiError#NONE}; for topics and groups INVALID_CONFIG and for brokers INVALID_REQUEST, as in Kafka, with
     *     the reason in one line
     */
    public static ApiError validate(BrokerConfig broker, ConfigResource resource, Map<String, String> settings) {
        return switch (resource.type()) {
            case TOPIC -> error(Errors.INVALID_CONFIG, TopicSettings.problem(broker, settings));
            case GROUP -> error(Errors.INVALID_CONFIG, GroupSettings.problem(broker, settings));
            case BROKER -> error(Errors.INVALID_REQUEST, brokerProblem(broker, resource.name(), settings));
            case BROKER_LOGGER, CLIENT_METRICS, UNKNOWN ->
                new ApiError(Errors.INVALID_REQUEST, "settings of type " + resource.type() + " are not stored");
        };
    }

    /** Whether a setting is a list, to which values can be appended. */
    public static boolean isList(ConfigResource.Type type, String name) {
        ConfigKey key = key(type, name);
        return key != null && key.type == ConfigDef.Type.LIST;
    }

    /** The declared default as text; empty where the setting isn't known or has none. */
    public static Optional<String> defaultValue(ConfigResource.Type type, String name) {
        ConfigKey key = key(type, name);
        return key == null || key.defaultValue == null
                ? Optional.empty()
                : Optional.of(Parsing.text(key, key.defaultValue));
    }

    private static @Nullable ConfigKey key(ConfigResource.Type type, String name) {
        ResourceSetting setting =
                switch (type) {
                    case TOPIC -> TopicSettings.find(name);
                    case GROUP -> GroupSettings.find(name);
                    case BROKER, BROKER_LOGGER, CLIENT_METRICS, UNKNOWN -> null;
                };
        if (setting != null) {
            return setting.key();
        }
        boolean isBroker = type == ConfigResource.Type.BROKER && BrokerSettings.ALL.isKnown(name);
        return isBroker ? BrokerSettings.ALL.key(name) : null;
    }

    private static Optional<String> brokerProblem(BrokerConfig broker, String id, Map<String, String> settings) {
        for (Map.Entry<String, String> entry : settings.entrySet()) {
            String name = entry.getKey();
            if (!BrokerSettings.ALL.isKnown(name)) {
                Optional<String> refused = OtherSettings.problem(name);
                if (refused.isPresent()) {
                    return refused;
                }
                continue;
            }
            if (!BrokerSettings.ALL.isLive(name) && !KafkaBrokerSettings.isLive(name)) {
                return Optional.of(OtherSettings.notLive(name));
            }
            Optional<String> problem = Parsing.problem(BrokerSettings.ALL.key(name), entry.getValue());
            if (problem.isPresent()) {
                return problem;
            }
        }
        BrokerConfig after = id.isEmpty()
                ? broker.withDynamic(settings, broker.forThis())
                : broker.withDynamic(broker.forAll(), settings);
        return Consistency.problem(after);
    }

    private static ApiError error(Errors error, Optional<String> problem) {
        return problem.map(why -> new ApiError(error, why)).orElse(ApiError.NONE);
    }
}
