package dev.weir.storage;

import dev.weir.config.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;

/**
 * The log of one partition: segments, indexes, leader epochs and producer snapshots in Kafka's on-disk format.
 * Synchronous, and owned by one thread, that of its shard; only {@link FileSlice}s and {@link SyncTask}s may leave it.
 *
 * <p>Offsets: {@code logStartOffset <= recoveryPoint <= logEndOffset <= nextOffset}; {@code nextOffset} counts staged
 * batches, {@code logEndOffset} only written ones. Appending is {@link #stage} for each request that has arrived, then one
 * {@link #write}. It ends with {@link #close} or {@link #delete}.
 */
public final class PartitionLog {
    private PartitionLog() {}

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
        throw new UnsupportedOperationException();
    }

    public TopicPartition partition() {
        throw new UnsupportedOperationException();
    }

    public Path directory() {
        throw new UnsupportedOperationException();
    }

    public LogConfig config() {
        throw new UnsupportedOperationException();
    }

    /** What {@link #open} repaired. */
    public RecoveryReport recovery() {
        throw new UnsupportedOperationException();
    }

    // ---- offsets

    /** First offset that may be read. */
    public long logStartOffset() {
        throw new UnsupportedOperationException();
    }

    /** Offset after the last written record. */
    public long logEndOffset() {
        throw new UnsupportedOperationException();
    }

    /** Offset for the next batch to be staged. */
    public long nextOffset() {
        throw new UnsupportedOperationException();
    }

    /** Everything below is durable. Checkpoint it now and then, and always after a truncation before the next write. */
    public long recoveryPoint() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of all segments. */
    public long sizeInBytes() {
        throw new UnsupportedOperationException();
    }

    /** Segments in offset order. */
    public List<SegmentInfo> segments() {
        throw new UnsupportedOperationException();
    }

    // ---- append

    /**
     * Queues validated batches whose offsets are already assigned, from {@link #nextOffset} on and without going back. The
     * caller keeps the buffer alive and unchanged until {@link #write} returns; position and limit are left as they are.
     *
     * @param leaderEpoch stamped into every batch; -1 keeps the epochs in the batches, as a follower does
     * @param nowMs wall clock, for segments without timestamps
     * @return position in the staged order: the offset after these batches, {@link #nextOffset}
     */
    public long stage(ByteBuffer batches, int leaderEpoch, long nowMs) {
        throw new UnsupportedOperationException();
    }

    /** Bytes staged and not yet written. */
    public int stagedBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes everything staged: one gathered write for each segment touched, which is one unless a segment is rolled.
     *
     * @return {@link #logEndOffset}
     * @throws LogIoException when the disk fails. The log then ends after the last segment part that was written whole:
     *     batches below {@link #logEndOffset} are in the log, the others are dropped and leave no trace
     */
    public long write() throws LogIoException {
        throw new UnsupportedOperationException();
    }

    /** Drops everything staged, as after a failed write. */
    public void dropStaged() {
        throw new UnsupportedOperationException();
    }

    // ---- sync

    /** Whether anything written is not yet durable. */
    public boolean needsSync() {
        throw new UnsupportedOperationException();
    }

    /** Captures what must be synced for everything written so far to be durable. Several may be under way. */
    public SyncTask beginSync() throws LogIoException {
        throw new UnsupportedOperationException();
    }

    /** Takes a run task back; answers the recovery point, which a successful run has advanced. */
    public long completeSync(SyncTask task) {
        throw new UnsupportedOperationException();
    }

    /** Syncs at once, on this thread. */
    public void flush() throws IOException {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    /**
     * Whole batches from the one that holds {@code startOffset} on, copied to the heap, for replaying a log: at least one
     * batch, then as many as fit into {@code maxBytes}; empty at the log end offset.
     */
    public ByteBuffer readBatches(long startOffset, int maxBytes) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Aborted transactions that overlap {@code [fetchOffset, upperBoundOffset)}. */
    public List<AbortedTransaction> abortedTransactions(long fetchOffset, long upperBoundOffset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** First record, from the log start on, whose timestamp is at least {@code timestamp}. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestamp) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** First record that has the largest timestamp of the log. */
    public Optional<TimestampOffset> offsetOfMaxTimestamp() throws IOException {
        throw new UnsupportedOperationException();
    }

    // ---- leader epochs

    /** Epoch of the last batch written. */
    public OptionalInt latestEpoch() {
        throw new UnsupportedOperationException();
    }

    /** Leader epoch in which an offset was written; empty when unknown. */
    public OptionalInt epochForOffset(long offset) {
        throw new UnsupportedOperationException();
    }

    /** Where an epoch ends (KIP-320). */
    public EpochEndOffset endOffsetForEpoch(int leaderEpoch) {
        throw new UnsupportedOperationException();
    }

    // ---- change

    /** Removes every record at or above {@code offset}; a batch that holds it goes whole. Answers the new log end offset. */
    public long truncateTo(long offset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Removes everything; the log then starts and ends at {@code offset}. */
    public void truncateFullyAndStartAt(long offset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Moves the log start up (DeleteRecords); ignored when not above it. At most {@link #logEndOffset}. */
    public void advanceLogStartOffset(long offset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Rolls the active segment when it is old enough by the wall clock and holds records; gives up idle buffers. */
    public boolean rollIfNeeded(long nowMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Starts a new segment at the log end offset unless the active one is empty. */
    public void roll(long nowMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Retires segments by {@code retention.ms}, {@code retention.bytes} (if the log is of the delete policy) and the log
     * start offset. They are renamed to {@code .deleted}; {@link #unlinkDeleted} removes them.
     *
     * @param upperBoundOffset segments that reach above this offset stay (the high watermark)
     * @return how many segments were retired
     */
    public int deleteOldSegments(long nowMs, long upperBoundOffset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Unlinks retired files that are past {@code file.delete.delay.ms} and that no slice holds; answers how many remain. */
    public int unlinkDeleted(long nowMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Takes a changed configuration for everything from now on. */
    public void updateConfig(LogConfig config) {
        throw new UnsupportedOperationException();
    }

    // ---- end

    /** Syncs, writes a producer snapshot and closes the files. */
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Closes the log and renames its directory to {@code <topic>-<partition>.<uniqueId>-delete}; {@link
     * LogDirectory#removeDeleted} takes it away later.
     *
     * @param uniqueId 32 hexadecimal digits
     * @return the new path
     */
    public Path delete(String uniqueId) throws IOException {
        throw new UnsupportedOperationException();
    }
}
