package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.storage.directory.DirectoryNames;
import dev.weir.storage.directory.PartitionDirectory;
import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition: segments, indexes, leader epochs and producer snapshots in Kafka's on-disk format.
 * Synchronous, and owned by one thread, that of its shard; only {@link FileSlice}s and {@link SyncTask}s may leave it.
 *
 * <p>Offsets: {@code logStartOffset <= logEndOffset <= nextOffset} and {@code recoveryPoint <= logEndOffset}; the start may be
 * above the recovery point. {@code nextOffset} counts staged batches, {@code logEndOffset} only written ones. Appending is
 * {@link #stage} for each request that has arrived, then one {@link #write}. It ends with {@link #close} or {@link #delete}.
 */
public final class PartitionLog {
    private final LogState log;
    private final RecoveryReport recovery;
    private final LogAppender appender;
    private final LogReader reader;
    private final LogSyncer syncer;
    private final LogTrimmer trimmer;
    private final LogCompaction compaction;

    private PartitionLog(LogState log, RecoveryReport recovery) {
        this.log = log;
        this.recovery = recovery;
        this.appender = new LogAppender(log);
        this.reader = new LogReader(log);
        this.syncer = new LogSyncer(log);
        this.trimmer = new LogTrimmer(log, appender);
        this.compaction = new LogCompaction(log);
    }

    /**
     * Opens a partition's directory, creating it when it does not exist, and repairs it as needed: leftovers of deletions
     * and compactions are removed or completed, missing or broken indexes are made anew, after an unclean stop everything
     * above the recovery point is checked and the log is cut before the first damaged batch.
     *
     * @throws LogCorruptException when it cannot be repaired
     * @throws IOException when the disk fails
     */
    public static PartitionLog open(
            OpenFileCache files,
            Path directory,
            TopicPartition partition,
            LogConfig config,
            OpenOptions options,
            ProducerStateHook producers)
            throws IOException, LogCorruptException {
        LogState log = new LogState(files, directory, partition, config, options.jitter(), producers);
        return new PartitionLog(log, new LogLoader(log, options).load());
    }

    public TopicPartition partition() {
        return log.partition;
    }

    public Path directory() {
        return log.directory;
    }

    public LogConfig config() {
        return log.config;
    }

    /** What {@link #open} repaired. */
    public RecoveryReport recovery() {
        return recovery;
    }

    // ---- offsets

    /** First offset that may be read. */
    public long logStartOffset() {
        return log.logStartOffset;
    }

    /** Offset after the last written record. */
    public long logEndOffset() {
        return log.logEndOffset;
    }

    /** Offset for the next batch to be staged. */
    public long nextOffset() {
        return appender.nextOffset();
    }

    /** Everything below is durable. Checkpoint it now and then, and always after a truncation before the next write. */
    public long recoveryPoint() {
        return log.recoveryPoint;
    }

    /** Bytes of all segments. */
    public long sizeInBytes() {
        return trimmer.sizeInBytes();
    }

    /** Segments in offset order. */
    public List<SegmentInfo> segments() {
        return log.segments.values().stream()
                .map(s -> new SegmentInfo(
                        s.baseOffset(),
                        s.nextOffset(),
                        s.size(),
                        s.maxTimestamp(),
                        s.log().path(),
                        log.isActive(s)))
                .toList();
    }

    // ---- append

    /**
     * Queues validated batches whose offsets are already assigned, from {@link #nextOffset} on and without going back. The
     * caller keeps the buffer alive and unchanged until {@link #write} returns; position and limit are left as they are.
     *
     * @param leaderEpoch stamped into every batch; -1 keeps the epochs in the batches, as a follower does
     * @param nowMs wall clock, for segments without timestamps
     * @return position in the staged order: the offset after these batches, {@link #nextOffset}. Whatever is thrown, none of
     *     them is staged then
     */
    public long stage(ByteBuffer batches, int leaderEpoch, long nowMs) {
        return appender.stage(batches, leaderEpoch, nowMs);
    }

    /** Bytes staged and not yet written. */
    public int stagedBytes() {
        return appender.stagedBytes();
    }

    /**
     * Writes everything staged: one gathered write for each segment touched, which is one unless a segment is rolled.
     *
     * @return {@link #logEndOffset}
     * @throws LogIoException when the disk fails. The log then ends after the last segment part that was written whole:
     *     batches below {@link #logEndOffset} are in the log, the others are dropped and leave no trace. After anything else
     *     that is thrown they are dropped too, and the log {@link #mustBeOpenedAgain}
     */
    public long write() throws LogIoException {
        return appender.write();
    }

    /** Forgets the buffers that are staged: their owner gets them back. What else is known of them is left as it is. */
    public void forgetStaged() {
        appender.forgetStaged();
    }

    /** Drops everything staged, as after a failed write. */
    public void dropStaged() throws IOException {
        appender.dropStaged();
    }

    // ---- sync

    /**
     * Whether a sync has failed: the log is to be opened again with {@link OpenOptions#syncFailed} and this {@link
     * #recoveryPoint}. What is below that can still be read.
     */
    public boolean hasFailedSync() {
        return log.syncFailed;
    }

    /** Whether a change was broken off by anything but the disk's refusal: batches that were not acknowledged may be there. */
    public boolean isInDoubt() {
        return log.inDoubt;
    }

    /** Whether the log takes no writes and no syncs any more, for one reason or the other: {@link #abandon} it and open it again. */
    public boolean mustBeOpenedAgain() {
        return log.syncFailed || log.inDoubt;
    }

    /** Whether anything written is not yet durable. */
    public boolean needsSync() {
        return syncer.needsSync();
    }

    /** Whether a segment that is no longer written to is not yet durable. */
    public boolean hasSealedUnsynced() {
        return !log.unsynced.isEmpty();
    }

    /** Captures what must be synced for everything written so far to be durable. Several may be under way. */
    public SyncTask beginSync() throws LogIoException {
        return syncer.begin();
    }

    /** Takes a run task back; answers the recovery point, which a successful run has advanced. */
    public long completeSync(SyncTask task) {
        return syncer.complete(task);
    }

    /** Syncs at once, on this thread. */
    public void flush() throws IOException {
        syncer.flush();
    }

    // ---- read

    /**
     * Reads from the batch that holds {@code startOffset} on, within one segment.
     *
     * @param maxBytes most bytes of the slice
     * @param upperBoundOffset no byte of a batch that reaches this offset is returned (high watermark, last stable offset
     *     or log end offset)
     * @param atLeastOneBatch returns the first batch whole even if it is larger than {@code maxBytes}
     */
    public ReadResult read(long startOffset, int maxBytes, long upperBoundOffset, boolean atLeastOneBatch)
            throws IOException {
        return reader.read(startOffset, maxBytes, upperBoundOffset, atLeastOneBatch);
    }

    /**
     * Bytes that {@link #read} would slice, not checked against their checksums; those of the first batch where that alone is
     * too large; -1 if the offset is not in the log.
     */
    public int readableBytes(long startOffset, int maxBytes, long upperBoundOffset, boolean atLeastOneBatch)
            throws IOException {
        return reader.readableBytes(startOffset, maxBytes, upperBoundOffset, atLeastOneBatch);
    }

    /**
     * Whole batches from the one that holds {@code startOffset} on, copied to the heap, for replaying a log: at least one
     * batch, then as many as fit into {@code maxBytes}; empty at the log end offset.
     */
    public ByteBuffer readBatches(long startOffset, int maxBytes) throws IOException {
        ReadResult result = reader.read(startOffset, maxBytes, log.logEndOffset, true);
        if (result.error() == Errors.CORRUPT_MESSAGE) {
            throw new IOException(log.partition + " is damaged at offset " + startOffset);
        }
        if (result.error() != Errors.NONE) {
            throw new IllegalArgumentException(log.partition + ": offset " + startOffset + " is not in the log");
        }
        try {
            return result.slice().toBuffer();
        } finally {
            result.slice().release();
        }
    }

    /** Aborted transactions that overlap {@code [fetchOffset, upperBoundOffset)}. */
    public List<AbortedTransaction> abortedTransactions(long fetchOffset, long upperBoundOffset) throws IOException {
        List<AbortedTransaction> found = new ArrayList<>();
        LogSegment segment = log.segmentFor(fetchOffset);
        while (segment != null && !segment.txnIndex().collect(fetchOffset, upperBoundOffset, found)) {
            segment = log.after(segment);
        }
        return found;
    }

    /** First record, from the log start on, whose timestamp is at least {@code timestamp}. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestamp) throws IOException {
        return new TimestampSearch(log).first(timestamp);
    }

    /** First record that has the largest timestamp of the log. */
    public Optional<TimestampOffset> offsetOfMaxTimestamp() throws IOException {
        return new TimestampSearch(log).largest();
    }

    // ---- leader epochs

    /** The latest leader epoch: that of the last batch, or one that has begun since. */
    public OptionalInt latestEpoch() {
        return log.epochs.latest();
    }

    /** Leader epoch in which an offset was written; empty when unknown. */
    public OptionalInt epochForOffset(long offset) {
        return log.epochs.epochFor(offset);
    }

    /** Where an epoch ends (KIP-320). */
    public EpochEndOffset endOffsetForEpoch(int leaderEpoch) {
        return log.epochs.endOffsetFor(leaderEpoch, log.logEndOffset);
    }

    /**
     * Writes that a leader epoch begins at the log end offset, as a leader does when it takes over and before its first
     * append. It is not synced: it becomes durable with the first batches of the epoch, and matters to nobody before.
     *
     * @throws IOException when the disk fails; this broker must then not lead
     */
    public void beginEpoch(int leaderEpoch) throws IOException {
        appender.requireNothingStaged();
        log.epochs.begin(leaderEpoch, log.logEndOffset);
    }

    // ---- change

    /** Removes every record at or above {@code offset}; a batch that holds it goes whole. Answers the new log end offset. */
    public long truncateTo(long offset, long nowMs) throws IOException {
        appender.requireNothingStaged();
        return log.change(() -> trimmer.truncateTo(offset, nowMs));
    }

    /** Removes everything; the log then starts and ends at {@code offset}. */
    public void truncateFullyAndStartAt(long offset, long nowMs) throws IOException {
        appender.requireNothingStaged();
        log.change(() -> trimmer.restartAt(offset, nowMs));
    }

    /** Moves the log start up (DeleteRecords); ignored when not above it. At most {@link #logEndOffset}. */
    public void advanceLogStartOffset(long offset) throws IOException {
        if (offset > log.logEndOffset) {
            throw new IllegalArgumentException(
                    log.partition + ": log start " + offset + " above the log end " + log.logEndOffset);
        }
        log.change(() -> trimmer.advanceStart(offset));
    }

    /** For a slow timer: rolls the active segment when it is old enough by the wall clock and holds records, and gives up the
     * buffers of a log that has not been written to since the last call. */
    public boolean rollIfNeeded(long nowMs) throws IOException {
        if (appender.stagedBytes() > 0) {
            return false;
        }
        return log.change(() -> appender.rollIfOld(nowMs));
    }

    /** Starts a new segment at the log end offset unless the active one is empty. */
    public void roll(long nowMs) throws IOException {
        log.change(() -> appender.roll(nowMs));
    }

    /**
     * Retires segments by {@code retention.ms}, {@code retention.bytes} (if the log is of the delete policy) and the log
     * start offset. They are renamed to {@code .deleted}; {@link #unlinkDeleted} removes them.
     *
     * @param upperBoundOffset segments that reach above this offset stay (the high watermark)
     * @return how many segments were retired
     */
    public int deleteOldSegments(long nowMs, long upperBoundOffset) throws IOException {
        appender.requireNothingStaged();
        return log.change(() -> trimmer.deleteOldSegments(nowMs, upperBoundOffset));
    }

    /** Unlinks retired files that are past {@code file.delete.delay.ms} and that no slice holds; answers how many remain. */
    public int unlinkDeleted(long nowMs) throws IOException {
        return trimmer.unlinkDeleted(nowMs);
    }

    // ---- compaction

    /**
     * What a compaction should do now; empty when none is due or one is under way. Run the plan on another thread, and hand
     * its outcome to {@link #replaceSegments} or, when there is none, call {@link #abandonCleaning}.
     *
     * @param lastStableOffset nothing above it is compacted; not above the high watermark
     * @param checkpoint where the last compaction ended, of {@code cleaner-offset-checkpoint}; -1 when there was none. It
     *     must be lowered whenever the log is truncated below it
     * @param producers the producers that are active
     */
    public Optional<CleaningPlan> planCleaning(
            long lastStableOffset, long checkpoint, Collection<ProducerEntry> producers, long nowMs)
            throws IOException {
        return compaction.plan(lastStableOffset, checkpoint, producers, nowMs);
    }

    /**
     * Swaps cleaned segments in for those they were made from. A crash at any moment leaves the old or the new ones.
     *
     * @return the new checkpoint; empty when the log has lost one of the old segments meanwhile and nothing was done
     * @throws IOException when the disk fails; the log must then be closed and opened again
     */
    public OptionalLong replaceSegments(CleanedSegments cleaned, long nowMs) throws IOException {
        return log.change(() -> compaction.replace(cleaned, nowMs));
    }

    /** The plan that was given out last leads to nothing. */
    public void abandonCleaning() {
        compaction.abandon();
    }

    /** Takes a changed configuration for everything from now on. */
    public void updateConfig(LogConfig config) {
        log.config = config;
    }

    // ---- end

    /** Syncs, writes a producer snapshot and closes the files. */
    public void close() throws IOException {
        SyncTask last = beginClose();
        try {
            if (last != null) {
                last.run();
            }
        } finally {
            endClose(last);
        }
    }

    /** Begins to close: writes a producer snapshot, and answers the sync that is to be run before {@link #endClose}, if any. */
    public @Nullable SyncTask beginClose() throws IOException {
        appender.requireNothingStaged();
        return syncer.beginLast();
    }

    /** Takes the outcome of the last sync and closes the files. */
    public void endClose(@Nullable SyncTask last) {
        if (last != null) {
            syncer.complete(last);
        }
        closeFiles();
    }

    /** Closes the files as they are, and drops what is staged. */
    public void abandon() {
        appender.forgetStaged();
        closeFiles();
    }

    /**
     * Closes the log and renames its directory to {@code <topic>-<partition>.<uniqueId>-delete}; {@link
     * LogDirectory#removeDeleted} takes it away later.
     *
     * @param uniqueId 32 hexadecimal digits
     * @return the new path
     */
    public Path delete(String uniqueId) throws IOException {
        appender.dropStaged();
        closeFiles();
        Path target = log.directory.resolveSibling(
                DirectoryNames.suffixed(log.partition, uniqueId, PartitionDirectory.Kind.DELETE));
        log.files().rename(log.directory, target);
        log.files().syncDirectory(DurableFiles.directoryOf(target));
        return target;
    }

    /**
     * Renames the directory, durably; what is open stays open. When only the sync of the rename fails, the log is where it was
     * told to go and a crash may undo that.
     *
     * @param target in the same log directory
     */
    public void renameTo(Path target) throws IOException {
        log.files().rename(log.directory, target);
        log.movedTo(target);
        log.files().syncDirectory(DurableFiles.directoryOf(target));
    }

    LogState state() {
        return log;
    }

    LogAppender appender() {
        return appender;
    }

    private void closeFiles() {
        log.segments.values().forEach(LogSegment::close);
        log.retired.forEach(r -> r.segment().close());
    }
}
