package dev.weir.broker;

import dev.weir.controller.log.MetadataLogOpener;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.partition.FoundLogs;
import dev.weir.partition.logdirs.FailedLogDir;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.directory.LogDirectoryException;
import dev.weir.storage.directory.MetaProperties;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the log directories at start: locks them, checks whose they are, and reads what the last run left. */
final class LogDirs {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirs.class);

    private static final TopicPartition METADATA = Topic.CLUSTER_METADATA_TOPIC_PARTITION;

    /** Where the id of a cluster comes from that no directory knows and no setting gives. */
    enum NewCluster {
        /** From this broker, since no other one has a part in it. */
        MADE_HERE,
        /** From the first leader of several configured voters, of which this broker is one. */
        MADE_BY_THE_FIRST_LEADER,
        /** From nowhere: this broker joins others that have it already. */
        KNOWN_TO_OTHERS
    }

    private final int nodeId;
    private final List<LogDirAtStart> logDirs;
    private final LogDirAtStart metadataLogDir;
    private final List<FailedLogDir> failed;
    private final long previousBrokerEpoch;
    /** Those that have no {@code meta.properties} yet. */
    private final List<LogDirAtStart> unnamed;
    /** Those that get it when the cluster gets its id. */
    private final List<LogDirAtStart> nameless;

    private volatile Optional<String> clusterId;

    private LogDirs(
            Optional<String> clusterId,
            int nodeId,
            List<LogDirAtStart> logDirs,
            LogDirAtStart metadataLogDir,
            List<FailedLogDir> failed,
            List<LogDirAtStart> unnamed,
            List<LogDirAtStart> nameless) {
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        this.nameless = nameless;
        this.logDirs = logDirs;
        this.metadataLogDir = metadataLogDir;
        this.failed = failed;
        this.previousBrokerEpoch = failed.isEmpty() ? commonEpoch(logDirs) : LogDirectory.NO_EPOCH;
        this.unnamed = unnamed;
    }

    /** The id of the cluster; empty until its first leader has made it. */
    Optional<String> clusterId() {
        return clusterId;
    }

    /**
     * Names the directories, durably, by the id that the first leader of the cluster has made. A directory that does not take it has
     * failed.
     *
     * @throws IOException if it is that of the metadata log
     */
    void name(String madeId) throws IOException {
        if (nameless.remove(metadataLogDir)) {
            name(metadataLogDir, nodeId, madeId);
        }
        for (LogDirAtStart logDir : nameless) {
            try {
                name(logDir, nodeId, madeId);
            } catch (IOException e) {
                leaveOut(logDir, describe(e));
                report(failed.get(failed.size() - 1));
            }
        }
        nameless.clear();
        clusterId = Optional.of(madeId);
        LOG.info("This broker belongs to the new cluster {}", madeId);
    }

    /** Where the metadata log lives. */
    LogDirAtStart metadataLogDir() {
        return metadataLogDir;
    }

    /** Those that can be used. */
    List<LogDirAtStart> logDirs() {
        return logDirs;
    }

    /**
     * The epoch of the broker that has stopped cleanly in all of these directories (KIP-966); -1 if one of them was not stopped so, is
     * new, or cannot be used.
     */
    long previousBrokerEpoch() {
        return previousBrokerEpoch;
    }

    private static long commonEpoch(List<LogDirAtStart> logDirs) {
        Set<Long> epochs = new HashSet<>();
        for (LogDirAtStart logDir : logDirs) {
            try {
                epochs.add(logDir.directory().cleanlyStoppedEpoch());
            } catch (IOException e) {
                return LogDirectory.NO_EPOCH;
            }
        }
        return epochs.size() == 1 ? epochs.iterator().next() : LogDirectory.NO_EPOCH;
    }

    /** Those that cannot. */
    List<FailedLogDir> failed() {
        return failed;
    }

    /**
     * Opens all directories. One that the disk refuses is left out; but without the metadata log there is no start. When the
     * start fails, all are let go again.
     *
     * @param metadataPath {@code metadata.log.dir}; null for the first directory
     * @param wantedClusterId the cluster that this broker must belong to; null takes what the directories say
     * @param newCluster where the id of a new cluster comes from
     * @throws StartFailure with one clear line
     */
    static LogDirs open(
            LogFiles files,
            List<String> paths,
            @Nullable String metadataPath,
            int nodeId,
            @Nullable String wantedClusterId,
            NewCluster newCluster)
            throws StartFailure {
        boolean alone = newCluster == NewCluster.MADE_HERE;
        List<Path> wanted = paths.stream().map(LogDirs::normal).toList();
        Path metadata = metadataPath == null ? wanted.get(0) : normal(metadataPath);
        if (!wanted.contains(metadata)) {
            throw new StartFailure("metadata.log.dir " + metadata + " is not one of log.dirs");
        }
        List<Taken> taken = new ArrayList<>();
        List<FailedLogDir> failed = new ArrayList<>();
        try {
            for (Path path : wanted) {
                take(files, path, taken, failed);
            }
            if (taken.isEmpty()) {
                throw new StartFailure("no log directory can be used: " + whyNot(metadata, failed));
            }
            Optional<String> clusterId = clusterId(taken, nodeId, wantedClusterId, newCluster, failed);
            boolean knowsPartitions = taken.stream()
                    .anyMatch(one -> one.directory().path().equals(metadata)
                            && one.directory().holds(METADATA));
            List<LogDirAtStart> logDirs = new ArrayList<>();
            List<LogDirAtStart> unnamed = new ArrayList<>();
            List<LogDirAtStart> nameless = new ArrayList<>();
            for (Taken one : List.copyOf(taken)) {
                try {
                    boolean forgotten =
                            !alone && one.directory().path().equals(metadata) && one.hasForgottenItsVotes(files);
                    LogDirAtStart logDir = LogDirAtStart.read(
                            one.directory(),
                            one.properties()
                                    .filter(known -> !forgotten)
                                    .map(MetaProperties::directoryId)
                                    .orElseGet(Uuid::randomUuid));
                    boolean empty = logDir.found().isEmpty() && logDir.futures().isEmpty();
                    boolean holdsPartitions = logDir.found().stream()
                            .anyMatch(log -> !log.partition().equals(METADATA));
                    if (forgotten && holdsPartitions) {
                        throw new StartFailure(
                                "there are partitions in " + logDir.path() + ", but no quorum-state in its"
                                        + " metadata log: bring that folder back, or empty the directory");
                    } else if (knowsPartitions && empty && !one.isKnown()) {
                        unnamed.add(logDir);
                    } else if (clusterId.isEmpty()) {
                        nameless.add(logDir);
                    } else if (one.properties().isEmpty() || forgotten) {
                        name(logDir, nodeId, clusterId.get());
                    }
                    logDirs.add(logDir);
                } catch (IOException e) {
                    fail(one.directory().path(), e, failed);
                    taken.remove(one);
                    close(List.of(one.directory()));
                }
            }
            LogDirAtStart ofMetadata = logDirs.stream()
                    .filter(logDir -> logDir.path().equals(metadata))
                    .findFirst()
                    .orElseThrow(() -> new StartFailure(
                            "the metadata log is in a log directory that cannot be used: " + whyNot(metadata, failed)));
            checkMetadata(logDirs, ofMetadata);
            failed.forEach(LogDirs::report);
            return new LogDirs(clusterId, nodeId, logDirs, ofMetadata, failed, unnamed, nameless);
        } catch (LogDirectoryException e) {
            close(taken.stream().map(Taken::directory).toList());
            throw new StartFailure(String.valueOf(e.getMessage()));
        } catch (StartFailure e) {
            close(taken.stream().map(Taken::directory).toList());
            throw e;
        }
    }

    /** To begin a new metadata log beside the partitions of another would make all of them strays. */
    private static void checkMetadata(List<LogDirAtStart> logDirs, LogDirAtStart ofMetadata) throws StartFailure {
        if (ofMetadata.directory().holds(METADATA)) {
            return;
        }
        for (LogDirAtStart logDir : logDirs) {
            if (logDir.directory().holds(METADATA)) {
                throw new StartFailure("the metadata log is in " + logDir.path() + " and was to be in "
                        + ofMetadata.path() + ": name its directory first in log.dirs, or in metadata.log.dir");
            }
        }
        for (LogDirAtStart logDir : logDirs) {
            if (!logDir.found().isEmpty() || !logDir.futures().isEmpty()) {
                throw new StartFailure("there are partitions in " + logDir.path() + ", but no metadata log in "
                        + ofMetadata.path() + ": is its disk not mounted?");
            }
        }
    }

    private record Taken(LogDirectory directory, Optional<MetaProperties> properties) {
        /**
         * Whether a former run has begun a metadata log here of which nothing is left that tells how this broker has voted. To
         * the quorum it is a new directory, with a new id: it must not vote under the old one again.
         */
        boolean hasForgottenItsVotes(LogFiles files) {
            return properties.isPresent() && !MetadataLogOpener.knowsItsVotes(files, directory);
        }

        /** Whether it is that of a former run, or an operator has said that it is a new one. */
        boolean isKnown() {
            return properties.isPresent() || directory.isDeclaredNew();
        }
    }

    /**
     * Takes in the directories that are new, unless the metadata knows of partitions of this broker in a directory that is not
     * here: then a new one may be where its disk is to be mounted, and is left out.
     */
    void admitNew(ClusterImage image) {
        String known = clusterId.orElseThrow();
        Set<Uuid> here = new HashSet<>();
        logDirs.stream().filter(logDir -> !unnamed.contains(logDir)).forEach(logDir -> here.add(logDir.id()));
        long missed = unnamed.isEmpty() ? 0 : partitionsElsewhere(image, nodeId, here);
        for (LogDirAtStart logDir : unnamed) {
            if (missed > 0) {
                LOG.warn(
                        "Log directory {} is empty, while the metadata knows of {} partitions of this broker in log"
                                + " directories that are not here: is its disk not mounted? It is not used. If it is to be"
                                + " used as a new one, make an empty file {} in it and start again",
                        logDir.path(),
                        missed,
                        LogDirectory.NEW);
                leaveOut(logDir, "it is empty, and partitions are in a log directory that is not here");
                continue;
            }
            try {
                name(logDir, nodeId, known);
            } catch (IOException e) {
                leaveOut(logDir, describe(e));
                report(failed.get(failed.size() - 1));
            }
        }
        unnamed.clear();
    }

    private static long partitionsElsewhere(ClusterImage image, int nodeId, Set<Uuid> known) {
        return image.topics().byId().values().stream()
                .flatMap(topic -> topic.partitions().values().stream())
                .filter(partition -> partition.replicas().contains(nodeId))
                .map(partition -> partition.directoryOf(nodeId))
                .filter(directory -> !DirectoryId.isReserved(directory) && !known.contains(directory))
                .count();
    }

    private void leaveOut(LogDirAtStart logDir, String why) {
        failed.add(new FailedLogDir(logDir.path(), why));
        logDirs.remove(logDir);
        close(List.of(logDir.directory()));
    }

    private static void take(LogFiles files, Path path, List<Taken> taken, List<FailedLogDir> failed)
            throws LogDirectoryException {
        LogDirectory directory;
        try {
            directory = LogDirectory.open(files, path);
        } catch (IOException e) {
            boolean isFile = files.exists(path) && !files.isDirectory(path);
            fail(path, isFile ? new NotDirectoryException(path.toString()) : e, failed);
            return;
        }
        try {
            taken.add(new Taken(directory, directory.metaProperties()));
        } catch (IOException e) {
            close(List.of(directory));
            fail(path, e, failed);
        } catch (LogDirectoryException e) {
            close(List.of(directory));
            throw e;
        }
    }

    private static void fail(Path path, IOException cause, List<FailedLogDir> failed) {
        failed.add(new FailedLogDir(path, describe(cause)));
    }

    private static String describe(IOException cause) {
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static void report(FailedLogDir dir) {
        LOG.error("Log directory {} cannot be used: {}", dir.path(), dir.why());
    }

    private static String whyNot(Path path, List<FailedLogDir> failed) {
        return failed.stream()
                .filter(dir -> dir.path().equals(path))
                .map(dir -> path + " (" + dir.why() + ")")
                .findFirst()
                .orElse(path.toString());
    }

    private static Path normal(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    /**
     * The directories with what the metadata knows of them. From here on a stop that is not in order counts as none; a
     * directory that does not take that has failed.
     *
     * @throws UncheckedIOException when it is that of the metadata log
     */
    List<LogDirAtStart> settled(ClusterImage image) {
        for (LogDirAtStart logDir : List.copyOf(logDirs)) {
            try {
                logDir.directory().removeCleanShutdownMarker();
            } catch (IOException e) {
                if (logDir == metadataLogDir) {
                    throw new UncheckedIOException("log directory " + logDir.path() + " cannot be used: " + e, e);
                }
                leaveOut(logDir, describe(e));
                report(failed.get(failed.size() - 1));
            }
        }
        return new FoundLogs(image, nodeId, UUID::randomUUID).settle(logDirs);
    }

    private static Optional<String> clusterId(
            List<Taken> directories,
            int nodeId,
            @Nullable String wanted,
            NewCluster newCluster,
            List<FailedLogDir> failed)
            throws StartFailure {
        String found = wanted;
        for (Taken one : directories) {
            if (one.properties().isEmpty()) {
                continue;
            }
            MetaProperties meta = one.properties().get();
            Path path = one.directory().path();
            if (meta.nodeId() != nodeId) {
                throw new StartFailure("log directory " + path + " belongs to node.id " + meta.nodeId()
                        + ", this broker is node.id " + nodeId);
            }
            if (found != null && !found.equals(meta.clusterId())) {
                throw new StartFailure("log directory " + path + " belongs to cluster " + meta.clusterId()
                        + ", this broker to cluster " + found);
            }
            found = meta.clusterId();
        }
        if (found == null && !failed.isEmpty()) {
            throw new StartFailure(
                    "it is unknown which cluster this broker belongs to: all log directories are new except "
                            + failed.get(0).path() + ", which cannot be used ("
                            + failed.get(0).why() + ")");
        }
        if (found != null) {
            return Optional.of(found);
        }
        return switch (newCluster) {
            case MADE_HERE -> Optional.of(Uuid.randomUuid().toString());
            case MADE_BY_THE_FIRST_LEADER -> Optional.empty();
            case KNOWN_TO_OTHERS ->
                throw new StartFailure("the log directories are new and cluster.id is not set: set it to the id of the"
                        + " cluster that this broker joins, as kafka-cluster cluster-id tells it");
        };
    }

    private static void name(LogDirAtStart logDir, int nodeId, String clusterId) throws IOException {
        logDir.directory().writeMetaProperties(new MetaProperties(clusterId, nodeId, logDir.id()));
        logDir.directory().removeDeclaration();
    }

    /** Gives the locks back; last of all. */
    void close() {
        close(logDirs.stream().map(LogDirAtStart::directory).toList());
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
