package dev.weir.partition;

import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves logs of one shard to other log directories while they are used (KIP-113). A log is copied into a {@code -future}
 * directory, a piece in each turn and turns apart, so that the shard serves others in between; the copy is synced and the
 * checkpoints of its directory are written; then, within one turn, the rest is copied and synced and the directories take each
 * other's place. {@value #AT_ONCE} are under way at once, taking turns; the others wait in a {@link MoveQueue}. Owned by the shard.
 *
 * <p>A crash leaves the old directory, or the copy, which is complete, and marked so, before the old one is renamed for deletion,
 * see {@link FoundCopies}. A move whose disk fails is given up; its log stays where it is.
 */
final class LogMoves {
    private static final Logger LOG = LoggerFactory.getLogger(LogMoves.class);

    /** Moves under way at once; the others wait. */
    static final int AT_ONCE = 4;

    private final ShardState shard;
    private final LogOpener opener;
    private final Placement placement;
    private final DeletedLogs deleted;
    private final MoveQueue queue;
    private final ShardContext context;
    private final MoveThrottle throttle;
    private final MoveStart start;
    private final MoveStep steps;
    private final MoveFinish finish;
    private final Map<PartitionKey, LogMove> moves = new LinkedHashMap<>();
    private boolean turnScheduled;
    private boolean closed;

    LogMoves(
            ShardOptions options,
            ShardState shard,
            AppendPath appends,
            LogOpener opener,
            Placement placement,
            DeletedLogs deleted,
            ShardContext context) {
        this.throttle = new MoveThrottle(() -> shard.settings().maintenance().moveBytesPerSecond(), options.shards());
        this.shard = shard;
        this.opener = opener;
        this.placement = placement;
        this.deleted = deleted;
        this.queue = new MoveQueue(opener, deleted);
        this.context = context;
        MoveTurns turns = new Turns();
        this.start = new MoveStart(shard, opener, placement, queue);
        this.steps = new MoveStep(throttle, context, turns);
        LogSwap swap = new LogSwap(shard, opener, placement, deleted);
        this.finish = new MoveFinish(shard, appends, swap, steps, context, turns);
    }

    /** The moves under way. */
    Collection<LogMove> all() {
        return moves.values();
    }

    /** The moves that are yet to begin. */
    Collection<MoveQueue.Waiting> waiting() {
        return queue.all();
    }

