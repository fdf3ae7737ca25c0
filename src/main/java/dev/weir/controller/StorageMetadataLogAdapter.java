package dev.weir.controller;

import dev.weir.config.LogConfig;
import dev.weir.storage.OpenOptions;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogFile;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the metadata log as a partition of its own, {@code __cluster_metadata-0}, in one of the broker's log directories,
 * its snapshots and the quorum state beside the segments, as Kafka does. Every append is synced. An append that fails is
 * taken back; where even that fails, it is tried again before the next append, which fails as long as it does. After a
 * failed sync the log is opened again from where it was synced, since nobody knows what the disk has of the rest.
 */
public final class StorageMetadataLogAdapter implements MetadataLogStore {
    private static final Logger LOG = LoggerFactory.getLogger(StorageMetadataLogAdapter.class);
    private static final TopicPartition PARTITION = Topic.CLUSTER_METADATA_TOPIC_PARTITION;
    private static final String QUORUM_STATE = "quorum-state";
    private static final String PART = ".part";
    private static final int EPOCH_IN_BATCH = -1;
    private static final long NOTHING = -1;
    private static final int INDEX_BYTES = 10 * 1024 * 1024;
    private static final int INDEX_INTERVAL_BYTES = 4096;

    private final OpenFileCache cache;
    private final LogFiles files;
    private final Path directory;
    private final LogConfig config;
    private PartitionLog log;
    private long undoTo = NOTHING;

    private StorageMetadataLogAdapter(OpenFileCache cache, Path directory, LogConfig config, PartitionLog log) {
        this.cache = cache;
        this.files = cache.files();
        this.directory = directory;
        this.config = config;
        this.log = log;
    }

    /**
     * Opens the metadata log in a log directory, creating it where there is none.
     *
     * @param cache the files that the controller's thread keeps open
     * @param segmentBytes {@code metadata.log.segment.bytes}
     * @param nowMs wall clock
     * @throws MetadataLogException where it is damaged
     */
    public static StorageMetadataLogAdapter open(
            LogDirectory directory, OpenFileCache cache, int segmentBytes, long nowMs)
            throws IOException, MetadataLogException {
        Path path = directory.partitionPath(PARTITION);
        try {
            LogConfig config = config(segmentBytes);
            PartitionLog log =
                    PartitionLog.open(cache, path, PARTITION, config, OpenOptions.fresh(nowMs), ProducerStateHook.NONE);
            if (log.recovery().bytesCut() > 0) {
                LOG.warn(
                        "{} bytes at the end of the metadata log were torn and are cut off",
                        log.recovery().bytesCut());
            }
            if (directory.readTopicId(path).isEmpty()) {
                directory.writeTopicId(path, Uuid.METADATA_TOPIC_ID);
            }
            StorageMetadataLogAdapter adapter = new StorageMetadataLogAdapter(cache, path, config, log);
            adapter.removeLeftovers();
            return adapter;
        } catch (LogCorruptException e) {
            throw new MetadataLogException("the metadata log in " + path + " is damaged: " + e.getMessage());
        }
    }

    @Override
    public long startOffset() {
        return log.logStartOffset();
    }

    @Override
    public long endOffset() {
        return undoTo == NOTHING ? log.logEndOffset() : undoTo;
    }

    @Override
    public int lastEpoch() {
        return log.latestEpoch().orElse(0);
    }

    @Override
    public void append(ByteBuffer batches, long nowMs) throws IOException {
        if (undoTo != NOTHING) {
            undo(nowMs);
        }
        long before = log.logEndOffset();
        try {
            log.stage(batches, EPOCH_IN_BATCH, nowMs);
            log.write();
            log.flush();
        } catch (Throwable e) {
            undoTo = before;
            tryUndo(nowMs, e);
            throw e;
        }
    }

    private void tryUndo(long nowMs, Throwable cause) {
        try {
            undo(nowMs);
        } catch (Throwable e) {
            if (e != cause) {
                cause.addSuppressed(e);
            }
            LOG.warn("A failed write to the metadata log cannot be taken back yet: {}", e.getMessage());
        }
    }

    private void undo(long nowMs) throws IOException {
        if (log.mustBeOpenedAgain()) {
            openAgain(nowMs);
        } else {
            log.dropStaged();
        }
        log.truncateTo(undoTo, nowMs);
        undoTo = NOTHING;
    }

    private void openAgain(long nowMs) throws IOException {
        OpenOptions options =
                new OpenOptions(false, log.recoveryPoint(), log.logStartOffset(), -1, nowMs, true, bound -> 0);
        log.abandon();
        try {
            log = PartitionLog.open(cache, directory, PARTITION, config, options, ProducerStateHook.NONE);
        } catch (LogCorruptException e) {
            throw new IOException("the metadata log in " + directory + " is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public ByteBuffer read(long offset, int maxBytes) throws IOException {
        return log.readBatches(offset, maxBytes);
    }

    @Override
    public void trim(long offset, long nowMs) throws IOException {
        log.roll(nowMs);
        log.advanceLogStartOffset(Math.min(offset, log.logEndOffset()));
        log.deleteOldSegments(nowMs, log.logEndOffset());
        log.unlinkDeleted(nowMs);
    }

    @Override
    public void restartAt(long offset, long nowMs) throws IOException {
        log.truncateFullyAndStartAt(offset, nowMs);
    }

    @Override
    public List<SnapshotId> snapshots() throws IOException {
        return files.list(directory).stream()
                .map(SnapshotId::parse)
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    @Override
    public ByteBuffer readSnapshot(SnapshotId id) throws IOException {
        return content(directory.resolve(id.fileName()));
    }

    @Override
    public void writeSnapshot(SnapshotId id, ByteBuffer content) throws IOException {
        replace(directory.resolve(id.fileName()), content);
    }

    @Override
    public void deleteSnapshot(SnapshotId id) throws IOException {
        files.deleteIfExists(directory.resolve(id.fileName()));
    }

    @Override
    public Optional<String> readQuorumState() throws IOException {
        Path path = directory.resolve(QUORUM_STATE);
        return files.exists(path)
                ? Optional.of(StandardCharsets.UTF_8.decode(content(path)).toString())
                : Optional.empty();
    }

    @Override
    public void writeQuorumState(String json) throws IOException {
        replace(directory.resolve(QUORUM_STATE), ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    private void removeLeftovers() throws IOException {
        for (String name : files.list(directory)) {
            if (name.endsWith(PART)) {
                files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    private ByteBuffer content(Path path) throws IOException {
        try (LogFile file = files.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.readFully(content, 0);
            return content.flip();
        }
    }

    /** After a crash either the old content is there or the new, whole. */
    private void replace(Path path, ByteBuffer content) throws IOException {
        Path part = path.resolveSibling(path.getFileName() + PART);
        try (LogFile file = files.create(part)) {
            file.truncate(0);
            file.write(new ByteBuffer[] {content}, 1, 0);
            file.force();
        }
        files.rename(part, path);
        files.syncDirectory(directory);
    }

    /** Kept until a snapshot makes it needless: no retention by age or size, and no compaction. */
    private static LogConfig config(int segmentBytes) {
        return new LogConfig(
                segmentBytes,
                Long.MAX_VALUE,
                0,
                INDEX_BYTES,
                INDEX_INTERVAL_BYTES,
                -1,
                -1,
                0,
                0,
                0,
                Long.MAX_VALUE,
                1.0,
                false,
                true,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Integer.MAX_VALUE,
                "producer",
                -1,
                9,
                3,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                1,
                false,
                false);
    }
}
