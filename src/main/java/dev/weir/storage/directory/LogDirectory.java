package dev.weir.storage.directory;

import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log directory of a broker: its lock, its identity, its checkpoints and its partitions' directories. One owner; the
 * checkpoint methods block and replace their file atomically.
 */
public final class LogDirectory {
    /** The file with which an operator says that an empty directory is a new one, not the place of a disk that is missing. */
    public static final String NEW = "new-log-dir";

    /** The epoch of a broker that is not registered. */
    public static final long NO_EPOCH = -1;

    private static final int PROBE_BYTES = 4096;
    private static final String PROBE = ".weir-probe";

    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    private final LogFiles files;
    private final Path path;
    private final DirectoryLock lock;
    private final CleanShutdownFile cleanShutdown;

    private LogDirectory(LogFiles files, Path path, DirectoryLock lock) {
        this.files = files;
        this.path = path;
        this.lock = lock;
        this.cleanShutdown = new CleanShutdownFile(files, path);
    }

    /**
     * Takes the directory for this process, creating it when it does not exist.
     *
     * @throws LogDirectoryException when another process holds it
     */
    public static LogDirectory open(LogFiles files, Path path) throws IOException, LogDirectoryException {
        files.createDirectories(path);
        return new LogDirectory(files, path, DirectoryLock.take(files.create(path.resolve(DirectoryLock.NAME))));
    }

    public Path path() {
        return path;
    }

    /** Content of {@code meta.properties}; empty when the directory is new. */
    public Optional<MetaProperties> metaProperties() throws IOException, LogDirectoryException {
        return MetaPropertiesFile.read(files, path);
    }

    public void writeMetaProperties(MetaProperties properties) throws IOException {
        MetaPropertiesFile.write(files, path, properties);
    }

    /** Whether an operator has said that the directory is a new one. */
    public boolean isDeclaredNew() {
        return files.exists(path.resolve(NEW));
    }

    /** Forgets what the operator has said, once the directory has its {@code meta.properties}. */
    public void removeDeclaration() throws IOException {
        files.deleteIfExists(path.resolve(NEW));
    }

    /** Whether the last stop was clean. */
    public boolean wasCleanlyStopped() {
        return cleanShutdown.exists();
    }

    /** The epoch of the broker that has stopped cleanly; {@link #NO_EPOCH} if the last stop wasn't, or does not name it. */
    public long cleanlyStoppedEpoch() throws IOException {
        return cleanShutdown.brokerEpoch();
    }

    /** Removes the marker of a clean stop, durably, so that a crash from now on is seen as one. */
    public void removeCleanShutdownMarker() throws IOException {
        cleanShutdown.remove();
    }

    /**
     * Leaves the marker; call when every log is closed and the checkpoints are written.
     *
     * @param brokerEpoch of the broker that stops; {@link #NO_EPOCH} if it was never registered
     */
    public void markCleanShutdown(long brokerEpoch) throws IOException {
        cleanShutdown.write(brokerEpoch);
    }

    /** {@code recovery-point-offset-checkpoint}; empty, with a warning, when the file is damaged or missing. */
    public Map<TopicPartition, Long> readRecoveryPoints() throws IOException {
        return checkpoint(OffsetCheckpoint.RECOVERY_POINTS).read();
    }

    public void writeRecoveryPoints(Map<TopicPartition, Long> offsets) throws IOException {
        checkpoint(OffsetCheckpoint.RECOVERY_POINTS).write(offsets);
    }

    /** {@code log-start-offset-checkpoint}. */
    public Map<TopicPartition, Long> readLogStartOffsets() throws IOException {
        return checkpoint(OffsetCheckpoint.LOG_STARTS).read();
    }

    public void writeLogStartOffsets(Map<TopicPartition, Long> offsets) throws IOException {
        checkpoint(OffsetCheckpoint.LOG_STARTS).write(offsets);
    }

