package dev.weir.partition;

import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.EpochEndOffset;
import dev.weir.storage.PartitionLog;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts of followers' logs, and the checkpoints that must be written before such a log is appended to again. A checkpoint from before
 * the cut would have recovery trust bytes that were never synced, or take the log for one that starts or is committed where the old
 * one was. Logs that are cut while checkpoints are being written share the next round of their directory. Owned by the shard.
 */
final class CutCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(CutCheckpoints.class);
    private static final long AGAIN_MS = 1_000;

    private final ShardState shard;
    private final ShardContext context;
    /** Who waits for a cut to be recorded; at most one for each partition, since nothing is done with it meanwhile. */
    private final Map<PartitionKey, Consumer<Outcome>> waiting = new HashMap<>();

    private boolean ended;

    CutCheckpoints(ShardState shard, ShardContext context) {
        this.shard = shard;
        this.context = context;
    }

    /** Cuts where the log parts from the leader's, which has {@code epoch} up to {@code endOffset}. */
    void cut(Partition partition, int epoch, long endOffset, Consumer<Outcome> outcome, long nowMs) throws IOException {
        PartitionLog log = partition.log;
        long to = TruncationPoint.ofDiverging(
                new EpochEndOffset(epoch, endOffset), log.endOffsetForEpoch(epoch), log.logEndOffset());
        LOG.info(
                "{} is cut from {} to {}: in its leader's log epoch {} ends at {}",
                partition.name(),
                log.logEndOffset(),
                to,
                epoch,
                endOffset);
        change(partition, to, () -> log.truncateTo(to, nowMs), outcome, nowMs);
    }

    /** Starts over where the leader's log starts, if this one has nothing that the leader's could be continued from. */
    void startOver(Partition partition, long leaderStartOffset, Consumer<Outcome> outcome, long nowMs)
            throws IOException {
        PartitionLog log = partition.log;
        OptionalLong at = TruncationPoint.ofOutOfRange(log.logStartOffset(), log.logEndOffset(), leaderStartOffset);
        if (at.isEmpty()) {
            outcome.accept(FollowerPath.refused(
                    Errors.OFFSET_OUT_OF_RANGE,
                    "the leader, whose log starts at " + leaderStartOffset + ", does not have offset "
                            + log.logEndOffset()));
            return;
        }
        long start = at.getAsLong();
        LOG.warn(
                "{} ends at {} and starts over at {}, where its leader's log starts",
                partition.name(),
                log.logEndOffset(),
                start);
        change(partition, start, () -> log.truncateFullyAndStartAt(start, nowMs), outcome, nowMs);
    }

    /** Answers everything that waits, at the end of the shard, whose last checkpoints come after this. */
    void endAll() {
        ended = true;
        waiting.values()
                .forEach(outcome ->
                        outcome.accept(FollowerPath.refused(Errors.NOT_LEADER_OR_FOLLOWER, "the broker stops")));
        waiting.clear();
    }

    private void change(Partition partition, long newEnd, Change change, Consumer<Outcome> outcome, long nowMs)
            throws IOException {
        boolean below = newEnd < partition.highWatermark();
        if (below) {
            LOG.error(
                    "{} loses committed records: it is cut to {}, below its high watermark {}. Was a leader elected that was"
                            + " not in sync?",
                    partition.name(),
                    newEnd,
                    partition.highWatermark());
        }
        Checkpointed before = Checkpointed.of(partition);
        try {
            change.run();
        } catch (Throwable e) {
            // As much of it as came about must be recorded as well.
            partition.clamp();
            if (before.isAbove(partition)) {
                shard.awaitCheckpoint(partition.key);
                write(partition.key);
            }
            throw e;
        }
        partition.clamp();
        shard.afterProgress(partition, nowMs);
        if (before.isAbove(partition)) {
            shard.awaitCheckpoint(partition.key);
            waiting.put(
                    partition.key,
                    written -> outcome.accept(
                            written instanceof Outcome.Done done ? new Outcome.Cut(done.position(), below) : written));
            write(partition.key);
        } else {
            outcome.accept(new Outcome.Cut(FollowerPath.position(partition), below));
        }
    }

    /** Writes until it succeeds, whoever leads by then: not even a leader may append before. */
    private void write(PartitionKey key) {
        shard.logDirOf(key)
                .ifPresentOrElse(
                        logDir -> context.writeCheckpoints(logDir, written -> {
                            if (ended) {
                                return;
                            }
                            if (written) {
                                shard.checkpointed(key);
                                tell(key, Errors.NONE);
                            } else {
                                tell(key, Errors.KAFKA_STORAGE_ERROR);
                                context.after(AGAIN_MS, () -> write(key));
                            }
                        }),
                        () -> {
                            shard.checkpointed(key);
                            tell(key, Errors.NONE);
                        });
    }

    private void tell(PartitionKey key, Errors error) {
        Consumer<Outcome> outcome = waiting.remove(key);
        if (outcome == null) {
            return;
        }
        Partition partition = shard.find(key);
        if (error != Errors.NONE) {
            outcome.accept(FollowerPath.refused(error, "the checkpoints cannot be written"));
        } else if (partition == null) {
            outcome.accept(FollowerPath.refused(shard.errorForMissing(key), "the log was closed after it was cut"));
        } else {
            outcome.accept(new Outcome.Done(FollowerPath.position(partition)));
        }
    }

    /** What the checkpoints may say at most of a log. */
    private record Checkpointed(long recoveryPoint, long logStartOffset, long highWatermark, long cleanedTo) {
        static Checkpointed of(Partition partition) {
            return new Checkpointed(
                    partition.log.recoveryPoint(),
                    partition.log.logStartOffset(),
                    partition.highWatermark(),
                    partition.cleanedTo());
        }

        /** Whether they may say more than is true now. */
        boolean isAbove(Partition partition) {
            return recoveryPoint > partition.log.recoveryPoint()
                    || logStartOffset > partition.log.logStartOffset()
                    || highWatermark > partition.highWatermark()
                    || cleanedTo > partition.cleanedTo();
        }
    }

    /** One change of a log. */
    private interface Change {
        void run() throws IOException;
    }
}
