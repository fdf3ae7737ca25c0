package dev.weir.partition;

import dev.weir.metadata.ClusterImage;
import dev.weir.partition.LogHome.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the partitions' directories found at start in line with the metadata, so that each partition has one live directory
 * at most. Those of a topic that was deleted, or deleted and made again, are set aside: nothing is lost, and the new name is
 * logged. A partition that was being moved is where it was, or, when the move had got as far as to give up the old directory,
 * where it was to go.
 */
public final class FoundLogs {
    private static final Logger LOG = LoggerFactory.getLogger(FoundLogs.class);

    private final ClusterImage image;
    private final int nodeId;
    private final Supplier<UUID> ids;

    /** Judges by this image, for this broker; {@code ids} makes names unique. */
    public FoundLogs(ClusterImage image, int nodeId, Supplier<UUID> ids) {
        this.image = image;
        this.nodeId = nodeId;
        this.ids = ids;
    }

    /** The same directories with what is to be used of them. */
    public List<LogHome> settle(List<LogHome> homes) {
        List<List<Found>> kept = new ArrayList<>();
        Set<TopicPartition> live = new HashSet<>();
        for (LogHome home : homes) {
            List<Found> own = new ArrayList<>();
            for (Found found : home.found()) {
                if (!isKnown(found)) {
                    setAside(home, found, "is of no topic of this cluster");
                } else if (!live.add(found.partition())) {
                    setAside(home, found, "is in another log directory too");
                } else {
                    own.add(found);
                }
            }
            kept.add(own);
        }
        List<LogHome> settled = new ArrayList<>();
        Set<TopicPartition> moving = new HashSet<>();
        for (int i = 0; i < homes.size(); i++) {
            List<Found> futures = new ArrayList<>();
            for (Found future : homes.get(i).futures()) {
                settleFuture(homes.get(i), future, live, moving, kept.get(i), futures);
            }
            settled.add(homes.get(i).with(kept.get(i), futures));
        }
        return settled;
    }

    private void settleFuture(
            LogHome home,
            Found future,
            Set<TopicPartition> live,
            Set<TopicPartition> moving,
            List<Found> found,
            List<Found> futures) {
        boolean known = !future.topicId().equals(Uuid.ZERO_UUID) && isKnown(future);
        try {
            if (known && live.add(future.partition())) {
                Path path = home.directory().makeLive(future.path());
                LOG.info("The move of {} to {} is completed", future.partition(), home.path());
                found.add(new Found(future.partition(), future.topicId(), path));
            } else if (known
                    && found.stream().noneMatch(f -> f.partition().equals(future.partition()))
                    && moving.add(future.partition())) {
                futures.add(future);
            } else {
                home.directory().removeDeleted(home.directory().markDeleted(future.path(), newId()));
            }
        } catch (IOException e) {
            LOG.error("Cannot settle {}", future.path(), e);
        }
    }

    private void setAside(LogHome home, Found found, String why) {
        try {
            LOG.warn(
                    "{} {}; it is set aside as {}",
                    found.path(),
                    why,
                    home.directory().markStray(found.path(), newId()));
        } catch (IOException e) {
            LOG.error("Cannot set aside {}", found.path(), e);
        }
    }

    private String newId() {
        return ids.get().toString().replace("-", "");
    }

    private boolean isKnown(Found found) {
        if (found.partition().topic().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)) {
            return true;
        }
        return image.topic(found.partition().topic())
                .filter(topic -> found.topicId().equals(Uuid.ZERO_UUID)
                        || found.topicId().equals(topic.id()))
                .flatMap(topic -> topic.partition(found.partition().partition()))
                .filter(partition -> partition.replicas().contains(nodeId))
                .isPresent();
    }
}