    /** {@code replication-offset-checkpoint}: high watermarks. */
    public Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        return checkpoint(OffsetCheckpoint.HIGH_WATERMARKS).read();
    }

    public void writeHighWatermarks(Map<TopicPartition, Long> offsets) throws IOException {
        checkpoint(OffsetCheckpoint.HIGH_WATERMARKS).write(offsets);
    }

    /** {@code cleaner-offset-checkpoint}: where the last compaction of each log ended. */
    public Map<TopicPartition, Long> readCleanerOffsets() throws IOException {
        return checkpoint(OffsetCheckpoint.CLEANER).read();
    }

    public void writeCleanerOffsets(Map<TopicPartition, Long> offsets) throws IOException {
        checkpoint(OffsetCheckpoint.CLEANER).write(offsets);
    }

    /** The partitions' directories, by name; anything else in the directory is left out. */
    public List<PartitionDirectory> partitions() throws IOException {
        List<PartitionDirectory> found = new ArrayList<>();
        for (String name : files.list(path)) {
            Path directory = path.resolve(name);
            DirectoryNames.parse(name)
                    .filter(p -> files.isDirectory(directory))
                    .ifPresent(p -> found.add(new PartitionDirectory(p.partition(), p.kind(), directory)));
        }
        return found;
    }

    /** Whether a partition lives here. */
    public boolean holds(TopicPartition partition) {
        return files.isDirectory(partitionPath(partition));
    }

    /** Where a partition's live directory is or would be. */
    public Path partitionPath(TopicPartition partition) {
        return path.resolve(DirectoryNames.live(partition));
    }

    /** Topic id of {@code partition.metadata}; empty when there is none. */
    public Optional<Uuid> readTopicId(Path partitionDirectory) throws IOException, LogCorruptException {
        return TopicIdFile.read(files, partitionDirectory);
    }

    public void writeTopicId(Path partitionDirectory, Uuid topicId) throws IOException {
        TopicIdFile.write(files, partitionDirectory, topicId);
    }

    /** Removes a directory with the {@code -delete} suffix and everything in it. */
    public void removeDeleted(Path partitionDirectory) throws IOException {
        String name = String.valueOf(partitionDirectory.getFileName());
        if (DirectoryNames.parse(name).map(DirectoryNames.Parsed::kind).orElse(null)
                != PartitionDirectory.Kind.DELETE) {
            throw new IllegalArgumentException(partitionDirectory + " is not marked for deletion");
        }
        for (String file : files.list(partitionDirectory)) {
            files.deleteIfExists(partitionDirectory.resolve(file));
        }
        files.deleteIfExists(partitionDirectory);
        files.syncDirectory(path);
    }

    /** Sets a live directory aside as {@code -stray}; answers its new path. */
    public Path markStray(Path partitionDirectory, String uniqueId) throws IOException {
        return mark(partitionDirectory, uniqueId, PartitionDirectory.Kind.STRAY);
    }

    /** Since when the topic of a {@code -stray} directory is known to be gone, wall clock; empty if that was not noted. */
    public Optional<Long> straySince(Path strayDirectory) throws IOException {
        return StrayMark.read(files, strayDirectory);
    }

    /** Notes since when the topic of a {@code -stray} directory is known to be gone. */
    public void markStraySince(Path strayDirectory, long nowMs) throws IOException {
        StrayMark.write(files, strayDirectory, nowMs);
    }

    /** Gives a directory the suffix {@code -delete}; answers its new path. */
    public Path markDeleted(Path partitionDirectory, String uniqueId) throws IOException {
        return mark(partitionDirectory, uniqueId, PartitionDirectory.Kind.DELETE);
    }

    private Path mark(Path partitionDirectory, String uniqueId, PartitionDirectory.Kind kind) throws IOException {
        return renamed(
                partitionDirectory,
                path.resolve(DirectoryNames.suffixed(partitionOf(partitionDirectory), uniqueId, kind)));
    }

    /** Where a partition is copied to before it lives here. */
    public Path futurePath(TopicPartition partition, String uniqueId) {
        return path.resolve(DirectoryNames.suffixed(partition, uniqueId, PartitionDirectory.Kind.FUTURE));
    }

    /** Makes a directory that a partition is to be copied to, durably, with nothing in it but its topic's id. */
    public void createFuture(Path futureDirectory, Uuid topicId) throws IOException {
        files.createDirectories(futureDirectory);
        writeTopicId(futureDirectory, topicId);
        files.syncDirectory(path);
    }

    /** What is said of the copy in a {@code -future} directory; empty unless it is complete. */
    public Optional<CopyMark> readCopyMark(Path futureDirectory) throws IOException {
        return CopyMark.read(files, futureDirectory);
    }

    /** Says that a copy is complete. */
    public void writeCopyMark(Path futureDirectory, CopyMark mark) throws IOException {
        mark.write(files, futureDirectory);
    }

    /** Takes back what was said of a copy; also where it has become the log, of which it says nothing. */
    public void removeCopyMark(Path partitionDirectory) throws IOException {
        CopyMark.remove(files, partitionDirectory);
    }

    /** Whether a partition can be moved: its directory's name with a suffix must not be cut. */
    public static boolean canBeMoved(TopicPartition partition) {
        return DirectoryNames.fits(partition);
    }

    /** Makes a {@code -future} directory the live one of its partition; answers its new path. */
    public Path makeLive(Path futureDirectory) throws IOException {
        return renamed(futureDirectory, partitionPath(partitionOf(futureDirectory)));
    }

    private Path renamed(Path from, Path to) throws IOException {
        files.rename(from, to);
        files.syncDirectory(path);
        return to;
    }

    private static TopicPartition partitionOf(Path partitionDirectory) {
        return DirectoryNames.parse(String.valueOf(partitionDirectory.getFileName()))
                .orElseThrow(() -> new IllegalArgumentException(partitionDirectory + " is no partition"))
                .partition();
    }

    /** Usable bytes of the file system. */
    public long freeBytes() throws IOException {
        return files.usableBytes(path);
    }

    /** Writes, syncs and removes a small probe file; answers whether that worked. */
    public boolean probeWrite() {
        Path probe = path.resolve(PROBE);
        try {
            DurableFiles.write(files, probe, new byte[PROBE_BYTES], true);
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            deleteQuietly(probe);
        }
    }

    /** Gives the lock back. */
    public void close() throws IOException {
        lock.close();
    }

    private OffsetCheckpoint checkpoint(String name) {
        return new OffsetCheckpoint(files, path.resolve(name));
    }

    private void deleteQuietly(Path probe) {
        try {
            files.deleteIfExists(probe);
        } catch (IOException e) {
            LOG.debug("Removing {} failed", probe, e);
        }
    }
}
