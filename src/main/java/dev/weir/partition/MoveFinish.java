package dev.weir.partition;

import java.io.IOException;

/**
 * The end of a move: the checkpoints and the metadata name the target; then, within one turn, the rest is copied and the
 * copy takes the log's place. Owned by the shard through {@link LogMoves}.
 */
final class MoveFinish {
    /** Most bytes of the last turn. */
    private static final int LAST_BYTES = 4 * 1024 * 1024;

    private final ShardState shard;
    private final AppendPath appends;
    private final LogSwap swap;
    private final MoveStep steps;
    private final ShardContext context;
    private final MoveTurns turns;

    MoveFinish(
            ShardState shard, AppendPath appends, LogSwap swap, MoveStep steps, ShardContext context, MoveTurns turns) {
        this.shard = shard;
        this.appends = appends;
        this.swap = swap;
        this.steps = steps;
        this.context = context;
        this.turns = turns;
    }

    /** The start offset of the log must be known in the target before the log is there. */
    void checkpoint(LogMove move, long nowMs) {
        move.state = LogMove.State.CHECKPOINTING;
        move.checkpointedCopy = move.copy.timesStartedOver();
        context.writeCheckpoints(move.target, written -> {
            if (!turns.goesOn(move)) {
                return;
            }
            if (!written) {
                turns.giveUp(move, new IOException("the checkpoints cannot be written"), nowMs);
            } else {
                assign(move, nowMs);
            }
        });
    }

    /** Should the old directory be gone at the next start, the log must be missed where it is, not where it was. */
    private void assign(LogMove move, long nowMs) {
        move.assigned = true;
        context.assign(move.key, move.target, assigned -> {
            if (!turns.goesOn(move)) {
                return;
            }
            if (!assigned) {
                turns.giveUp(move, new IOException("the controller cannot be told"), nowMs);
            } else {
                move.state = LogMove.State.COPYING;
                move.ready = true;
                turns.scheduleTurn(0);
            }
        });
    }

    /** Copies the rest and swaps the copy in, unless there is too much for one turn. */
    void finish(LogMove move, Partition partition, long nowMs) throws IOException {
        appends.writeStaged(nowMs);
        long end = move.unsyncedBytes + LAST_BYTES;
        while (move.copy.lag() > 0 && move.unsyncedBytes < end) {
            steps.copy(move, nowMs);
        }
        if (move.copy.lag() > 0) {
            return;
        }
        if (move.copy.timesStartedOver() != move.checkpointedCopy) {
            // The log may be shorter now than the checkpoints say, and must not be written to where they do.
            move.ready = false;
            return;
        }
        if (move.unsyncedBytes > LAST_BYTES) {
            // Too much to wait for in the last turn: what comes meanwhile will be less.
            steps.sync(move);
            return;
        }
        if (shard.find(move.key) == partition && partition.log == move.source) {
            swap.swap(move, partition, () -> turns.ended(move), nowMs);
        }
    }
}
