package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** CreateTopics: names, settings, partitions and replicas of new topics. Stateless. */
final class TopicCreation {
    /** The most partitions that one request may create. */
    static final int MAX_PARTITIONS = 10_000;

    private final ControllerSettings settings;
    private final ConfigRules rules;
    private final InternalReplicas internal;

    TopicCreation(ControllerSettings settings, ConfigRules rules) {
        this.settings = settings;
        this.rules = rules;
        internal = new InternalReplicas(rules);
    }

    /** @param voters of the metadata quorum, by which internal topics have replicas */
    ControllerResult<CreateTopicsResponseData> create(
            ClusterImage image, CreateTopicsRequestData request, RandomSource random, int voters) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> duplicates = new LinkedHashSet<>();
        request.topics().stream()
                .map(CreatableTopic::name)
                .filter(name -> !names.add(name))
                .forEach(duplicates::add);
        List<CreatableTopic> topics = request.topics().stream()
                .filter(topic -> !duplicates.contains(topic.name()))
                .toList();
        if (topics.stream().mapToLong(this::partitions).sum() > MAX_PARTITIONS) {
            return refuseAll(names, "Excessively large number of partitions per request.");
        }
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        List<MetadataRecord> records = new ArrayList<>();
        ClusterImage created = image;
        for (CreatableTopic topic : topics) {
            Result<ControllerResult<CreatableTopicResult>> decided = createOne(created, topic, random, voters);
            if (decided.isRefused()) {
                response.topics().add(refused(topic.name(), decided.error()));
                continue;
            }
            response.topics().add(decided.get().response());
            records.addAll(decided.get().records());
            created = created.apply(decided.get().records().get(0));
            if (records.size() > ControllerResult.MAX_RECORDS) {
                return refuseAll(names, "Unable to perform excessively large batch operation.");
            }
        }
        duplicates.forEach(name ->
                response.topics().add(refused(name, new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name."))));
        ControllerResult<CreateTopicsResponseData> result = new ControllerResult<>(records, response);
        return request.validateOnly() ? result.withoutRecords() : result;
    }

    private Result<ControllerResult<CreatableTopicResult>> createOne(
            ClusterImage image, CreatableTopic topic, RandomSource random, int voters) {
        ApiError error = TopicNames.check(image, topic.name());
        Map<String, String> configs = new TreeMap<>();
        if (error.isSuccess()) {
            error = readConfigs(image, topic, configs);
        }
        if (error.isFailure()) {
            return Result.refused(error);
        }
        return TopicPlan.of(image, topic, settings, random, internal.of(topic.name(), voters))
                .flatMap(plan -> Result.of(decide(image, topic.name(), configs, plan, random.newId())));
    }

    private ApiError readConfigs(ClusterImage image, CreatableTopic topic, Map<String, String> configs) {
        for (CreateTopicsRequestData.CreatableTopicConfig config : topic.configs()) {
            if (config.value() == null) {
                return new ApiError(
                        Errors.INVALID_CONFIG, "Null value not supported for topic configs: " + config.name());
            }
            configs.put(config.name(), config.value());
        }
        ApiError error = ConfigEdit.checkSizes(configs);
        return error.isFailure() ? error : rules.validate(image, resource(topic.name()), configs);
    }

    private ControllerResult<CreatableTopicResult> decide(
            ClusterImage image, String name, Map<String, String> configs, List<List<Integer>> plan, Uuid id) {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new TopicRecord(name, id));
        configs.forEach((key, value) -> records.add(new ConfigRecord(resource(name), key, value)));
        for (int i = 0; i < plan.size(); i++) {
            records.add(NewPartitions.record(image, id, i, plan.get(i), NewPartitions.liveOf(image, plan.get(i))));
        }
        CreatableTopicResult result = new CreatableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setNumPartitions(plan.size())
                .setReplicationFactor((short) plan.get(0).size())
                .setErrorMessage(null)
                .setConfigs(effective(image, configs));
        return new ControllerResult<>(records, result);
    }

    private List<CreatableTopicConfigs> effective(ClusterImage image, Map<String, String> configs) {
        return rules.effectiveTopicConfigs(image, configs).stream()
                .map(config -> new CreatableTopicConfigs()
                        .setName(config.name())
                        .setValue(config.sensitive() ? null : config.value())
                        .setReadOnly(config.readOnly())
                        .setConfigSource(config.source().id())
                        .setIsSensitive(config.sensitive()))
                .toList();
    }

    private int partitions(CreatableTopic topic) {
        return Math.max(TopicPlan.partitions(topic, settings), 0);
    }

    private static ControllerResult<CreateTopicsResponseData> refuseAll(Set<String> names, String message) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        names.forEach(name -> response.topics().add(refused(name, new ApiError(Errors.POLICY_VIOLATION, message))));
        return ControllerResult.unchanged(response);
    }

    private static CreatableTopicResult refused(String name, ApiError error) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
