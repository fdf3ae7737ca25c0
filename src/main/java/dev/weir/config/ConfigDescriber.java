package dev.weir.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Answers DescribeConfigs for one broker. Pure: the same arguments give the same answer. */
public final class ConfigDescriber {
    private final BrokerConfig broker;
    private final ResourceConfigs configs;
    private final LoggerLevels loggers;

    /**
     * @param broker this broker's settings, altered ones included
     * @param configs what was set for topics and groups
     * @param loggers this process's log levels
     */
    public ConfigDescriber(BrokerConfig broker, ResourceConfigs configs, LoggerLevels loggers) {
        this.broker = broker;
        this.configs = configs;
        this.loggers = loggers;
    }

    /** One result for each resource of the request, in its order. */
    public List<DescribeConfigsResult> describe(DescribeConfigsRequestData request) {
        EntryBuilder entries = new EntryBuilder(broker, request.includeSynonyms(), request.includeDocumentation());
        List<DescribeConfigsResult> results =
                new ArrayList<>(request.resources().size());
        for (DescribeConfigsResource resource : request.resources()) {
            results.add(describe(resource, entries)
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName()));
        }
        return results;
    }

    /** Every setting of a topic that has these values of its own, by name; for the answer to CreateTopics. */
    public static List<DescribeConfigsResourceResult> topicEntries(BrokerConfig broker, Map<String, String> own) {
        EntryBuilder entries = new EntryBuilder(broker, false, false);
        return resourceEntries(TopicSettings.sorted(), own, ConfigSource.TOPIC_CONFIG, entries, name -> true);
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, EntryBuilder entries) {
        Predicate<String> wanted = resource.configurationKeys() == null
                        || resource.configurationKeys().isEmpty()
                ? name -> true
                : resource.configurationKeys()::contains;
        String name = resource.resourceName();
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> describeTopic(name, wanted, entries);
            case BROKER -> describeBroker(name, wanted, entries);
            case BROKER_LOGGER -> describeLoggers(name, wanted);
            case GROUP ->
                name.isEmpty()
                        ? failure(Errors.INVALID_REQUEST, "Group name must not be empty")
                        : success(resourceEntries(
                                GroupSettings.sorted(),
                                configs.ofGroup(name),
                                ConfigSource.GROUP_CONFIG,
                                entries,
                                wanted));
            case CLIENT_METRICS, UNKNOWN ->
                failure(Errors.INVALID_REQUEST, "Unsupported resource type: " + resource.resourceType());
        };
    }

    private DescribeConfigsResult describeTopic(String topic, Predicate<String> wanted, EntryBuilder entries) {
        try {
            Topic.validate(topic);
        } catch (InvalidTopicException e) {
            return failure(Errors.INVALID_TOPIC_EXCEPTION, e.getMessage());
        }
        Optional<Map<String, String>> own = configs.ofTopic(topic);
        return own.isEmpty()
                ? failure(Errors.UNKNOWN_TOPIC_OR_PARTITION, null)
                : success(
                        resourceEntries(TopicSettings.sorted(), own.get(), ConfigSource.TOPIC_CONFIG, entries, wanted));
    }

    private DescribeConfigsResult describeBroker(String id, Predicate<String> wanted, EntryBuilder entries) {
        if (id.isEmpty()) {
            return success(Stream.concat(
                            broker.forAll().keySet().stream().filter(wanted).map(entries::allBrokers),
                            others(broker.otherForAll(), wanted, entries, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG))
                    .sorted(Comparator.comparing(DescribeConfigsResourceResult::name))
                    .toList());
        }
        Optional<String> problem =
                thisBroker(id, "Unexpected broker id, expected " + nodeId() + " or empty string, but received ");
        return problem.isEmpty()
                ? success(Stream.of(
                                BrokerSettings.ALL.definitions().names().stream()
                                        .filter(wanted)
                                        .map(entries::broker),
                                others(broker.otherForThis(), wanted, entries, ConfigSource.DYNAMIC_BROKER_CONFIG),
                                others(
                                        broker.otherForAll(),
                                        name -> wanted.test(name)
                                                && !broker.otherForThis().containsKey(name),
                                        entries,
                                        ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG))
                        .flatMap(entry -> entry)
                        .sorted(Comparator.comparing(DescribeConfigsResourceResult::name))
                        .toList())
                : failure(Errors.INVALID_REQUEST, problem.get());
    }

    private static Stream<DescribeConfigsResourceResult> others(
            Map<String, String> altered, Predicate<String> wanted, EntryBuilder entries, ConfigSource source) {
        return altered.entrySet().stream()
                .filter(entry -> wanted.test(entry.getKey()))
                .map(entry -> entries.other(entry.getKey(), entry.getValue(), source));
    }

    private DescribeConfigsResult describeLoggers(String id, Predicate<String> wanted) {
        Optional<String> problem = id.isEmpty()
                ? Optional.of("Broker id must not be empty")
                : thisBroker(id, "Unexpected broker id, expected " + nodeId() + " but received ");
        if (problem.isPresent()) {
            return failure(Errors.INVALID_REQUEST, problem.get());
        }
        List<DescribeConfigsResourceResult> found = new ArrayList<>();
        new TreeMap<>(loggers.levels()).forEach((name, level) -> {
            if (wanted.test(name)) {
                found.add(new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(level)
                        .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id()));
            }
        });
        return success(found);
    }

    private Optional<String> thisBroker(String id, String unexpected) {
        try {
            return Integer.parseInt(id) == nodeId() ? Optional.empty() : Optional.of(unexpected + id);
        } catch (NumberFormatException e) {
            return Optional.of("Broker id must be an integer, but it is: " + id);
        }
    }

    private int nodeId() {
        return broker.node().nodeId();
    }

    private static List<DescribeConfigsResourceResult> resourceEntries(
            List<ResourceSetting> settings,
            Map<String, String> own,
            ConfigSource source,
            EntryBuilder entries,
            Predicate<String> wanted) {
        return settings.stream()
                .filter(setting -> wanted.test(setting.key().name))
                .map(setting -> entries.resource(setting, own.get(setting.key().name), source))
                .toList();
    }

    private static DescribeConfigsResult success(List<DescribeConfigsResourceResult> entries) {
        return new DescribeConfigsResult().setErrorCode(Errors.NONE.code()).setConfigs(entries);
    }

    private static DescribeConfigsResult failure(Errors error, @Nullable String message) {
        return new DescribeConfigsResult()
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setConfigs(List.of());
    }
}
