package dev.weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * One log directory of a broker: its lock, its identity, its checkpoints and its partitions' directories. One owner; the
 * checkpoint methods block and replace their file atomically.
 */
public final class LogDirectory {
    private LogDirectory() {}

    /**
     * Takes the directory for this process, creating it when it does not exist.
     *
     * @throws LogDirectoryException when another process holds it
     */
    public static LogDirectory open(LogFiles files, Path path) throws IOException, LogDirectoryException {
        throw new UnsupportedOperationException();
    }

    public Path path() {
        throw new UnsupportedOperationException();
    }

    /** Content of {@code meta.properties}; empty when the directory is new. */
    public Optional<MetaProperties> metaProperties() throws IOException, LogDirectoryException {
        throw new UnsupportedOperationException();
    }

    public void writeMetaProperties(MetaProperties properties) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Whether the last stop was clean; the marker is removed, durably, so that a crash from now on is seen as one. */
    public boolean takeCleanShutdownMarker() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Leaves the marker; call when every log is closed and the checkpoints are written. */
    public void markCleanShutdown() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** {@code recovery-point-offset-checkpoint}; empty, with a warning, when the file is damaged or missing. */
    public Map<TopicPartition, Long> readRecoveryPoints() throws IOException {
        throw new UnsupportedOperationException();
    }

    public void writeRecoveryPoints(Map<TopicPartition, Long> offsets) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** {@code log-start-offset-checkpoint}. */
    public Map<TopicPartition, Long> readLogStartOffsets() throws IOException {
        throw new UnsupportedOperationException();
    }

    public void writeLogStartOffsets(Map<TopicPartition, Long> offsets) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** {@code replication-offset-checkpoint}: high watermarks. */
    public Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        throw new UnsupportedOperationException();
    }

    public void writeHighWatermarks(Map<TopicPartition, Long> offsets) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The partitions' directories, by name; anything else in the directory is left out. */
    public List<PartitionDirectory> partitions() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Where a partition's live directory is or would be. */
    public Path partitionPath(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    /** Topic id of {@code partition.metadata}; empty when there is none. */
    public Optional<Uuid> readTopicId(Path partitionDirectory) throws IOException, LogCorruptException {
        throw new UnsupportedOperationException();
    }

    public void writeTopicId(Path partitionDirectory, Uuid topicId) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Removes a directory with the {@code -delete} suffix and everything in it. */
    public void removeDeleted(Path partitionDirectory) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Sets a live directory aside as {@code -stray}; answers its new path. */
    public Path markStray(Path partitionDirectory, String uniqueId) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Usable bytes of the file system. */
    public long freeBytes() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Writes, syncs and removes a small probe file; answers whether that worked. */
    public boolean probeWrite() {
        throw new UnsupportedOperationException();
    }

    /** Gives the lock back. */
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
