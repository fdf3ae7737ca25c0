package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** AlterConfigs and IncrementalAlterConfigs: each resource succeeds or fails for itself. Stateless. */
final class AlterConfigs {
    private final ConfigRules rules;
    private final ConfigChanges changes;

    AlterConfigs(ConfigRules rules) {
        this.rules = rules;
        changes = new ConfigChanges(rules);
    }

    ControllerResult<IncrementalAlterConfigsResponseData> incremental(
            ClusterImage image, IncrementalAlterConfigsRequestData request) {
        Batch batch = new Batch();
        request.resources().forEach(r -> batch.expect(r.resourceType(), r.resourceName()));
        for (IncrementalAlterConfigsRequestData.AlterConfigsResource r : request.resources()) {
            batch.decide(r.resourceType(), r.resourceName(), () -> edits(r).flatMap(
                            e -> changes.edit(image, resource(r.resourceType(), r.resourceName()), e)));
        }
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
        batch.outcomes().forEach(o -> response.responses()
                .add(new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                        .setResourceType(o.type)
                        .setResourceName(o.name)
                        .setErrorCode(o.error.error().code())
                        .setErrorMessage(o.error.message())));
        return new ControllerResult<>(request.validateOnly() ? List.of() : records(image, batch), response);
    }

    ControllerResult<AlterConfigsResponseData> replacing(ClusterImage image, AlterConfigsRequestData request) {
        Batch batch = new Batch();
        request.resources().forEach(r -> batch.expect(r.resourceType(), r.resourceName()));
        for (AlterConfigsRequestData.AlterConfigsResource r : request.resources()) {
            batch.decide(r.resourceType(), r.resourceName(), () -> settings(r)
                    .flatMap(s -> changes.replace(image, resource(r.resourceType(), r.resourceName()), s)));
        }
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        batch.outcomes().forEach(o -> response.responses()
                .add(new AlterConfigsResourceResponse()
                        .setResourceType(o.type)
                        .setResourceName(o.name)
                        .setErrorCode(o.error.error().code())
                        .setErrorMessage(o.error.message())));
        return new ControllerResult<>(request.validateOnly() ? List.of() : records(image, batch), response);
    }

    private List<MetadataRecord> records(ClusterImage image, Batch batch) {
        List<ConfigRecord> altered = batch.records();
        List<MetadataRecord> records = ElrRules.consequences(rules, image, altered);
        records.addAll(altered);
        return records;
    }

    private static Result<List<ConfigEdit>> edits(IncrementalAlterConfigsRequestData.AlterConfigsResource resource) {
        Set<String> names = new HashSet<>();
        List<ConfigEdit> edits = new ArrayList<>();
        for (AlterableConfig config : resource.configs()) {
            OpType op = OpType.forId(config.configOperation());
            if (op == null) {
                return invalid("Unknown operations type " + config.configOperation());
            }
            if (!names.add(config.name())) {
                return invalid("Error due to duplicate config keys");
            }
            if (op != OpType.DELETE && config.value() == null) {
                return invalid("Null value not supported for : " + config.name());
            }
            edits.add(new ConfigEdit(config.name(), op, config.value()));
        }
        return Result.of(edits);
    }

    private static Result<Map<String, String>> settings(AlterConfigsRequestData.AlterConfigsResource resource) {
        Map<String, String> settings = new HashMap<>();
        for (AlterConfigsRequestData.AlterableConfig config : resource.configs()) {
            if (config.value() == null) {
                return invalid("Null value not supported for : " + config.name());
            }
            if (settings.put(config.name(), config.value()) != null) {
                return invalid("Error due to duplicate config keys");
            }
        }
        return Result.of(settings);
    }

    private static <T> Result<T> invalid(String message) {
        return Result.refused(Errors.INVALID_REQUEST, message);
    }

    private static ConfigResource resource(byte type, String name) {
        return new ConfigResource(ConfigResource.Type.forId(type), name);
    }

    private record Key(byte type, String name) {}

    private record Outcome(byte type, String name, ApiError error) {}

    /** Gathers what is decided about each resource of one request. */
    private static final class Batch {
        private final Map<Key, Integer> expected = new HashMap<>();
        private final List<Outcome> outcomes = new ArrayList<>();
        private final List<ConfigRecord> records = new ArrayList<>();

        void expect(byte type, String name) {
            expected.merge(new Key(type, name), 1, Integer::sum);
        }

        void decide(byte type, String name, Supplier<Result<List<ConfigRecord>>> decision) {
            if (expected.getOrDefault(new Key(type, name), 0) > 1) {
                outcomes.add(new Outcome(
                        type, name, new ApiError(Errors.INVALID_REQUEST, "Each resource must appear at most once.")));
                return;
            }
            ApiError error = ConfigTargets.checkName(resource(type, name), type);
            Result<List<ConfigRecord>> decided = error.isFailure() ? Result.refused(error) : decision.get();
            outcomes.add(new Outcome(type, name, decided.error()));
            if (!decided.isRefused()) {
                records.addAll(decided.get());
            }
        }

        List<Outcome> outcomes() {
            if (records.size() <= ControllerResult.MAX_RECORDS) {
                return outcomes;
            }
            ApiError tooLarge =
                    new ApiError(Errors.POLICY_VIOLATION, "Unable to perform excessively large batch operation.");
            return outcomes.stream()
                    .map(o -> new Outcome(o.type, o.name, tooLarge))
                    .toList();
        }

        List<ConfigRecord> records() {
            return records.size() <= ControllerResult.MAX_RECORDS ? records : List.of();
        }
    }
}
