package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Which names a new topic may have. */
final class TopicNames {
    private TopicNames() {}

    /** {@link ApiError#NONE} where a topic of this name can be created beside those in the image. */
    static ApiError check(ClusterImage image, String name) {
        if (Topic.CLUSTER_METADATA_TOPIC_NAME.equals(name)) {
            return new ApiError(
                    Errors.INVALID_REQUEST,
                    "Creation of internal topic " + Topic.CLUSTER_METADATA_TOPIC_NAME + " is prohibited.");
        }
        try {
            Topic.validate(name);
        } catch (InvalidTopicException e) {
            return new ApiError(Errors.INVALID_TOPIC_EXCEPTION, e.getMessage());
        }
        if (image.topic(name).isPresent()) {
            return new ApiError(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        Optional<String> colliding = image.topics().collidingWith(name);
        return colliding.isPresent() ? collision(name, colliding.get()) : ApiError.NONE;
    }

    static ApiError collision(String name, String other) {
        return new ApiError(
                Errors.INVALID_TOPIC_EXCEPTION, "Topic '" + name + "' collides with existing topic: " + other);
    }
}
