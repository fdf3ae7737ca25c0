package dev.weir.group;

import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition of the group log into a core, piece after piece, from its start to its end. A piece that cannot be read
 * is asked for again after a while. Owned by the partition's coordinator; one replay is under way at a time.
 */
final class GroupLogReplay {
    private static final Logger LOG = LoggerFactory.getLogger(GroupLogReplay.class);

    private final int partition;
    private final OffsetsLog log;
    private final RetryDelay delay;

    /** Grows with each replay that begins or is given up: the answers to former ones are not followed up. */
    private int run;
    /** Why the log could not be read when that was last said. */
    private Errors refusal = Errors.NONE;

    GroupLogReplay(int partition, OffsetsLog log, RetryDelay delay) {
        this.partition = partition;
        this.log = log;
        this.delay = delay;
    }

    /**
     * Begins a replay in the place of any other.
     *
     * @param done called at the end of the log
     * @param failed called, instead, where the log cannot be taken apart
     */
    void start(GroupCoordinatorCore core, Runnable done, Consumer<RuntimeException> failed) {
        run++;
        read(new Replay(run, core, done, failed), 0);
    }

    void giveUp() {
        run++;
    }

    private record Replay(int run, GroupCoordinatorCore core, Runnable done, Consumer<RuntimeException> failed) {}

    private void read(Replay replay, long offset) {
        log.read(offset, piece -> {
            if (replay.run() != run) {
                return;
            }
            if (piece.error() != Errors.NONE) {
                if (piece.error() != refusal) {
                    refusal = piece.error();
                    LOG.info("Partition {} of the group log cannot be read: {}; it is tried again", partition, refusal);
                }
                log.later(delay.nextMs(), () -> {
                    if (replay.run() == run) {
                        read(replay, offset);
                    }
                });
                return;
            }
            refusal = Errors.NONE;
            try {
                take(replay, piece, offset);
            } catch (RuntimeException e) {
                LOG.error("Partition {} of the group log cannot be loaded at offset {}", partition, offset, e);
                replay.failed().accept(e);
            }
        });
    }

    private void take(Replay replay, OffsetsLog.Piece piece, long offset) {
        long next = OffsetsBatches.replay(piece.batches(), replay.core());
        if (next > offset) {
            read(replay, next);
        } else {
            replay.done().run();
        }
    }
}
