package dev.weir.metadata;

import dev.weir.metadata.record.ClearElrRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/**
 * A step from one image to the next and what to look at in it, so that those who follow need not compare whole images.
 * Immutable. What is named may have changed; what is not named has not.
 *
 * @param before the image that the follower had
 * @param after the image from now on
 * @param changedTopics created, deleted or with any partition changed
 * @param changedConfigs resources with any setting changed; those of a deleted topic are among them
 * @param brokersChanged whether any registration changed
 */
public record ImageChange(
        ClusterImage before,
        ClusterImage after,
        Set<Uuid> changedTopics,
        Set<ConfigResource> changedConfigs,
        boolean brokersChanged) {

    /** The step that committed records make; the new image stands at {@code position}, that of the last record. */
    public static ImageChange of(ClusterImage before, List<MetadataRecord> records, LogPosition position) {
        Set<Uuid> topics = new LinkedHashSet<>();
        Set<ConfigResource> configs = new LinkedHashSet<>();
        ClusterImage image = before;
        for (MetadataRecord record : records) {
            note(image, record, topics, configs);
            image = image.apply(record);
        }
        return between(before, image.at(position), topics, configs);
    }

    /** The step between two images that share nothing, as after loading a snapshot: everything may have changed. */
    public static ImageChange everything(ClusterImage before, ClusterImage after) {
        Set<Uuid> topics = new HashSet<>(before.topics().byId().keySet());
        topics.addAll(after.topics().byId().keySet());
        Set<ConfigResource> configs =
                new HashSet<>(before.configs().byResource().keySet());
        configs.addAll(after.configs().byResource().keySet());
        return between(before, after, topics, configs);
    }

    /** Both steps as one. */
    public ImageChange then(ImageChange next) {
        Set<Uuid> topics = new LinkedHashSet<>(changedTopics);
        topics.addAll(next.changedTopics);
        Set<ConfigResource> configs = new LinkedHashSet<>(changedConfigs);
        configs.addAll(next.changedConfigs);
        return between(before, next.after, topics, configs);
    }

    /** The numbers of a topic's partitions that are new, gone or changed, in order. */
    public Set<Integer> changedPartitions(Uuid topicId) {
        Optional<TopicImage> old = before.topic(topicId);
        Optional<TopicImage> now = after.topic(topicId);
        Set<Integer> changed = new TreeSet<>();
        now.ifPresent(topic -> topic.partitions().forEach((id, partition) -> {
            if (old.flatMap(o -> o.partition(id))
                    .filter(p -> p.equals(partition))
                    .isEmpty()) {
                changed.add(id);
            }
        }));
        old.ifPresent(topic -> topic.partitions().keySet().stream()
                .filter(id -> now.flatMap(n -> n.partition(id)).isEmpty())
                .forEach(changed::add));
        return changed;
    }

    private static void note(ClusterImage image, MetadataRecord record, Set<Uuid> topics, Set<ConfigResource> configs) {
        if (record instanceof TopicRecord topic) {
            topics.add(topic.topicId());
        } else if (record instanceof PartitionRecord partition) {
            topics.add(partition.topicId());
        } else if (record instanceof PartitionChangeRecord change) {
            topics.add(change.topicId());
        } else if (record instanceof ClearElrRecord cleared) {
            image.topics().byId().values().stream()
                    .filter(topic ->
                            cleared.topicName().isEmpty() || topic.name().equals(cleared.topicName()))
                    .forEach(topic -> topics.add(topic.id()));
        } else if (record instanceof ConfigRecord config) {
            configs.add(config.resource());
        } else if (record instanceof RemoveTopicRecord removed) {
            topics.add(removed.topicId());
            image.topic(removed.topicId())
                    .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                    .filter(image.configs().byResource()::containsKey)
                    .ifPresent(configs::add);
        }
    }

    private static ImageChange between(
            ClusterImage before, ClusterImage after, Set<Uuid> topics, Set<ConfigResource> configs) {
        return new ImageChange(
                before,
                after,
                Collections.unmodifiableSet(topics),
                Collections.unmodifiableSet(configs),
                before.brokers() != after.brokers());
    }
}
