package dev.weir.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;

/**
 * Describes single settings: value, type, and every place that gives a value, the one in force first.
 *
 * @param broker the broker's settings with their layers
 * @param withSynonyms whether the places are listed
 * @param withDocumentation whether the meaning is told
 */
record EntryBuilder(BrokerConfig broker, boolean withSynonyms, boolean withDocumentation) {
    /** A topic's or group's setting. */
    DescribeConfigsResourceResult resource(ResourceSetting setting, @Nullable String own, ConfigSource ownSource) {
        ConfigKey key = setting.key();
        List<DescribeConfigsSynonym> places = new ArrayList<>();
        if (own != null && Parsing.problem(key, own).isEmpty()) {
            places.add(place(key, own, ownSource));
        }
        places.addAll(
                places(setting.synonyms().stream().map(BrokerSynonym::name).toList()));
        return entry(key, Parsing.text(key, setting.effective(broker, own)), places, false);
    }

    /** A broker's setting with every layer. */
    DescribeConfigsResourceResult broker(String name) {
        ConfigKey key = BrokerSettings.ALL.key(name);
        Object value = broker.value(name);
        return entry(
                key,
                value == null ? null : Parsing.text(key, value),
                brokerPlaces(name, source -> true),
                !BrokerSettings.ALL.isLive(name));
    }

    /** What was altered for all brokers. */
    DescribeConfigsResourceResult allBrokers(String name) {
        ConfigKey key = BrokerSettings.ALL.key(name);
        return entry(
                key,
                broker.forAll().get(name),
                brokerPlaces(name, source -> source == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.id()),
                !BrokerSettings.ALL.isLive(name));
    }

    /** What was altered and has no effect here; the value is told of Kafka's own settings only. */
    DescribeConfigsResourceResult other(String name, String value, ConfigSource source) {
        boolean known = KafkaBrokerSettings.all().contains(name);
        boolean sensitive = !known || KafkaBrokerSettings.isSecret(name);
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(sensitive ? null : value)
                .setReadOnly(!known)
                .setIsSensitive(sensitive)
                .setConfigSource(source.id())
                .setConfigType(ConfigType.UNKNOWN.id());
    }

    private DescribeConfigsResourceResult entry(
            ConfigKey key, @Nullable String value, List<DescribeConfigsSynonym> places, boolean readOnly) {
        boolean sensitive = Parsing.isSensitive(key);
        return new DescribeConfigsResourceResult()
                .setName(key.name)
                .setValue(sensitive ? null : value)
                .setReadOnly(readOnly)
                .setIsSensitive(sensitive)
                .setConfigSource(
                        places.isEmpty()
                                ? ConfigSource.DEFAULT_CONFIG.id()
                                : places.get(0).source())
                .setSynonyms(withSynonyms ? places : List.of())
                .setConfigType(type(key).id())
                .setDocumentation(withDocumentation ? key.documentation : null);
    }

    /** As in Kafka, where the setting itself is unset nothing is listed, though a coarser setting may decide. */
    private List<DescribeConfigsSynonym> brokerPlaces(String name, Predicate<Byte> sources) {
        return places(TopicSettings.brokerSynonyms(name)).stream()
                .dropWhile(place -> !place.name().equals(name))
                .filter(place -> sources.test(place.source()))
                .toList();
    }

    private List<DescribeConfigsSynonym> places(List<String> names) {
        List<DescribeConfigsSynonym> places = new ArrayList<>();
        addPlaces(places, names, broker.forThis(), ConfigSource.DYNAMIC_BROKER_CONFIG);
        addPlaces(places, names, broker.forAll(), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        addPlaces(places, names, broker.given(), ConfigSource.STATIC_BROKER_CONFIG);
        for (String name : names) {
            ConfigKey key = BrokerSettings.ALL.key(name);
            if (key.defaultValue != null) {
                places.add(place(key, Parsing.text(key, key.defaultValue), ConfigSource.DEFAULT_CONFIG));
            }
        }
        return places;
    }

    private static void addPlaces(
            List<DescribeConfigsSynonym> places, List<String> names, Map<String, String> layer, ConfigSource source) {
        for (String name : names) {
            String value = layer.get(name);
            if (value != null) {
                places.add(place(BrokerSettings.ALL.key(name), value, source));
            }
        }
    }

    private static DescribeConfigsSynonym place(ConfigKey key, String value, ConfigSource source) {
        return new DescribeConfigsSynonym()
                .setName(key.name)
                .setValue(Parsing.isSensitive(key) ? null : value)
                .setSource(source.id());
    }

    private static ConfigType type(ConfigKey key) {
        return switch (key.type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
