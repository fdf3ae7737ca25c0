package dev.weir.partition;

import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.file.CopyBuffer;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a move: the copy is created in the target, or the last run's is opened. Owned by the shard through
 * {@link LogMoves}.
 */
final class MoveStart {
    private static final Logger LOG = LoggerFactory.getLogger(MoveStart.class);

    private final ShardState shard;
    private final LogOpener opener;
    private final Placement placement;
    private final MoveQueue queue;
    private final CopyBuffer buffer = new CopyBuffer();

    MoveStart(ShardState shard, LogOpener opener, Placement placement, MoveQueue queue) {
        this.shard = shard;
        this.opener = opener;
        this.placement = placement;
        this.queue = queue;
    }

    /** Begins a move that has waited; empty if it cannot begin, and then it has ended. */
    Optional<LogMove> begin(MoveQueue.Waiting waiting, Partition partition, long nowMs) {
        LogDirAtStart logDir = waiting.target;
        if (!shard.isWritable(logDir)) {
            LOG.error(
                    "{} stays where it is: {} is read-only: {}",
                    waiting.name,
                    logDir.path(),
                    shard.whyReadOnly(logDir));
            placement.release(logDir);
            queue.discard(waiting, nowMs);
            return Optional.empty();
        }
        try {
            LogMove move = open(waiting, partition, nowMs);
            LOG.info("Moving {} from {} to {}", partition.name(), partition.logDir.path(), logDir.path());
            return Optional.of(move);
        } catch (IOException | LogCorruptException e) {
            LOG.error("{} stays where it is, it cannot be moved to {}", partition.name(), logDir.path(), e);
            placement.release(logDir);
            queue.discard(waiting, nowMs);
            shard.writeFailed(logDir, new LogIoException("cannot create " + partition.name(), new IOException(e)));
            return Optional.empty();
        }
    }

    private LogMove open(MoveQueue.Waiting waiting, Partition partition, long nowMs)
            throws IOException, LogCorruptException {
        Optional<Path> path = waiting.usable();
        if (path.isPresent()) {
            boolean resumes = waiting.known.recoveryPoint() >= 0;
            PartitionLog future = opener.openFuture(partition, path.get(), waiting.known, nowMs);
            long cleaned = resumes ? waiting.known.cleaned() : partition.cleanedTo();
            return new LogMove(partition, waiting.target, future, resumes, cleaned, buffer);
        }
        queue.discard(waiting, nowMs);
        PartitionLog future = opener.createFuture(partition, waiting.target, nowMs);
        return new LogMove(partition, waiting.target, future, false, partition.cleanedTo(), buffer);
    }
}
