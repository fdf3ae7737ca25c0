package dev.weir.config;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Changes of this broker's log levels, which IncrementalAlterConfigs carries beside those of stored settings. */
public final class LoggerChanges {
    private final int nodeId;
    private final LoggerLevels levels;

    /** Changes the levels of the broker with this id. */
    public LoggerChanges(int nodeId, LoggerLevels levels) {
        this.nodeId = nodeId;
        this.levels = levels;
    }

    /**
     * Makes all changes of one resource, or none.
     *
     * @param resource one of the type BROKER_LOGGER
     * @param validateOnly whether to check only
     * @return {@link ApiError#NONE}, INVALID_REQUEST or INVALID_CONFIG
     */
    public ApiError apply(AlterConfigsResource resource, boolean validateOnly) {
        ApiError error = check(resource);
        if (error.isSuccess() && !validateOnly) {
            for (AlterableConfig change : resource.configs()) {
                if (change.configOperation() == OpType.SET.id()) {
                    levels.set(change.name(), change.value());
                } else {
                    levels.unset(change.name());
                }
            }
        }
        return error;
    }

    private ApiError check(AlterConfigsResource resource) {
        if (!resource.resourceName().equals(String.valueOf(nodeId))) {
            return new ApiError(
                    Errors.INVALID_REQUEST,
                    "Unexpected broker id, expected " + nodeId + ", but received " + resource.resourceName());
        }
        Map<String, String> known = levels.levels();
        Set<String> seen = new HashSet<>();
        for (AlterableConfig change : resource.configs()) {
            if (!seen.add(change.name())) {
                return new ApiError(Errors.INVALID_REQUEST, "Error due to duplicate config keys");
            }
            ApiError error = check(change, known);
            if (error.isFailure()) {
                return error;
            }
        }
        return ApiError.NONE;
    }

    private static ApiError check(AlterableConfig change, Map<String, String> known) {
        OpType op = OpType.forId(change.configOperation());
        if (op == null) {
            return new ApiError(Errors.INVALID_REQUEST, "Unknown operations type " + change.configOperation());
        }
        if (!known.containsKey(change.name())) {
            return new ApiError(Errors.INVALID_CONFIG, "Logger " + change.name() + " does not exist!");
        }
        return switch (op) {
            case SET ->
                change.value() != null && LogLevelConfig.VALID_LOG_LEVELS.contains(change.value())
                        ? ApiError.NONE
                        : new ApiError(
                                Errors.INVALID_CONFIG,
                                "logger " + change.name() + " can't have the level " + change.value() + "; levels are "
                                        + String.join(", ", new TreeSet<>(LogLevelConfig.VALID_LOG_LEVELS)));
            case DELETE ->
                change.name().equals(LoggerLevels.ROOT)
                        ? new ApiError(Errors.INVALID_REQUEST, "the root logger must have a level")
                        : ApiError.NONE;
            case APPEND, SUBTRACT -> new ApiError(Errors.INVALID_REQUEST, op.name() + " can't be done to a log level");
        };
    }
}
