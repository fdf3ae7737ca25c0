package dev.weir.storage;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.producer.AbortedTransaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Stages batches and writes them: the append half of a log. Owned by the log's thread. */
final class LogAppender {
    /** Index entries that may wait in memory before they are written out. */
    private static final int PENDING_INDEX_ENTRIES = 128;

    private final LogState log;
    private final StagedBatches staged = new StagedBatches();
    private final RollPlan plan;
    private long nextOffset;
    private long endWhenLastIdle = -1;

    LogAppender(LogState log) {
        this.log = log;
        this.plan = new RollPlan(log);
        this.nextOffset = log.logEndOffset;
    }

    long nextOffset() {
        return staged.isEmpty() ? log.logEndOffset : nextOffset;
    }

    int stagedBytes() {
        return staged.bytes();
    }

    void requireNothingStaged() {
        if (!staged.isEmpty()) {
            throw new IllegalStateException(log.partition + " has " + staged.bytes() + " staged bytes");
        }
    }

    long stage(ByteBuffer batches, int leaderEpoch, long nowMs) {
        nextOffset = nextOffset();
        long first = nextOffset;
        int batchesBefore = staged.batches();
        int buffersBefore = staged.buffers();
        try {
            stageAll(batches, leaderEpoch, nowMs);
            return nextOffset;
        } catch (Throwable e) {
            takeBack(first, batchesBefore, buffersBefore, e);
            throw e;
        }
    }

    private void takeBack(long first, int batchesBefore, int buffersBefore, Throwable cause) {
        staged.backTo(batchesBefore, buffersBefore);
        nextOffset = first;
        try {
            log.producers.takeBack(first);
            replan();
        } catch (Throwable e) {
            log.inDoubt = true;
            log.alsoFailed(cause, e);
        }
    }

    private void stageAll(ByteBuffer batches, int leaderEpoch, long nowMs) {
        startPlan();
        int rangeStart = batches.position();
        int at = rangeStart;
        while (at < batches.limit()) {
            int size = sizeAt(batches, at);
            if (leaderEpoch >= 0) {
                batches.putInt(at + BatchLayout.LEADER_EPOCH, leaderEpoch);
            }
            long base = batches.getLong(at);
            long last = base + batches.getInt(at + BatchLayout.LAST_OFFSET_DELTA);
            long maxTimestamp = batches.getLong(at + BatchLayout.MAX_TIMESTAMP);
            if (base < nextOffset || last < base) {
                throw new IllegalArgumentException(
                        log.partition + ": offsets " + base + " to " + last + " at next offset " + nextOffset);
            }
            if (plan.rollsBefore(last, maxTimestamp, size, nowMs)) {
                stageRange(batches, rangeStart, at);
                rangeStart = at;
                openAfterRoll(base, last, nowMs);
            } else if (staged.isEmpty()) {
                staged.open(-1, null, nowMs);
            }
            staged.add(base, last, maxTimestamp, size, batches.getInt(at + BatchLayout.LEADER_EPOCH));
            plan.added(maxTimestamp, size);
            if (batches.getLong(at + BatchLayout.PRODUCER_ID) >= 0 && log.tracksProducers() && !log.mirrors) {
                feedProducers(batches.slice(at, size));
            }
            nextOffset = last + 1;
            at += size;
        }
        stageRange(batches, rangeStart, at);
    }

