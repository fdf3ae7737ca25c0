package dev.weir.partition;

import dev.weir.partition.client.FollowerMessages.Entry;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Outcome.Done;
import dev.weir.partition.client.FollowerMessages.Outcome.Misplaced;
import dev.weir.partition.client.FollowerMessages.Outcome.Refused;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.batch.ReplicatedBatches;
import dev.weir.storage.batch.ReplicatedBatches.Expected;
import dev.weir.storage.batch.ReplicatedBatches.Verdict;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of a shard that follow other brokers: appends, cuts and new starts of their logs. Role, epoch and the end of the log
 * are compared in the turn that changes the log, so nothing of a former leader comes in, nor anything that was fetched from another
 * place. Owned by the shard.
 *
 * <pre>
 *   TRUNCATING ── the leader has the end of the log, with its epoch ──▶ FETCHING
 *     ▲    │ it has not                                                   │ a new leader epoch
 *     │    ▼                                                              │
 *     │   cut by epochs, or start over ─▶ CHECKPOINTING ({@link CutCheckpoints})
 *     └──────────────────────────────────────┴────────────────────────────┘
 * </pre>
 *
 * TRUNCATING and FETCHING need no memory here: every fetch names the end of the log and the epoch of the last record, and the
 * leader answers with records only if it has both.
 */
final class FollowerPath {
    private static final Logger LOG = LoggerFactory.getLogger(FollowerPath.class);

    /** How long a turn waits for a disk: the other partitions of its fetcher wait with it. */
    static final long PATIENCE_MS = 1_000;

    private final ShardState shard;
    private final CutCheckpoints checkpoints;
    private final UnsyncedTurns unsynced;

    FollowerPath(ShardState shard, CutCheckpoints checkpoints) {
        this.shard = shard;
        this.checkpoints = checkpoints;
        this.unsynced = new UnsyncedTurns(shard);
    }

    /**
     * Takes a turn; it is answered at once unless something must be synced first, or a cut recorded. What is not done after {@value
     * #PATIENCE_MS} ms is refused, and goes on all the same.
     */
    void take(FollowerTurn turn, long nowMs, Consumer<List<Outcome>> answer) {
        PendingTurn pending = new PendingTurn(turn.entries().size(), shard.deadlines(), answer);
        for (int i = 0; i < turn.entries().size(); i++) {
            step(turn.entries().get(i), pending.place(i), nowMs);
        }
        pending.expireAt(nowMs + PATIENCE_MS, refused(Errors.REPLICA_NOT_AVAILABLE, "its log dir is slow"));
    }

    /** A log has been synced, or cannot be used any more. */
    void progressed(Partition partition) {
        unsynced.progressed(partition);
    }

    /** Answers everything that waits, at the end of the shard. */
    void endAll() {
        unsynced.endAll();
        checkpoints.endAll();
    }

    private void step(Entry entry, Consumer<Outcome> outcome, long nowMs) {
        Partition partition = shard.find(entry.key());
        Refused refused = refusal(partition, entry);
        if (partition == null || refused != null) {
            outcome.accept(refused != null ? refused : refused(Errors.NOT_LEADER_OR_FOLLOWER, "it is not here"));
            return;
        }
        try {
            step(partition, entry.step(), outcome, nowMs);
        } catch (LogIoException e) {
            outcome.accept(failed(partition, e, nowMs));
        } catch (IOException | UncheckedIOException e) {
            LogIoException failure = new LogIoException("cannot follow with " + partition.name(), new IOException(e));
            outcome.accept(failed(partition, failure, nowMs));
        } catch (Throwable e) {
            LOG.error("{} cannot follow its leader", partition.name(), e);
            giveUp(partition, nowMs);
            outcome.accept(refused(Errors.UNKNOWN_SERVER_ERROR, String.valueOf(e)));
        }
    }

    private @Nullable Refused refusal(@Nullable Partition partition, Entry entry) {
        if (partition == null) {
            return refused(shard.errorForMissing(entry.key()), "the replica is not here, or its log cannot be used");
        }
        Errors error = partition.checkFollower(entry.leaderEpoch());
        if (error != Errors.NONE) {
            return refused(error, "not a follower in epoch " + entry.leaderEpoch());
        }
        if (!shard.isWritable(partition.logDir)) {
            return refused(
                    Errors.KAFKA_STORAGE_ERROR, "log directory is read-only: " + shard.whyReadOnly(partition.logDir));
        }
        return shard.awaitsCheckpoint(entry.key())
                ? refused(Errors.REPLICA_NOT_AVAILABLE, "recovery does not know yet that the log was cut")
                : null;
    }

