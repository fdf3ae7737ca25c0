package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.requests.ApiError;

/** Decides a change of one resource's settings. Stateless. */
final class ConfigChanges {
    private final ConfigRules rules;

    ConfigChanges(ConfigRules rules) {
        this.rules = rules;
    }

    /** The records that make the edits; none where they are refused. */
    Result<List<ConfigRecord>> edit(ClusterImage image, ConfigResource resource, List<ConfigEdit> edits) {
        Map<String, String> current = image.configs().of(resource);
        Set<String> touched = new TreeSet<>();
        edits.forEach(edit -> touched.add(edit.name()));
        return ConfigEdit.apply(rules, resource.type(), current, edits)
                .flatMap(after -> check(image, resource, after))
                .flatMap(after -> allowed(image, records(resource, current, after, touched)));
    }

    /** The records that leave the resource with these settings and no others; none where they are refused. */
    Result<List<ConfigRecord>> replace(ClusterImage image, ConfigResource resource, Map<String, String> settings) {
        Map<String, String> current = image.configs().of(resource);
        List<ConfigEdit> edits = new ArrayList<>();
        settings.forEach((name, value) -> edits.add(new ConfigEdit(name, OpType.SET, value)));
        current.keySet().stream()
                .filter(name -> !settings.containsKey(name))
                .forEach(name -> edits.add(new ConfigEdit(name, OpType.DELETE, null)));
        return edit(image, resource, edits);
    }

    private static Result<List<ConfigRecord>> allowed(ClusterImage image, List<ConfigRecord> records) {
        for (ConfigRecord record : records) {
            ApiError error = ElrRules.check(image, record);
            if (error.isFailure()) {
                return Result.refused(error);
            }
        }
        return Result.of(records);
    }

    private Result<Map<String, String>> check(ClusterImage image, ConfigResource resource, Map<String, String> after) {
        ApiError error = rules.validate(image, resource, after);
        if (error.isSuccess()) {
            error = ConfigTargets.checkExists(image, resource);
        }
        return error.isFailure() ? Result.refused(error) : Result.of(after);
    }

    /** A broker's settings are recorded even where they stay, so that it reloads what they refer to, such as a key store. */
    private static List<ConfigRecord> records(
            ConfigResource resource, Map<String, String> before, Map<String, String> after, Set<String> touched) {
        List<ConfigRecord> records = new ArrayList<>();
        for (String name : touched) {
            String value = after.get(name);
            if (resource.type() == ConfigResource.Type.BROKER || !Objects.equals(before.get(name), value)) {
                records.add(new ConfigRecord(resource, name, value));
            }
        }
        return records;
    }
}