    private void startPlan() {
        if (!plan.isStarted()) {
            try {
                plan.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The plan follows what is staged still. */
    private void replan() throws IOException {
        plan.restart();
        if (staged.isEmpty()) {
            return;
        }
        plan.start();
        for (StagedBatches.Group group : staged.groups()) {
            if (group.rollBase >= 0) {
                plan.rolled(group.rollBase, group.rolledAtMs);
            }
            for (int i = group.firstBatch; i < group.firstBatch + group.batches; i++) {
                plan.added(staged.maxTimestamp(i), staged.size(i));
            }
        }
    }

    private int sizeAt(ByteBuffer batches, int at) {
        int left = batches.limit() - at;
        int size = left < BatchLayout.HEADER_BYTES
                ? 0
                : batches.getInt(at + BatchLayout.LENGTH) + BatchLayout.LENGTH_OVERHEAD;
        if (size < BatchLayout.HEADER_BYTES
                || size > left
                || batches.get(at + BatchLayout.MAGIC) != BatchLayout.MAGIC_V2) {
            throw new IllegalArgumentException(log.partition + ": no whole batch at " + at + " of " + batches);
        }
        return size;
    }

    /** The new segment begins at the end of the log, so that segments leave no gap, unless the batch is too far from there. */
    private void openAfterRoll(long base, long last, long nowMs) {
        long rollBase = last - nextOffset > Integer.MAX_VALUE ? base : nextOffset;
        byte[] snapshot = log.tracksProducers() ? log.producers.snapshot(rollBase) : null;
        staged.open(rollBase, snapshot, nowMs);
        plan.rolled(rollBase, nowMs);
    }

    private void stageRange(ByteBuffer batches, int from, int to) {
        if (to > from) {
            ByteBuffer range = batches.duplicate();
            range.limit(to).position(from);
            staged.add(range);
        }
    }

    private void feedProducers(ByteBuffer batch) {
        staged.sawProducer();
        AbortedTransaction aborted = log.producers.onAppend(ProducerReplay.batchOf(batch));
        if (aborted != null) {
            staged.current().aborted.add(aborted);
        }
    }

    long write() throws LogIoException {
        if (staged.isEmpty()) {
            return log.logEndOffset;
        }
        try {
            log.requireUsable();
            if (log.active().pendingIndexEntries() >= PENDING_INDEX_ENTRIES) {
                log.active().flushIndexes();
            }
            for (StagedBatches.Group group : staged.groups()) {
                assignEpochs(group);
                if (group.rollBase >= 0) {
                    roll(group.rollBase, group.snapshot, group.rolledAtMs);
                }
                append(group);
            }
            if (staged.hasProducers()) {
                log.producers.settle(log.logEndOffset);
            }
            staged.clear();
            return log.logEndOffset;
        } catch (IOException e) {
            dropStaged(e);
            throw new LogIoException("writing " + log.partition + " failed", e);
        } catch (Throwable e) {
            log.inDoubt = true;
            dropStaged(e);
            throw e;
        }
    }

    void forgetStaged() {
        staged.clear();
        plan.restart();
    }

    void dropStaged() throws IOException {
        forgetStaged();
        log.producers.settle(log.logEndOffset);
        log.epochs.dropUnwritten(log.logEndOffset);
    }

    private void dropStaged(Throwable cause) {
        try {
            dropStaged();
        } catch (Throwable e) {
            log.alsoFailed(cause, e);
        }
    }

    /** Epochs are written before the batches that bring them, so that no batch is ever without its epoch. */
    private void assignEpochs(StagedBatches.Group group) throws IOException {
        for (int i = group.firstBatch; i < group.firstBatch + group.batches; i++) {
            log.epochs.assign(staged.leaderEpoch(i), staged.baseOffset(i));
        }
    }

    private void append(StagedBatches.Group group) throws IOException {
        LogSegment segment = log.active();
        log.untouched = false;
        int position = segment.size();
        segment.write(staged.buffersOf(group), group.bufferCount, group.bytes);
        try {
            for (AbortedTransaction aborted : group.aborted) {
                segment.txnIndex().append(aborted);
            }
        } catch (Throwable e) {
            segment.unwrite(group.bytes, e);
            segment.txnIndex().truncateTo(log.logEndOffset);
            throw e;
        }
        for (int i = group.firstBatch; i < group.firstBatch + group.batches; i++) {
            int size = staged.size(i);
            segment.index(
                    staged.lastOffset(i), staged.maxTimestamp(i), position, size, log.config.indexIntervalBytes());
            log.recent.add(staged.baseOffset(i), staged.lastOffset(i), position);
            position += size;
        }
        log.logEndOffset = segment.nextOffset();
    }

    /** Rolls at an offset that the next batch does not lie below, whatever the active segment holds. */
    void rollAt(long base, byte @Nullable [] snapshot, long nowMs) throws LogIoException {
        requireNothingStaged();
        if (base < log.active().baseOffset()) {
            throw new IllegalArgumentException(log.partition + " cannot roll at " + base + ", below "
                    + log.active().baseOffset());
        }
        try {
            roll(base, snapshot, nowMs);
        } catch (IOException e) {
            throw new LogIoException("rolling " + log.partition + " failed", e);
        } finally {
            plan.restart();
        }
    }

    /** Rolls at the log end offset unless the active segment is empty; returns whether it did. */
    boolean roll(long nowMs) throws LogIoException {
        if (log.active().isEmpty()) {
            return false;
        }
        byte[] snapshot = log.tracksProducers() ? log.producers.snapshot(log.logEndOffset) : null;
        rollAt(log.logEndOffset, snapshot, nowMs);
        return true;
    }

    /** Rolls where the active segment is old enough, and gives back what an idle log does not need. */
    boolean rollIfOld(long nowMs) throws IOException {
        idle();
        return isOldEnough(nowMs) && roll(nowMs);
    }

    private void roll(long base, byte @Nullable [] snapshot, long nowMs) throws IOException {
        LogSegment sealed = log.active();
        log.untouched = false;
        sealed.seal();
        if (snapshot != null) {
            log.snapshots.write(base, snapshot, false);
        }
        if (log.namesUnsynced() && log.segments.size() == 1) {
            // Were only the second segment's name to survive a power failure, the log would seem to start there.
            log.syncDirectory();
        }
        LogSegment added = log.addSegment(base, nowMs);
        if (sealed.isEmpty() && sealed.baseOffset() != added.baseOffset()) {
            log.retire(sealed, nowMs);
        } else {
            sealed.endsBefore(base);
            log.unsynced.add(sealed);
        }
    }

    /** Only one that has not been written to since the last call is idle. */
    private void idle() throws LogIoException {
        if (log.logEndOffset != endWhenLastIdle) {
            endWhenLastIdle = log.logEndOffset;
            return;
        }
        staged.shrink();
        log.recent.clear();
        try {
            log.active().flushIndexes();
        } catch (IOException e) {
            throw new LogIoException("writing the indexes of " + log.partition + " failed", e);
        }
    }

    private boolean isOldEnough(long nowMs) throws IOException {
        LogSegment active = log.active();
        long age = nowMs - (active.firstTimestamp() >= 0 ? active.firstTimestamp() : active.createdMs());
        return !active.isEmpty() && age > log.rollMs() - active.rollJitterMs();
    }

    void restartPlan() {
        plan.restart();
    }
}
