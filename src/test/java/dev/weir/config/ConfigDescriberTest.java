package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigDescriberTest {
    private static final ConfigResource.Type TOPIC = ConfigResource.Type.TOPIC;
    private static final ConfigResource.Type BROKER = ConfigResource.Type.BROKER;

    private final Map<String, Map<String, String>> topics = new TreeMap<>(Map.of("plain", Map.of()));
    private final Map<String, Map<String, String>> groups = new TreeMap<>();
    private final Map<String, String> levels = new TreeMap<>(Map.of("root", "INFO", "dev.weir", "DEBUG"));
    private BrokerConfig broker = BrokerConfig.defaults();

    @Test
    void shouldDescribeEverySettingOfATopicSortedByName() {
        // when
        DescribeConfigsResult result = describe(TOPIC, "plain", null);

        // then
        assertThat(result.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .isSorted()
                .containsExactlyInAnyOrderElementsOf(TopicSettings.names());
        assertThat(result.configs()).allSatisfy(entry -> {
            assertThat(entry.configSource()).isEqualTo(ConfigSource.DEFAULT_CONFIG.id());
            assertThat(entry.synonyms().isEmpty())
                    .isEqualTo(
                            entry.name().startsWith("remote.") || entry.name().contains(".throttled."));
            assertThat(entry.documentation()).isNotBlank();
            assertThat(entry.readOnly()).isFalse();
            assertThat(entry.isSensitive()).isFalse();
        });
    }

    @Test
    void shouldShowAPolicyThatIsNamedTwiceOnce() {
        topics.put("twice", Map.of("cleanup.policy", "compact,compact"));

        DescribeConfigsResourceResult entry = only(describe(TOPIC, "twice", List.of("cleanup.policy")));

        assertThat(entry.value()).isEqualTo("compact");
    }

    @Test
    void shouldListEveryPlaceThatGivesATopicsValueTheOneInForceFirst() {
        // given
        broker = BrokerConfig.of(Map.of("log.retention.hours", "2", "log.retention.minutes", "60"))
                .withDynamic(Map.of("log.retention.ms", "30"), Map.of("log.retention.ms", "20"));
        topics.put("short", Map.of("retention.ms", "10"));

        // when
        DescribeConfigsResourceResult entry = only(describe(TOPIC, "short", List.of("retention.ms")));

        // then
        assertThat(entry.value()).isEqualTo("10");
        assertThat(entry.configType()).isEqualTo(ConfigType.LONG.id());
        assertThat(places(entry))
                .containsExactly(
                        "TOPIC_CONFIG:retention.ms=10",
                        "DYNAMIC_BROKER_CONFIG:log.retention.ms=20",
                        "DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=30",
                        "STATIC_BROKER_CONFIG:log.retention.minutes=60",
                        "STATIC_BROKER_CONFIG:log.retention.hours=2",
                        "DEFAULT_CONFIG:log.retention.hours=168");
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.hours=2, 7200000, STATIC_BROKER_CONFIG",
        "log.retention.hours=2;log.retention.ms=5, 5, STATIC_BROKER_CONFIG",
        "node.id=1, 604800000, DEFAULT_CONFIG"
    })
    void shouldNameTheSourceOfATopicsValue(String given, String value, ConfigSource source) {
        // given
        Map<String, String> settings = new TreeMap<>();
        for (String entry : given.split(";")) {
            settings.put(entry.split("=")[0], entry.split("=")[1]);
        }
        broker = BrokerConfig.of(settings);

        // when
        DescribeConfigsResourceResult entry = only(describe(TOPIC, "plain", List.of("retention.ms")));

        // then
        assertThat(entry.value()).isEqualTo(value);
        assertThat(entry.configSource()).isEqualTo(source.id());
    }

    @Test
    void shouldDescribeThisBrokerWithReadOnlyAndLiveSettings() {
        // given
        broker = BrokerConfig.of(Map.of("num.partitions", "3")).withDynamic(Map.of("max.connections", "7"), Map.of());

        // when
        DescribeConfigsResult result = describe(BROKER, "1", null);

        // then
        assertThat(result.configs())
                .hasSameSizeAs(BrokerSettings.ALL.definitions().names());
        DescribeConfigsResourceResult partitions = named(result.configs(), "num.partitions");
        assertThat(partitions.value()).isEqualTo("3");
        assertThat(partitions.readOnly()).isTrue();
        assertThat(places(partitions))
                .containsExactly("STATIC_BROKER_CONFIG:num.partitions=3", "DEFAULT_CONFIG:num.partitions=1");
        DescribeConfigsResourceResult connections = named(result.configs(), "max.connections");
        assertThat(connections.value()).isEqualTo("7");
        assertThat(connections.readOnly()).isFalse();
        assertThat(connections.configSource()).isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.id());
        DescribeConfigsResourceResult unset = named(result.configs(), "log.retention.ms");
        assertThat(unset.value()).isNull();
        assertThat(unset.synonyms()).isEmpty();
    }

    @Test
    void shouldDescribeOfAllBrokersOnlyWhatWasAlteredForAll() {
        // given
        broker = BrokerConfig.of(Map.of("max.connections", "5"))
                .withDynamic(Map.of("max.connections", "7"), Map.of("max.connections", "9", "compression.type", "lz4"));

        // when
        DescribeConfigsResourceResult entry = only(describe(BROKER, "", null));

        // then
        assertThat(entry.name()).isEqualTo("max.connections");
        assertThat(entry.value()).isEqualTo("7");
        assertThat(places(entry)).containsExactly("DYNAMIC_DEFAULT_BROKER_CONFIG:max.connections=7");
    }

    @Test
    void shouldShowWhatIsKeptWithoutEffect() {
        // given
        broker = BrokerConfig.defaults()
                .withDynamic(
                        Map.of("num.replica.fetchers", "2", "my.plugin", "a"),
                        Map.of("num.replica.fetchers", "3", "ssl.key.password", "b"));

        // when
        List<String> all = describe(BROKER, "", null).configs().stream()
                .map(entry -> entry.name() + "=" + entry.value())
                .toList();
        List<String> own =
                describe(BROKER, "1", List.of("num.replica.fetchers", "my.plugin", "ssl.key.password"))
                        .configs()
                        .stream()
                        .map(entry -> entry.name() + "=" + entry.value())
                        .toList();

        // then: the value is not shown of what may be secret
        assertThat(all).containsExactly("my.plugin=null", "num.replica.fetchers=2");
        assertThat(own).containsExactly("my.plugin=null", "num.replica.fetchers=3", "ssl.key.password=null");
    }

    @Test
    void shouldDescribeAGroup() {
        // given
        groups.put("readers", Map.of("consumer.session.timeout.ms", "50000"));

        // when
        DescribeConfigsResult result = describe(ConfigResource.Type.GROUP, "readers", null);

        // then
        assertThat(places(named(result.configs(), "consumer.session.timeout.ms")))
                .containsExactly(
                        "GROUP_CONFIG:consumer.session.timeout.ms=50000",
                        "DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000");
        assertThat(places(named(result.configs(), "consumer.heartbeat.interval.ms")))
                .containsExactly("DEFAULT_CONFIG:group.consumer.heartbeat.interval.ms=5000");
    }

    @Test
    void shouldDescribeTheLogLevels() {
        // when
        DescribeConfigsResult result = describe(ConfigResource.Type.BROKER_LOGGER, "1", List.of("dev.weir"));

        // then
        assertThat(only(result).value()).isEqualTo("DEBUG");
        assertThat(only(result).configSource()).isEqualTo(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TOPIC|none|UNKNOWN_TOPIC_OR_PARTITION|",
                "TOPIC|a/b|INVALID_TOPIC_EXCEPTION|Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
                "TOPIC|''|INVALID_TOPIC_EXCEPTION|Topic name is invalid: the empty string is not allowed",
                "BROKER|2|INVALID_REQUEST|Unexpected broker id, expected 1 or empty string, but received 2",
                "BROKER|one|INVALID_REQUEST|Broker id must be an integer, but it is: one",
                "BROKER_LOGGER|''|INVALID_REQUEST|Broker id must not be empty",
                "BROKER_LOGGER|2|INVALID_REQUEST|Unexpected broker id, expected 1 but received 2",
                "GROUP|''|INVALID_REQUEST|Group name must not be empty",
                "UNKNOWN|x|INVALID_REQUEST|Unsupported resource type: 0",
                "CLIENT_METRICS|x|INVALID_REQUEST|Unsupported resource type: 16"
            })
    void shouldAnswerWhatCanNotBeDescribed(
            ConfigResource.Type type, String name, Errors error, @Nullable String message) {
        // when
        DescribeConfigsResult result = describe(type, name, null);

        // then
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(error);
        assertThat(result.errorMessage()).isEqualTo(message);
        assertThat(result.configs()).isEmpty();
        assertThat(result.resourceName()).isEqualTo(name);
        assertThat(result.resourceType()).isEqualTo(type.id());
    }

    @Test
    void shouldTakeAnEmptyListOfKeysForAll() {
        assertThat(describe(TOPIC, "plain", List.of()).configs()).hasSameSizeAs(TopicSettings.names());
    }

    @Test
    void shouldLeaveOutSynonymsAndDocumentationUnlessAskedFor() {
        // when
        DescribeConfigsResult result = describer()
                .describe(new DescribeConfigsRequestData().setResources(List.of(resource(TOPIC, "plain", null))))
                .get(0);

        // then
        assertThat(result.configs()).allSatisfy(entry -> {
            assertThat(entry.synonyms()).isEmpty();
            assertThat(entry.documentation()).isNull();
        });
    }

    @Test
    void shouldFitEveryVersionOfTheResponse() {
        // given
        DescribeConfigsResponseData response = new DescribeConfigsResponseData()
                .setResults(List.of(describe(BROKER, "1", null), describe(TOPIC, "plain", null)));

        // when / then
        for (short version : ApiKeys.DESCRIBE_CONFIGS.allVersions()) {
            assertThat(MessageUtil.toByteBufferAccessor(response, version)
                            .buffer()
                            .remaining())
                    .isPositive();
        }
    }

    @Test
    void shouldGiveTheEntriesOfANewTopic() {
        // when
        List<DescribeConfigsResourceResult> entries =
                ConfigDescriber.topicEntries(broker, Map.of("cleanup.policy", "compact"));

        // then
        assertThat(entries).hasSameSizeAs(TopicSettings.names());
        assertThat(named(entries, "cleanup.policy").value()).isEqualTo("compact");
        assertThat(named(entries, "cleanup.policy").configSource()).isEqualTo(ConfigSource.TOPIC_CONFIG.id());
    }

    private DescribeConfigsResult describe(ConfigResource.Type type, String name, @Nullable List<String> keys) {
        return describer()
                .describe(new DescribeConfigsRequestData()
                        .setIncludeSynonyms(true)
                        .setIncludeDocumentation(true)
                        .setResources(List.of(resource(type, name, keys))))
                .get(0);
    }

    private ConfigDescriber describer() {
        ResourceConfigs configs = new ResourceConfigs() {
            @Override
            public Optional<Map<String, String>> ofTopic(String topic) {
                return Optional.ofNullable(topics.get(topic));
            }

            @Override
            public Map<String, String> ofGroup(String group) {
                return groups.getOrDefault(group, Map.of());
            }
        };
        return new ConfigDescriber(broker, configs, new FakeLevels(levels));
    }

    private static DescribeConfigsResource resource(
            ConfigResource.Type type, String name, @Nullable List<String> keys) {
        return new DescribeConfigsResource()
                .setResourceType(type.id())
                .setResourceName(name)
                .setConfigurationKeys(keys);
    }

    private static DescribeConfigsResourceResult only(DescribeConfigsResult result) {
        assertThat(result.configs()).hasSize(1);
        return result.configs().get(0);
    }

    private static DescribeConfigsResourceResult named(List<DescribeConfigsResourceResult> entries, String name) {
        return entries.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no entry for " + name));
    }

    private static List<String> places(DescribeConfigsResourceResult entry) {
        return entry.synonyms().stream()
                .map(place -> ConfigSource.forId(place.source()) + ":" + place.name() + "=" + place.value())
                .toList();
    }
}
