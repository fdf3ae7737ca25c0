package dev.weir.partition;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.partition.logdirs.LogDirAtStart.Found;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * logged. For those that were being moved see {@link FoundCopies}.
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
    public List<LogDirAtStart> settle(List<LogDirAtStart> logDirs) {
        List<List<Found>> kept = new ArrayList<>();
        Set<TopicPartition> unclear = new HashSet<>();
        Map<TopicPartition, LogDirAtStart> live = live(logDirs, unclear);
        for (LogDirAtStart logDir : logDirs) {
            List<Found> own = new ArrayList<>();
            for (Found found : logDir.found()) {
                if (!isKnown(found)) {
                    setAside(logDir, found, "is of no topic of this cluster");
                } else if (unclear.contains(found.partition())) {
                    LOG.error(
                            "{} is one of several logs of {}, and the metadata has lost which one it is; none is used."
                                    + " Move all but the newest out of the log directories and start again",
                            found.path(),
                            found.partition());
                } else if (live.get(found.partition()) != logDir) {
                    setAside(logDir, found, "is in another log directory too");
                } else {
                    own.add(found);
                }
            }
            kept.add(own);
        }
        FoundCopies copies = new FoundCopies(this::newId, (name, logDir) -> {
            Uuid named = directoryOf(name);
            return DirectoryId.isReserved(named) || named.equals(logDir.id());
        });
        for (LogDirAtStart logDir : logDirs) {
            for (Found copy : logDir.futures()) {
                boolean known = !copy.topicId().equals(Uuid.ZERO_UUID) && isKnown(copy);
                copies.add(logDir, copy, known);
            }
        }
        return copies.settle(logDirs, kept, live.keySet());
    }

    /**
     * Where each log is: of several the one that the metadata names, else the first. Where the metadata had named one and calls
     * it lost since, the first may be an old one, and it is {@code unclear} which.
     */
    private Map<TopicPartition, LogDirAtStart> live(List<LogDirAtStart> logDirs, Set<TopicPartition> unclear) {
        Map<TopicPartition, LogDirAtStart> live = new HashMap<>();
        for (LogDirAtStart logDir : logDirs) {
            for (Found found : logDir.found()) {
                if (!isKnown(found)) {
                    continue;
                }
                TopicPartition name = found.partition();
                if (isNamed(logDir, found) || !live.containsKey(name)) {
                    live.put(name, logDir);
                } else if (directoryOf(name).equals(DirectoryId.LOST)) {
                    unclear.add(name);
                }
            }
        }
        return live;
    }

    private boolean isNamed(LogDirAtStart logDir, Found found) {
        return directoryOf(found.partition()).equals(logDir.id());
    }

    private Uuid directoryOf(TopicPartition name) {
        return image.topic(name.topic())
                .flatMap(topic -> topic.partition(name.partition()))
                .map(partition -> partition.directoryOf(nodeId))
                .orElse(DirectoryId.UNASSIGNED);
    }

    private void setAside(LogDirAtStart logDir, Found found, String why) {
        try {
            LOG.warn(
                    "{} {}; it is set aside as {}",
                    found.path(),
                    why,
                    logDir.directory().markStray(found.path(), newId()));
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
