package dev.weir.metadata;

import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All topics, found by name and by id. Immutable; both maps hold the same topics.
 *
 * @param byName sorted by name
 * @param byId sorted by id
 * @param byMetricName for names with a dot or an underscore: one topic of each that is equal with all dots turned into
 *     underscores, as metrics name them
 */
public record TopicsImage(
        PSortedMap<String, TopicImage> byName,
        PSortedMap<Uuid, TopicImage> byId,
        PSortedMap<String, String> byMetricName) {
    static final TopicsImage EMPTY = new TopicsImage(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    public Optional<TopicImage> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<TopicImage> find(Uuid id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Optional<PartitionImage> partition(Uuid topicId, int partitionId) {
        return find(topicId).flatMap(topic -> topic.partition(partitionId));
    }

    /** The name of a topic whose metrics could not be told from those of {@code name}; itself, where that exists. */
    public Optional<String> collidingWith(String name) {
        return Topic.hasCollisionChars(name)
                ? Optional.ofNullable(byMetricName.get(Topic.unifyCollisionChars(name)))
                : Optional.empty();
    }

    TopicsImage with(TopicImage topic) {
        PSortedMap<String, String> metricNames = Topic.hasCollisionChars(topic.name())
                ? byMetricName.plus(Topic.unifyCollisionChars(topic.name()), topic.name())
                : byMetricName;
        return new TopicsImage(byName.plus(topic.name(), topic), byId.plus(topic.id(), topic), metricNames);
    }

    /** As {@link #with}, for a topic that is there already under the same name. */
    TopicsImage replacing(TopicImage topic) {
        return new TopicsImage(byName.plus(topic.name(), topic), byId.plus(topic.id(), topic), byMetricName);
    }

    TopicsImage without(TopicImage topic) {
        String metricName = Topic.unifyCollisionChars(topic.name());
        PSortedMap<String, String> metricNames =
                topic.name().equals(byMetricName.get(metricName)) ? byMetricName.minus(metricName) : byMetricName;
        return new TopicsImage(byName.minus(topic.name()), byId.minus(topic.id()), metricNames);
    }
}
