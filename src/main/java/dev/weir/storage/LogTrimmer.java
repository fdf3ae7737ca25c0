package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.storage.file.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Takes records away: truncation at the end, retention and DeleteRecords at the start. What it removes becomes durable
 * before it returns, in an order that leaves no gap whenever a crash comes. Owned by the log's thread.
 */
final class LogTrimmer {
    private final LogState log;
    private final LogAppender appender;

    LogTrimmer(LogState log, LogAppender appender) {
        this.log = log;
        this.appender = appender;
    }

    // ---- the end

    long truncateTo(long offset, long nowMs) throws IOException {
        try {
            long end = cutAt(offset, nowMs);
            // Nothing is left of what a failed sync may have lost.
            log.syncFailed &= log.recoveryPoint < log.logEndOffset;
            return end;
        } catch (Throwable e) {
            log.syncFailed = true;
            throw e;
        }
    }

    private long cutAt(long offset, long nowMs) throws IOException {
        if (offset >= log.logEndOffset) {
            // Another leader may have led on from here, so an epoch that was begun without a record is in its way.
            log.epochs.dropEmpty(log.logEndOffset);
            return log.logEndOffset;
        }
        if (offset < log.segments.firstKey()) {
            return restartAt(offset, nowMs);
        }
        for (LogSegment segment :
                List.copyOf(log.segments.tailMap(offset, false).descendingMap().values())) {
            log.retire(segment, nowMs + log.config.fileDeleteDelayMs());
            log.endMoved(segment.baseOffset());
            log.syncDirectory();
        }
        long end = log.active().truncateTo(offset);
        log.unsynced.remove(log.active());
        afterEndMoved(end);
        return end;
    }

    /** @return the log end offset */
    long restartAt(long offset, long nowMs) throws IOException {
        for (LogSegment segment : List.copyOf(log.segments.descendingMap().values())) {
            log.retire(segment, nowMs + log.config.fileDeleteDelayMs());
            log.syncDirectory();
        }
        log.addSegment(offset, nowMs);
        log.syncDirectory();
        log.epochs.clear();
        log.snapshots.removeFrom(0);
        log.logStartOffset = offset;
        log.recoveryPoint = offset;
        afterEndMoved(offset);
        return log.logEndOffset;
    }

    private void afterEndMoved(long end) throws IOException {
        log.endMoved(end);
        log.logStartOffset = Math.min(log.logStartOffset, end);
        appender.restartPlan();
        log.epochs.truncateFromEnd(end);
        log.snapshots.removeFrom(end + 1);
        log.syncDirectory();
        new ProducerReplay(log).run(new ArrayList<>());
    }

    // ---- the start

    /** @return the log start offset */
    long advanceStart(long offset) throws IOException {
        if (offset > log.logStartOffset) {
            log.logStartOffset = offset;
            log.producers.onLogStartOffset(offset);
            log.epochs.truncateFromStart(offset);
        }
        return log.logStartOffset;
    }

    int deleteOldSegments(long nowMs, long upperBoundOffset) throws IOException {
        int removed = 0;
        while (true) {
            LogSegment oldest = log.segments.firstEntry().getValue();
            boolean last = log.isActive(oldest);
            long end = last ? log.logEndOffset : oldest.nextOffset();
            if ((oldest.isEmpty() && last) || end > upperBoundOffset || !isOld(oldest, end, nowMs)) {
                return removed;
            }
            if (last) {
                appender.roll(nowMs);
            }
            removeFirst(oldest, nowMs);
            removed++;
        }
    }

    private boolean isOld(LogSegment oldest, long end, long nowMs) throws IOException {
        LogConfig config = log.config;
        if (end <= log.logStartOffset) {
            return true;
        }
        if (!config.delete()) {
            return false;
        }
        boolean tooOld = config.retentionMs() >= 0 && nowMs - oldest.largestTimestamp() > config.retentionMs();
        return tooOld || (config.retentionBytes() >= 0 && sizeInBytes() - config.retentionBytes() >= oldest.size());
    }

    private void removeFirst(LogSegment oldest, long nowMs) throws IOException {
        makeSuccessorDurable(oldest);
        log.retire(oldest, nowMs + log.config.fileDeleteDelayMs());
        log.syncDirectory();
        log.snapshots.remove(oldest.baseOffset());
        advanceStart(Math.max(log.logStartOffset, log.segments.firstKey()));
    }

    /** The next segment and the producer state at its start must be there when this one is gone. */
    private void makeSuccessorDurable(LogSegment oldest) throws IOException {
        if (!log.unsynced.contains(oldest) && !log.namesUnsynced()) {
            return;
        }
        if (log.snapshots.offsets().contains(oldest.nextOffset())) {
            try (LogFile snapshot = log.files().open(log.snapshots.path(oldest.nextOffset()))) {
                snapshot.force();
            } catch (Throwable e) {
                log.syncFailed = true;
                throw e;
            }
        }
        log.syncDirectory();
    }

    long sizeInBytes() {
        long total = 0;
        for (LogSegment segment : log.segments.values()) {
            total += segment.size();
        }
        return total;
    }

    // ---- the files

    int unlinkDeleted(long nowMs) throws IOException {
        Iterator<RetiredFiles> all = log.retired.iterator();
        while (all.hasNext()) {
            RetiredFiles files = all.next();
            if (files.dueMs() <= nowMs && !files.segment().isHeld()) {
                for (Path path : files.paths()) {
                    log.files().deleteIfExists(path);
                }
                files.segment().close();
                all.remove();
            }
        }
        return log.retired.size();
    }
}
