package dev.weir.controller.log;

import dev.weir.config.LogConfig;
import dev.weir.config.LogConfigBuilder;
import dev.weir.storage.OpenOptions;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.SyncTask;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log as a partition of its own, {@code __cluster_metadata-0}, in one of the broker's log directories, as Kafka
 * has it. Owned by one thread. Everything found at the start is synced by then; what is appended is synced with {@link
 * #beginSync}. After a failed write or sync the store is closed, and is opened again before the next append.
 */
public final class MetadataLogStore {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLogStore.class);
    static final TopicPartition PARTITION = Topic.CLUSTER_METADATA_TOPIC_PARTITION;
    private static final int EPOCH_IN_BATCH = -1;
    private static final int INDEX_BYTES = 10 * 1024 * 1024;
    private static final int INDEX_INTERVAL_BYTES = 4096;

    private final MetadataFiles files;
    private final PartitionLog log;

    private MetadataLogStore(MetadataFiles files, PartitionLog log) {
        this.files = files;
        this.log = log;
    }

    /**
     * Opens the metadata log in a log directory, creating it if there is none.
     *
     * @param cache the files that the owner keeps open
     * @param segmentBytes {@code metadata.log.segment.bytes}
     * @param nowMs wall clock
     * @throws MetadataLogException if it is damaged
     */
    public static MetadataLogStore open(LogDirectory directory, OpenFileCache cache, int segmentBytes, long nowMs)
            throws IOException, MetadataLogException {
        return open(directory, cache, segmentBytes, OpenOptions.fresh(nowMs));
    }

    /**
     * Opens the log again after this one has failed: what was not synced is written anew, since nobody knows what the disk has
     * of it.
     */
    public MetadataLogStore openAgain(LogDirectory directory, OpenFileCache cache, int segmentBytes, long nowMs)
            throws IOException, MetadataLogException {
        return open(directory, cache, segmentBytes, rewriting(log, log.recoveryPoint(), nowMs));
    }

    private static OpenOptions rewriting(PartitionLog log, long from, long nowMs) {
        return new OpenOptions(false, from, log.logStartOffset(), -1, nowMs, true, bound -> 0);
    }

    private static PartitionLog opened(OpenFileCache cache, Path path, int segmentBytes, OpenOptions options)
            throws IOException, LogCorruptException {
        return PartitionLog.open(cache, path, PARTITION, config(segmentBytes), options, ProducerStateHook.NONE);
    }

    private static MetadataLogStore open(
            LogDirectory directory, OpenFileCache cache, int segmentBytes, OpenOptions options)
            throws IOException, MetadataLogException {
        Path path = directory.partitionPath(PARTITION);
        MetadataFiles files = new MetadataFiles(cache.files(), path);
        try {
            PartitionLog log = opened(cache, path, segmentBytes, options);
            long known = files.mark().offset();
            if (!options.syncFailed() && files.hasMark() && known < log.logEndOffset()) {
                // A sync may have failed in the life before: the system would not write those bytes any more.
                log.abandon();
                log = opened(
                        cache,
                        path,
                        segmentBytes,
                        rewriting(log, Math.max(known, log.logStartOffset()), options.nowMs()));
            }
            if (log.recovery().bytesCut() > 0) {
                LOG.warn(
                        "{} bytes at the end of the metadata log were torn and are cut off",
                        log.recovery().bytesCut());
            }
            if (directory.readTopicId(path).isEmpty()) {
                directory.writeTopicId(path, Uuid.METADATA_TOPIC_ID);
            }
            log.flush();
            files.removeLeftovers();
            return new MetadataLogStore(files, log);
        } catch (LogCorruptException e) {
            throw new MetadataLogException("the metadata log in " + path + " is damaged: " + e.getMessage());
        }
    }

    /** What lies beside the log. */
    MetadataFiles files() {
        return files;
    }

    /** The first offset that can be read. */
    long startOffset() {
        return log.logStartOffset();
    }

    /** The offset of the next record. */
    long endOffset() {
        return log.logEndOffset();
    }

    /** Everything below is durable. */
    long syncedOffset() {
        return log.recoveryPoint();
    }

    /** The epoch of the record at {@code offset}; 0 if it isn't known. */
    int epochOf(long offset) {
        return offset < log.logStartOffset() ? 0 : log.epochForOffset(offset).orElse(0);
    }

    /** Appends whole batches, whose first offset is {@link #endOffset}. They are not synced. */
    void append(ByteBuffer batches, long nowMs) throws IOException {
        long base = batches.getLong(batches.position());
        if (base != log.nextOffset()) {
            throw new IllegalStateException(
                    "a batch at " + base + " in a metadata log that ends at " + log.nextOffset());
        }
        log.stage(batches, EPOCH_IN_BATCH, nowMs);
        log.write();
    }

    /** Captures what must be synced for everything appended so far to be durable. */
    SyncTask beginSync() throws IOException {
        return log.beginSync();
    }

    /** Takes a sync back that has run. Returns {@link #syncedOffset}. */
    long completeSync(SyncTask task) {
        return log.completeSync(task);
    }

    /** Removes every record from {@code offset} on, durably. */
    void truncateTo(long offset, long nowMs) throws IOException {
        log.truncateTo(offset, nowMs);
        log.flush();
        log.unlinkDeleted(nowMs);
    }

    /** Returns whole batches from the one that holds {@code offset} on: at least one, then as many as fit. */
    ByteBuffer read(long offset, int maxBytes) throws IOException {
        return log.readBatches(offset, maxBytes);
    }

    /** Gives up the records below {@code offset}; some may stay for a while. */
    void trim(long offset, long nowMs) throws IOException {
        log.roll(nowMs);
        log.advanceLogStartOffset(Math.min(offset, log.logEndOffset()));
        log.deleteOldSegments(nowMs, log.logEndOffset());
        log.unlinkDeleted(nowMs);
    }

    /** Gives up every record, durably; the log then starts and ends at {@code offset}. */
    void restartAt(long offset, long nowMs) throws IOException {
        log.truncateFullyAndStartAt(offset, nowMs);
        log.flush();
        log.unlinkDeleted(nowMs);
    }

    /** Syncs the log and ends its use. */
    void close() throws IOException {
        log.close();
    }

    /** Ends the use of the log as it is. */
    void abandon() {
        log.abandon();
    }

    /** Kept until a snapshot makes it needless: no retention by age or size, and no compaction. */
    private static LogConfig config(int segmentBytes) {
        return new LogConfigBuilder()
                .segmentBytes(segmentBytes)
                .segmentMs(Long.MAX_VALUE)
                .indexBytes(INDEX_BYTES)
                .indexIntervalBytes(INDEX_INTERVAL_BYTES)
                .retentionMs(-1)
                .fileDeleteDelayMs(0)
                .deleteRetentionMs(0)
                .minCleanableDirtyRatio(1.0)
                .maxMessageBytes(Integer.MAX_VALUE)
                .timestampAfterMaxMs(Long.MAX_VALUE)
                .build();
    }
}
