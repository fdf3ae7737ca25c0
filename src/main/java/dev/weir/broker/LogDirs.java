package dev.weir.broker;

import dev.weir.metadata.ClusterImage;
import dev.weir.partition.LogHome;
import dev.weir.storage.LogCorruptException;
import dev.weir.storage.LogDirectory;
import dev.weir.storage.LogDirectoryException;
import dev.weir.storage.LogFiles;
import dev.weir.storage.MetaProperties;
import dev.weir.storage.PartitionDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the log directories at start: locks them, checks whose they are, and reads what the last run left. */
final class LogDirs {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirs.class);

    private final String clusterId;
    private final List<LogHome> homes;

    private LogDirs(String clusterId, List<LogHome> homes) {
        this.clusterId = clusterId;
        this.homes = homes;
    }

    String clusterId() {
        return clusterId;
    }

    /** Where the metadata log lives: {@code metadata.log.dir}, else the first log directory. */
    LogHome metadataHome(@Nullable String path) {
        return homes.stream()
                .filter(home -> path != null
                        && home.path().equals(Path.of(path).toAbsolutePath().normalize()))
                .findFirst()
                .orElse(homes.get(0));
    }

    List<LogHome> homes() {
        return homes;
    }

    /**
     * Opens all directories; when one cannot be used, the others are let go again.
     *
     * @param wantedClusterId the cluster that this broker must belong to; null takes what the directories say
     * @throws StartFailure with one clear line
     */
    static LogDirs open(LogFiles files, List<String> paths, int nodeId, @Nullable String wantedClusterId)
            throws StartFailure {
        List<LogDirectory> opened = new ArrayList<>();
        try {
            for (String path : paths) {
                opened.add(
                        LogDirectory.open(files, Path.of(path).toAbsolutePath().normalize()));
            }
            String clusterId = clusterId(opened, nodeId, wantedClusterId);
            List<LogHome> homes = new ArrayList<>();
            for (LogDirectory directory : opened) {
                homes.add(read(directory, identify(directory, nodeId, clusterId)));
            }
            return new LogDirs(clusterId, homes);
        } catch (LogDirectoryException | IOException e) {
            close(opened);
            throw new StartFailure(
                    e instanceof LogDirectoryException
                            ? String.valueOf(e.getMessage())
                            : "cannot use the log directories " + paths + ": " + e);
        } catch (StartFailure e) {
            close(opened);
            throw e;
        }
    }

    /**
     * Sets aside the partition directories that the metadata does not know: those of a topic that was deleted, or deleted and
     * made again. Nothing is lost; the directory's new name is logged.
     */
    List<LogHome> withoutStrays(ClusterImage image, int nodeId) {
        return homes.stream().map(home -> withoutStrays(home, image, nodeId)).toList();
    }

    private static LogHome withoutStrays(LogHome home, ClusterImage image, int nodeId) {
        List<LogHome.Found> kept = new ArrayList<>();
        for (LogHome.Found found : home.found()) {
            if (isKnown(found, image, nodeId)) {
                kept.add(found);
                continue;
            }
            try {
                Path path = home.directory().partitionPath(found.partition());
                Path aside = home.directory()
                        .markStray(path, UUID.randomUUID().toString().replace("-", ""));
                LOG.warn("{} is of no topic of this cluster; it is set aside as {}", path, aside);
            } catch (IOException e) {
                LOG.error("Cannot set aside {} in {}", found.partition(), home.path(), e);
            }
        }
        return new LogHome(
                home.directory(),
                home.id(),
                home.clean(),
                home.recoveryPoints(),
                home.logStartOffsets(),
                home.highWatermarks(),
                home.cleanedOffsets(),
                kept);
    }

    private static boolean isKnown(LogHome.Found found, ClusterImage image, int nodeId) {
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

    private static String clusterId(List<LogDirectory> directories, int nodeId, @Nullable String wanted)
            throws IOException, LogDirectoryException, StartFailure {
        String found = wanted;
        for (LogDirectory directory : directories) {
            Optional<MetaProperties> properties = directory.metaProperties();
            if (properties.isEmpty()) {
                continue;
            }
            MetaProperties meta = properties.get();
            if (meta.nodeId() != nodeId) {
                throw new StartFailure("log directory " + directory.path() + " belongs to node.id " + meta.nodeId()
                        + ", this broker is node.id " + nodeId);
            }
            if (found != null && !found.equals(meta.clusterId())) {
                throw new StartFailure("log directory " + directory.path() + " belongs to cluster " + meta.clusterId()
                        + ", this broker to cluster " + found);
            }
            found = meta.clusterId();
        }
        return found == null ? Uuid.randomUuid().toString() : found;
    }

    private static Uuid identify(LogDirectory directory, int nodeId, String clusterId)
            throws IOException, LogDirectoryException {
        Optional<MetaProperties> known = directory.metaProperties();
        if (known.isPresent()) {
            return known.get().directoryId();
        }
        Uuid id = Uuid.randomUuid();
        directory.writeMetaProperties(new MetaProperties(clusterId, nodeId, id));
        return id;
    }

    private static LogHome read(LogDirectory directory, Uuid id) throws IOException {
        List<LogHome.Found> found = new ArrayList<>();
        Set<Object> names = new HashSet<>();
        for (PartitionDirectory partition : directory.partitions()) {
            switch (partition.kind()) {
                case LIVE -> {
                    if (names.add(partition.partition())) {
                        found.add(new LogHome.Found(partition.partition(), topicId(directory, partition)));
                    }
                }
                case DELETE -> directory.removeDeleted(partition.path());
                case FUTURE, STRAY -> LOG.warn("Leaving {} alone", partition.path());
            }
        }
        return new LogHome(
                directory,
                id,
                directory.takeCleanShutdownMarker(),
                directory.readRecoveryPoints(),
                directory.readLogStartOffsets(),
                directory.readHighWatermarks(),
                directory.readCleanerOffsets(),
                found);
    }

    private static Uuid topicId(LogDirectory directory, PartitionDirectory partition) throws IOException {
        try {
            return directory.readTopicId(partition.path()).orElse(Uuid.ZERO_UUID);
        } catch (LogCorruptException e) {
            LOG.warn("{}: {}", partition.path(), e.getMessage());
            return Uuid.ZERO_UUID;
        }
    }

    /** Gives the locks back; last of all. */
    void close() {
        close(homes.stream().map(LogHome::directory).toList());
    }

    private static void close(List<LogDirectory> directories) {
        for (LogDirectory directory : directories) {
            try {
                directory.close();
            } catch (IOException e) {
                LOG.warn("Cannot close {}", directory.path(), e);
            }
        }
    }
}