    /** Begins a move, or queues it, or ends it where the log is to stay; returns the error that Kafka would. */
    Errors alter(LogMessages.AlterLogDir request, long nowMs) {
        TopicPartition name = request.name();
        if (!LogDirectory.canBeMoved(name)) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        if (placement.hasFailed(request.directory())) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        Optional<LogDirAtStart> target = placement.find(request.directory());
        if (target.isEmpty()) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        LogDirAtStart logDir = target.get();
        if (closed || !shard.isWritable(logDir) || shard.isOffline(request.key())) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        LogDirAtStart current = target(request.key());
        if (current != null && current != logDir) {
            cancel(request.key(), nowMs);
        }
        Partition partition = shard.find(request.key());
        if (partition == null) {
            placement.wish(name, logDir);
            return shard.isPartition(request.key()) ? Errors.REPLICA_NOT_AVAILABLE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (partition.logDir == logDir || current == logDir) {
            return Errors.NONE;
        }
        placement.add(logDir);
        queue.add(partition, logDir);
        beginNext(nowMs);
        scheduleTurn(0);
        return partition.logDir == logDir || target(partition.key) == logDir ? Errors.NONE : Errors.KAFKA_STORAGE_ERROR;
    }

    private @Nullable LogDirAtStart target(PartitionKey key) {
        LogMove move = moves.get(key);
        MoveQueue.Waiting waiting = queue.find(key);
        return move != null ? move.target : waiting == null ? null : waiting.target;
    }

    /** Goes on with the moves that the last run left; a copy that a crash may have damaged is made again. */
    void resume(List<LogDirAtStart> logDirs, long nowMs) {
        for (LogDirAtStart logDir : logDirs) {
            for (LogDirAtStart.Found found : logDir.futures()) {
                Optional<TopicImage> topic =
                        shard.image().topic(found.partition().topic());
                Partition partition = topic.map(t -> shard.find(
                                new PartitionKey(t.id(), found.partition().partition())))
                        .orElse(null);
                if (partition != null) {
                    queue.addFound(partition, logDir, found.path());
                }
            }
        }
        while (beginNext(nowMs)) {
            LOG.debug("{} moves are under way", moves.size());
        }
        scheduleTurn(0);
    }

    /** Begins the first move that can begin, if not too many are under way; returns whether that was tried. */
    private boolean beginNext(long nowMs) {
        long underWay = moves.values().stream()
                .filter(move -> move.state != LogMove.State.WAITING)
                .count();
        if (underWay >= AT_ONCE) {
            return false;
        }
        Optional<MoveQueue.Waiting> next = queue.take(move -> shard.find(move.key) != null);
        next.flatMap(move -> start.begin(move, Objects.requireNonNull(shard.find(move.key)), nowMs))
                .ifPresent(move -> moves.put(move.key, move));
        return next.isPresent();
    }

    /** Ends a move, and the log stays; does nothing if there is none. */
    void cancel(PartitionKey key, long nowMs) {
        queue.remove(key, nowMs).ifPresent(waiting -> placement.release(waiting.target));
        LogMove move = moves.remove(key);
        if (move == null) {
            return;
        }
        placement.release(move.target);
        if (move.assigned) {
            shard.logDirOf(key).ifPresent(logDir -> context.assign(key, logDir, ignored -> {}));
        }
        try {
            deleted.add(move.target, move.future.delete(opener.newId()), nowMs);
        } catch (IOException e) {
            LOG.warn("Cannot remove {}: {}", move.future.directory(), e.getMessage());
        }
        callNext();
    }

    private void callNext() {
        if (!queue.all().isEmpty()) {
            scheduleTurn(0);
        }
    }

    /** Whether moves are under way, or wait. */
    boolean any() {
        return !moves.isEmpty() || !queue.all().isEmpty();
    }

    /** For a slow timer: looks again at logs that could not be read. */
    void tick() {
        callNext();
        for (LogMove move : moves.values()) {
            if (move.state == LogMove.State.WAITING && shard.find(move.key) != null) {
                move.state = LogMove.State.COPYING;
                scheduleTurn(0);
            }
        }
    }

    /** Does a piece of the move whose turn it is, and something for those that wait. */
    void turn(long nowMs) {
        turnScheduled = false;
        if (closed) {
            return;
        }
        beginNext(nowMs);
        queue.makeDirectory(nowMs).ifPresent(failed -> placement.release(failed.target));
        if (throttle.waitMs(nowMs) == 0) {
            advanceNext(nowMs);
        }
        boolean copying = moves.values().stream().anyMatch(m -> m.state == LogMove.State.COPYING);
        if (copying || queue.needsDirectory()) {
            scheduleTurn(queue.needsDirectory() ? 0 : throttle.waitMs(nowMs));
        }
    }

    private void advanceNext(long nowMs) {
        Optional<LogMove> next = moves.values().stream()
                .filter(m -> m.state == LogMove.State.COPYING)
                .findFirst();
        if (next.isEmpty()) {
            return;
        }
        LogMove move = next.get();
        // The others come first next time.
        moves.remove(move.key);
        moves.put(move.key, move);
        try {
            advance(move, nowMs);
        } catch (Throwable e) {
            giveUp(move, e, nowMs);
        }
        if (!moves.containsKey(move.key)) {
            callNext();
        }
    }

    /** Ends the shard's part: copies are closed, to go on at the next start. Returns whether all went well. */
    boolean close(long nowMs) {
        closed = true;
        boolean clean = true;
        while (queue.needsDirectory()) {
            queue.makeDirectory(nowMs);
        }
        for (LogMove move : moves.values()) {
            try {
                move.future.close();
            } catch (Throwable e) {
                LOG.error("Cannot close {}", move.future.directory(), e);
                clean = false;
            }
        }
        return clean;
    }

    private void advance(LogMove move, long nowMs) throws IOException {
        Partition partition = shard.find(move.key);
        if (partition == null) {
            move.state = LogMove.State.WAITING;
            return;
        }
        if (!shard.isWritable(move.target)) {
            throw new IOException(move.target.path() + " is read-only: " + shard.whyReadOnly(move.target));
        }
        if (partition.log != move.source) {
            move.restartFrom(partition);
        }
        if (move.ready) {
            finish.finish(move, partition, nowMs);
        } else {
            steps.step(move, now -> finish.checkpoint(move, now), nowMs);
        }
    }

    private void giveUp(LogMove move, Throwable cause, long nowMs) {
        if (moves.get(move.key) != move) {
            LOG.error("{} has moved to {}, and then", move.future.partition(), move.target.path(), cause);
            return;
        }
        LOG.error("{} stays where it is, the move to {} failed", move.future.partition(), move.target.path(), cause);
        if (cause instanceof LogIoException failure) {
            shard.writeFailed(move.target, failure);
        }
        cancel(move.key, nowMs);
    }

    private void scheduleTurn(long waitMs) {
        if (!turnScheduled && !closed) {
            turnScheduled = true;
            context.turnAfter(waitMs);
        }
    }

    private final class Turns implements MoveTurns {
        @Override
        public boolean goesOn(LogMove move) {
            return !closed && moves.get(move.key) == move;
        }

        @Override
        public void scheduleTurn(long waitMs) {
            LogMoves.this.scheduleTurn(waitMs);
        }

        @Override
        public void giveUp(LogMove move, Throwable cause, long nowMs) {
            LogMoves.this.giveUp(move, cause, nowMs);
        }

        @Override
        public void ended(LogMove move) {
            moves.remove(move.key);
        }
    }
}
