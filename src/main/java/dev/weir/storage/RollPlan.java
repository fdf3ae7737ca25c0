package dev.weir.storage;

import dev.weir.config.LogConfig;
import java.io.IOException;

/**
 * Follows the active segment as it will be once everything staged is written, to decide before which batch a new segment
 * begins. Owned by the log's thread.
 */
final class RollPlan {
    private static final int UNSTARTED = -1;

    private final LogState log;

    private long baseOffset = UNSTARTED;
    private long size;
    private long firstTimestamp;
    private long createdMs;
    private long rollJitterMs;
    private int indexEntries;
    private int timeIndexEntries;
    private int bytesSinceIndexEntry;

    RollPlan(LogState log) {
        this.log = log;
    }

    /** Starts again from the active segment as it is. */
    void restart() {
        baseOffset = UNSTARTED;
    }

    boolean isStarted() {
        return baseOffset != UNSTARTED;
    }

    void start() throws IOException {
        LogSegment active = log.active();
        baseOffset = active.baseOffset();
        size = active.size();
        firstTimestamp = active.firstTimestamp();
        createdMs = active.createdMs();
        rollJitterMs = active.rollJitterMs();
        indexEntries = active.offsetIndex().entries().entries();
        timeIndexEntries = active.timeIndex().entries().entries();
        bytesSinceIndexEntry = active.bytesSinceIndexEntry();
    }

    /** Whether a batch must go to a new segment. */
    boolean rollsBefore(long lastOffset, long maxTimestamp, int bytes, long nowMs) {
        LogConfig config = log.config;
        if (lastOffset - baseOffset > Integer.MAX_VALUE) {
            return true;
        }
        return size > 0
                && !log.mirrors
                && (size + bytes > config.segmentBytes()
                        || waitedMs(maxTimestamp, nowMs) > log.rollMs() - rollJitterMs
                        || indexEntries >= config.indexBytes() / OffsetIndex.ENTRY_SIZE
                        || timeIndexEntries >= config.indexBytes() / TimeIndex.ENTRY_SIZE - 1);
    }

    void rolled(long newBase, long nowMs) {
        baseOffset = newBase;
        size = 0;
        firstTimestamp = -1;
        createdMs = nowMs;
        rollJitterMs = 0;
        indexEntries = 0;
        timeIndexEntries = 0;
        bytesSinceIndexEntry = 0;
    }

    void added(long maxTimestamp, int bytes) {
        if (size == 0) {
            firstTimestamp = maxTimestamp;
        }
        size += bytes;
        if (bytesSinceIndexEntry > log.config.indexIntervalBytes()) {
            indexEntries++;
            timeIndexEntries++;
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += bytes;
    }

    private long waitedMs(long maxTimestamp, long nowMs) {
        return firstTimestamp >= 0 && maxTimestamp >= 0 ? maxTimestamp - firstTimestamp : nowMs - createdMs;
    }
}
