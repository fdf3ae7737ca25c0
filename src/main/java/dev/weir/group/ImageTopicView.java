package dev.weir.group;

import dev.weir.group.core.TopicView;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The topics of the newest image that a coordinator verticle has; owned by it. */
final class ImageTopicView implements TopicView {
    private final Map<Uuid, Topic> made = new HashMap<>();
    private ClusterImage image;

    ImageTopicView(ClusterImage image) {
        this.image = image;
    }

    void image(ClusterImage newest) {
        image = newest;
        made.clear();
    }

    ClusterImage image() {
        return image;
    }

    @Override
    public @Nullable Topic byName(String name) {
        return image.topic(name).map(this::topic).orElse(null);
    }

    @Override
    public @Nullable Topic byId(Uuid id) {
        return image.topic(id).map(this::topic).orElse(null);
    }

    @Override
    public Collection<String> names() {
        return image.topics().byName().keySet();
    }

    @Override
    public long version() {
        return image.position().offset();
    }

    private Topic topic(TopicImage topic) {
        return made.computeIfAbsent(topic.id(), id -> make(topic));
    }

    private Topic make(TopicImage topic) {
        List<Set<String>> racks = new ArrayList<>();
        if (image.brokers().values().stream().anyMatch(b -> b.rack() != null)) {
            topic.partitions().values().forEach(p -> racks.add(racksOf(p)));
        }
        return new Topic(topic.id(), topic.name(), topic.partitionCount(), racks);
    }

    private Set<String> racksOf(PartitionImage partition) {
        Set<String> racks = new HashSet<>();
        for (int replica : partition.replicas()) {
            BrokerImage broker = image.brokers().get(replica);
            String rack = broker == null ? null : broker.rack();
            if (rack != null) {
                racks.add(rack);
            }
        }
        return racks;
    }
}
