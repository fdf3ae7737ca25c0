package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** DeleteTopics, by name and by id. Stateless. */
final class TopicDeletion {
    private final ControllerSettings settings;

    TopicDeletion(ControllerSettings settings) {
        this.settings = settings;
    }

    ControllerResult<DeleteTopicsResponseData> delete(ClusterImage image, DeleteTopicsRequestData request) {
        Answer answer = new Answer();
        Wanted<String> names = new Wanted<>();
        Wanted<Uuid> ids = new Wanted<>();
        request.topicNames().forEach(names::add);
        for (DeleteTopicState topic : request.topics()) {
            boolean hasId = !topic.topicId().equals(Uuid.ZERO_UUID);
            if (topic.name() == null && !hasId) {
                answer.refuse(null, Uuid.ZERO_UUID, invalid("Neither topic name nor id were specified."));
            } else if (topic.name() == null) {
                ids.add(topic.topicId());
            } else if (hasId) {
                answer.refuse(
                        topic.name(), topic.topicId(), invalid("You may not specify both topic name and topic id."));
            } else {
                names.add(topic.name());
            }
        }
        names.twice.forEach(name -> answer.refuse(name, Uuid.ZERO_UUID, invalid("Duplicate topic name.")));
        ids.twice.forEach(id -> answer.refuse(null, id, invalid("Duplicate topic id.")));
        Map<Uuid, TopicImage> found = find(image, names.once, ids.once, answer);
        found.values().forEach(topic -> remove(topic, answer));
        return new ControllerResult<>(answer.records, answer.response);
    }

    private static Map<Uuid, TopicImage> find(ClusterImage image, Set<String> names, Set<Uuid> ids, Answer answer) {
        Map<Uuid, TopicImage> found = new LinkedHashMap<>();
        for (Uuid id : ids) {
            image.topic(id)
                    .ifPresentOrElse(
                            topic -> found.put(id, topic),
                            () -> answer.refuse(null, id, new ApiError(Errors.UNKNOWN_TOPIC_ID)));
        }
        for (String name : names) {
            TopicImage topic = image.topic(name).orElse(null);
            if (topic == null) {
                answer.refuse(name, Uuid.ZERO_UUID, new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION));
            } else if (found.remove(topic.id()) != null) {
                answer.refuse(
                        name, topic.id(), invalid("The provided topic name maps to an ID that was already supplied."));
            } else {
                found.put(topic.id(), topic);
            }
        }
        return found;
    }

    private void remove(TopicImage topic, Answer answer) {
        if (settings.deleteTopics()) {
            answer.records.add(new RemoveTopicRecord(topic.id()));
            answer.refuse(topic.name(), topic.id(), ApiError.NONE);
        } else {
            answer.refuse(topic.name(), topic.id(), new ApiError(Errors.TOPIC_DELETION_DISABLED));
        }
    }

    private static ApiError invalid(String message) {
        return new ApiError(Errors.INVALID_REQUEST, message);
    }

    /** What a request names once and what it names again. */
    private static final class Wanted<T> {
        final Set<T> once = new LinkedHashSet<>();
        final Set<T> twice = new LinkedHashSet<>();

        void add(T wanted) {
            if (twice.contains(wanted) || !once.add(wanted)) {
                once.remove(wanted);
                twice.add(wanted);
            }
        }
    }

    private static final class Answer {
        final List<MetadataRecord> records = new ArrayList<>();
        final DeleteTopicsResponseData response = new DeleteTopicsResponseData();

        void refuse(@Nullable String name, Uuid id, ApiError error) {
            response.responses()
                    .add(new DeletableTopicResult()
                            .setName(name)
                            .setTopicId(id)
                            .setErrorCode(error.error().code())
                            .setErrorMessage(error.message()));
        }
    }
}
