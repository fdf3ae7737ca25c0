package dev.weir.broker;

import dev.weir.metadata.ClusterImage;
import dev.weir.partition.FoundLogs;
import dev.weir.partition.LogHome;
import dev.weir.storage.LogDirectory;
import dev.weir.storage.LogDirectoryException;
import dev.weir.storage.LogFiles;
import dev.weir.storage.MetaProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
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
                homes.add(LogHome.read(directory, identify(directory, nodeId, clusterId)));
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

    /** The directories with what the metadata knows of them. */
    List<LogHome> settled(ClusterImage image, int nodeId) {
        return new FoundLogs(image, nodeId, UUID::randomUUID).settle(homes);
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
