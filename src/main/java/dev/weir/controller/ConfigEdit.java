package dev.weir.controller;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * One change of one setting.
 *
 * @param name the setting
 * @param op what to do with it
 * @param value what to set, append or subtract; null for a deletion
 */
record ConfigEdit(String name, OpType op, @Nullable String value) {
    private static final int MAX_VALUE_BYTES = Short.MAX_VALUE;

    /** The settings after all edits. */
    static Result<Map<String, String>> apply(
            ConfigRules rules, ConfigResource.Type type, Map<String, String> current, List<ConfigEdit> edits) {
        Map<String, String> settings = new TreeMap<>(current);
        for (ConfigEdit edit : edits) {
            if (edit.op == OpType.DELETE || edit.value == null) {
                settings.remove(edit.name);
            } else if (edit.op == OpType.SET) {
                settings.put(edit.name, edit.value);
            } else if (rules.isList(type, edit.name)) {
                String old = settings.getOrDefault(
                        edit.name, rules.defaultValue(type, edit.name).orElse(""));
                settings.put(edit.name, edited(old, edit.op, edit.value));
            } else {
                return Result.refused(
                        Errors.INVALID_CONFIG,
                        "Can't " + edit.op + " to key " + edit.name + " because its type is not LIST.");
            }
        }
        ApiError error = checkSizes(settings);
        return error.isFailure() ? Result.refused(error) : Result.of(settings);
    }

    /** Refuses a value that is too long for a record. */
    static ApiError checkSizes(Map<String, String> settings) {
        boolean tooLong = settings.values().stream()
                .anyMatch(value -> value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES);
        return tooLong
                ? new ApiError(
                        Errors.INVALID_CONFIG,
                        "The configuration value cannot be added because it exceeds the maximum value size of "
                                + MAX_VALUE_BYTES + " bytes.")
                : ApiError.NONE;
    }

    private static String edited(String old, OpType op, String operand) {
        List<String> parts = new ArrayList<>();
        Arrays.stream(old.split(",")).filter(part -> !part.isEmpty()).forEach(parts::add);
        for (String part : operand.split(",")) {
            if (op == OpType.SUBTRACT) {
                parts.remove(part);
            } else if (!parts.contains(part)) {
                parts.add(part);
            }
        }
        return String.join(",", parts);
    }
}