    private void step(Partition partition, Step step, Consumer<Outcome> outcome, long nowMs) throws IOException {
        forgetEpochsWithoutRecords(partition, nowMs);
        Position position = position(partition);
        Place named = placeOf(step, position);
        if (!named.equals(position.place())) {
            tellPosition(partition, Misplaced::new, outcome, nowMs);
        } else if (step instanceof Step.Append append) {
            append(partition, append, outcome, nowMs);
        } else if (step instanceof Step.Diverge diverge) {
            checkpoints.cut(partition, diverge.epoch(), diverge.endOffset(), outcome, nowMs);
        } else if (step instanceof Step.OutOfRange outOfRange) {
            checkpoints.startOver(partition, outOfRange.logStartOffset(), outcome, nowMs);
        } else {
            tellPosition(partition, Done::new, outcome, nowMs);
        }
    }

    /** The leader takes what is fetched from there for what this replica has, so it is told when it is as safe as was promised. */
    private void tellPosition(
            Partition partition, Function<Position, Outcome> told, Consumer<Outcome> outcome, long nowMs) {
        if (partition.syncsBeforeAck() && partition.log.needsSync()) {
            shard.afterProgress(partition, nowMs);
        }
        unsynced.add(partition, told, outcome);
    }

    private static Place placeOf(Step step, Position position) {
        if (step instanceof Step.Append append) {
            return append.at();
        } else if (step instanceof Step.Diverge diverge) {
            return diverge.at();
        } else if (step instanceof Step.OutOfRange outOfRange) {
            return outOfRange.at();
        }
        return position.place();
    }

    /** One that began without a record, here, says nothing of what the leader will send from there on. */
    private static void forgetEpochsWithoutRecords(Partition partition, long nowMs) throws IOException {
        PartitionLog log = partition.log;
        if (log.latestEpoch().orElse(-1) > lastEpoch(log)) {
            log.truncateTo(log.logEndOffset(), nowMs);
        }
    }

    private void append(Partition partition, Step.Append append, Consumer<Outcome> outcome, long nowMs)
            throws IOException {
        PartitionLog log = partition.log;
        boolean allDeleted = log.logEndOffset() <= Math.max(log.logStartOffset(), append.logStartOffset());
        Expected expected = new Expected(log.logEndOffset(), lastEpoch(log), partition.leaderEpoch(), allDeleted);
        Verdict verdict = ReplicatedBatches.check(append.batches(), expected);
        if (verdict instanceof Verdict.Refused bad) {
            LOG.warn("{} does not take what its leader has sent: {}", partition.name(), bad.message());
            outcome.accept(refused(bad.error(), bad.message()));
            return;
        }
        Verdict.Accepted accepted = (Verdict.Accepted) verdict;
        if (accepted.batches().hasRemaining()) {
            write(partition, accepted, append.logStartOffset(), nowMs);
        }
        partition.followOffsets(append.highWatermark(), append.logStartOffset());
        shard.afterProgress(partition, nowMs);
        unsynced.add(partition, Done::new, outcome);
    }

    private static void write(Partition partition, Verdict.Accepted accepted, long leaderStart, long nowMs)
            throws IOException {
        PartitionLog log = partition.log;
        long start = Math.max(log.logStartOffset(), leaderStart);
        boolean below = accepted.firstOffset() < log.logEndOffset();
        try {
            if (below) {
                // Records were deleted up to the middle of this batch; it is whole in the log and read from there on.
                log.truncateFullyAndStartAt(accepted.firstOffset(), nowMs);
            }
            ByteBuffer batches = accepted.batches();
            log.stage(batches, -1, nowMs);
            partition.write(nowMs);
            if (below) {
                log.advanceLogStartOffset(Math.min(start, log.logEndOffset()));
            }
        } finally {
            if (below) {
                partition.clamp();
            }
        }
    }

    private Refused failed(Partition partition, LogIoException failure, long nowMs) {
        LOG.error("Cannot follow with {}: {}", partition.name(), failure.getMessage());
        partition.log.forgetStaged();
        shard.writeFailed(partition, failure, nowMs);
        shard.afterProgress(partition, nowMs);
        return refused(Errors.KAFKA_STORAGE_ERROR, String.valueOf(failure.getMessage()));
    }

    /** What is staged still must not be written: its buffer goes back to its owner. */
    private void giveUp(Partition partition, long nowMs) {
        if (partition.log.stagedBytes() > 0) {
            partition.log.forgetStaged();
            shard.giveUp(partition, "a write to the log was broken off", nowMs);
        } else {
            shard.giveUpWhereItMust(partition, nowMs);
        }
    }

    static Position position(Partition partition) {
        PartitionLog log = partition.log;
        return new Position(
                new Place(log.logEndOffset(), lastEpoch(log)), log.logStartOffset(), partition.highWatermark());
    }

    /** Of the last record, not of an epoch in which nothing was written (KAFKA-10706). */
    private static int lastEpoch(PartitionLog log) {
        long end = log.logEndOffset();
        return end > log.logStartOffset() ? log.epochForOffset(end - 1).orElse(-1) : -1;
    }

    static Refused refused(Errors error, String message) {
        return new Refused(error, message);
    }
}
