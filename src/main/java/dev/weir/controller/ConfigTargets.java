package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Which resources can have settings: their names, and whether they exist. */
final class ConfigTargets {
    private ConfigTargets() {}

    /** {@link ApiError#NONE} where the name is one that such a resource can have. */
    static ApiError checkName(ConfigResource resource, byte typeId) {
        return switch (resource.type()) {
            case TOPIC -> checkTopicName(resource.name());
            case BROKER -> resource.name().isEmpty() ? ApiError.NONE : checkBrokerId(resource.name());
            case GROUP ->
                resource.name().isEmpty() ? invalid("Default group resources are not allowed.") : ApiError.NONE;
            case CLIENT_METRICS ->
                resource.name().isEmpty() ? invalid("Subscription name can't be empty") : ApiError.NONE;
            case BROKER_LOGGER, UNKNOWN -> invalid("Unknown resource type " + typeId);
        };
    }

    /** {@link ApiError#NONE} where the resource is there; its name has been checked. */
    static ApiError checkExists(ClusterImage image, ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.TOPIC
                && image.topic(resource.name()).isEmpty()) {
            return new ApiError(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + resource.name() + "' does not exist.");
        }
        if (resource.type() == ConfigResource.Type.BROKER
                && !resource.name().isEmpty()
                && image.broker(Integer.parseInt(resource.name())).isEmpty()) {
            return new ApiError(Errors.BROKER_ID_NOT_REGISTERED, "No node with id " + resource.name() + " found.");
        }
        return ApiError.NONE;
    }

    private static ApiError checkTopicName(String name) {
        if (name.isEmpty()) {
            return invalid("Default topic resources are not allowed.");
        }
        try {
            Topic.validate(name);
            return ApiError.NONE;
        } catch (InvalidTopicException e) {
            return new ApiError(Errors.INVALID_TOPIC_EXCEPTION, e.getMessage());
        }
    }

    private static ApiError checkBrokerId(String name) {
        try {
            return Integer.parseInt(name) < 0 ? invalid("Invalid negative broker ID.") : ApiError.NONE;
        } catch (NumberFormatException e) {
            return invalid("Unable to parse broker name as a base 10 number.");
        }
    }

    private static ApiError invalid(String message) {
        return new ApiError(Errors.INVALID_REQUEST, message);
    }
}
