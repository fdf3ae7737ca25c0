package dev.weir.group.consumer;

import dev.weir.group.core.TopicView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataDelta;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;
import org.jspecify.annotations.Nullable;

/** The topics of a test, as Kafka's own coordinator wants to see them. */
record KafkaTopics(FakeTopics topics) implements CoordinatorMetadataImage {
    @Override
    public Set<Uuid> topicIds() {
        return topics.all().stream().map(TopicView.Topic::id).collect(Collectors.toSet());
    }

    @Override
    public Set<String> topicNames() {
        return Set.copyOf(topics.names());
    }

    @Override
    public Optional<TopicMetadata> topicMetadata(String name) {
        return metadata(topics.byName(name));
    }

    @Override
    public Optional<TopicMetadata> topicMetadata(Uuid id) {
        return metadata(topics.byId(id));
    }

    @Override
    public CoordinatorMetadataDelta emptyDelta() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long version() {
        return topics.version();
    }

    @Override
    public boolean isEmpty() {
        return topics.all().isEmpty();
    }

    private static Optional<TopicMetadata> metadata(TopicView.@Nullable Topic topic) {
        return topic == null
                ? Optional.empty()
                : Optional.of(new Metadata(topic.name(), topic.id(), topic.partitions()));
    }

    private record Metadata(String name, Uuid id, int partitionCount) implements TopicMetadata {
        @Override
        public List<String> partitionRacks(int partition) {
            return List.of();
        }
    }
}
