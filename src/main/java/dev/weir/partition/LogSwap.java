package dev.weir.partition;

import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.CopyMark;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last step of a move: the copy takes the log's place, within one turn of the shard. The copy is durable first, and marked as
 * complete; then the old directory is renamed for deletion; then the copy gets its name. A crash after the second step leaves the
 * copy alone, and the next start gives it its name. Owned by the shard.
 */
final class LogSwap {
    private static final Logger LOG = LoggerFactory.getLogger(LogSwap.class);

    private final ShardState shard;
    private final LogOpener opener;
    private final Placement placement;
    private final DeletedLogs deleted;

    LogSwap(ShardState shard, LogOpener opener, Placement placement, DeletedLogs deleted) {
        this.shard = shard;
        this.opener = opener;
        this.placement = placement;
        this.deleted = deleted;
    }

    /**
     * Swaps a copy in that has caught up; nothing may be staged.
     *
     * @param ended runs when the old directory is gone: the copy must not be removed any more
     * @throws IOException when nothing has changed; otherwise the move has ended, well or with the partition offline
     */
    void swap(LogMove move, Partition partition, Runnable ended, long nowMs) throws IOException {
        LogDirAtStart old = partition.logDir;
        move.copy.finish();
        move.future.flush();
        move.future.updateConfig(partition.config());
        CopyMark mark = new CopyMark(move.future.latestEpoch().orElse(-1));
        move.target.directory().writeCopyMark(move.future.directory(), mark);
        try {
            deleted.add(
                    old,
                    move.source.delete(opener.newId()),
                    nowMs + partition.config().fileDeleteDelayMs());
            move.future.renameTo(move.target.directory().partitionPath(partition.name()));
        } catch (Throwable e) {
            if (old.directory().holds(partition.name())) {
                removeMark(move);
                throw e;
            }
            ended.run();
            stop(move, partition, e, nowMs);
            return;
        }
        // Whatever fails from here on, the copy is the log.
        ended.run();
        removeMark(move);
        placement.release(old);
        partition.moveTo(move.target, move.future, move.cleanedTo);
        LOG.info("{} has moved from {} to {}", partition.name(), old.path(), move.target.path());
        shard.afterProgress(partition, nowMs);
    }

    private static void removeMark(LogMove move) {
        try {
            move.target.directory().removeCopyMark(move.future.directory());
        } catch (IOException e) {
            LOG.warn("Leftovers in {} do no harm: {}", move.future.directory(), e.getMessage());
        }
    }

    /** The old directory is gone and the copy is not in its place yet: it will be when the partition is opened again. */
    private void stop(LogMove move, Partition partition, Throwable cause, long nowMs) {
        LOG.error("{} is offline while it moves to {}", partition.name(), move.target.path(), cause);
        placement.release(partition.logDir);
        move.future.abandon();
        partition.moveTo(move.target, move.future, move.cleanedTo);
        shard.takeOffline(partition, "the disk failed while the log moved", nowMs);
        shard.writeFailed(move.target, new LogIoException("cannot move " + partition.name(), new IOException(cause)));
    }
}
