package dev.weir.partition;

import dev.weir.storage.SyncTask;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.util.function.LongConsumer;

/**
 * The steps in the middle of a move: a piece is copied in each turn, and the copy is synced. Owned by the shard through
 * {@link LogMoves}.
 */
final class MoveStep {
    /** Most bytes of one turn. */
    static final int STEP_BYTES = 512 * 1024;

    private static final long SYNC_BYTES = 64L * 1024 * 1024;

    private final MoveThrottle throttle;
    private final ShardContext context;
    private final MoveTurns turns;

    MoveStep(MoveThrottle throttle, ShardContext context, MoveTurns turns) {
        this.throttle = throttle;
        this.context = context;
        this.turns = turns;
    }

    /**
     * Copies a piece, and syncs the copy if it has caught up or much is unsynced.
     *
     * @param caughtUp given the time when a copy that had caught up is synced
     */
    void step(LogMove move, LongConsumer caughtUp, long nowMs) throws IOException {
        copy(move, nowMs);
        boolean complete = move.copy.lag() == 0;
        if (complete || move.unsyncedBytes >= SYNC_BYTES) {
            sync(move, complete ? caughtUp : now -> turns.scheduleTurn(0));
        }
    }

    /** Copies a piece. */
    void copy(LogMove move, long nowMs) throws IOException {
        int bytes = move.copy.step(STEP_BYTES, nowMs);
        move.unsyncedBytes += bytes;
        throttle.spend(bytes, nowMs);
    }

    /** Syncs the copy, and copies more in the next turn. */
    void sync(LogMove move) throws IOException {
        sync(move, now -> turns.scheduleTurn(0));
    }

    private void sync(LogMove move, LongConsumer synced) throws IOException {
        SyncTask task = move.future.beginSync();
        move.state = LogMove.State.SYNCING;
        context.run(task, (failure, nowMs) -> {
            move.future.completeSync(task);
            if (!turns.goesOn(move)) {
                return;
            }
            move.unsyncedBytes = 0;
            move.state = LogMove.State.COPYING;
            if (failure != null) {
                IOException cause = failure instanceof IOException io ? io : new IOException(failure);
                turns.giveUp(move, new LogIoException("cannot sync " + move.future.directory(), cause), nowMs);
            } else {
                synced.accept(nowMs);
            }
        });
    }
}
