package dev.weir.coordinator;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a coordinator's log into its state, piece after piece, from the start to the end that the log had when its leader was
 * first asked. That end covers all that former leaders wrote, committed or not; the high watermark of a new leader does not.
 * Owned by the partition's coordinator; one load is under way at a time.
 *
 * <p>A piece that cannot be read is asked for again after a while. If the partition knows a newer leader epoch than the
 * coordinator, the load stops until {@link #raiseEpoch} or a new {@link #start}. A load that finds the log shorter than it was
 * fails; it never ends early.
 */
public final class CoordinatorLoader {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoader.class);

    private final String name;
    private final CoordinatorLog log;
    private final RetryDelay delay;
    /** The load under way; the answers to any other are not followed up. */
    private Load load;
    /** Why the log could not be read when that was last said. */
    private Errors refusal = Errors.NONE;

    /**
     * The loader of one partition.
     *
     * @param name of the partition, for people
     * @param delay says when to read again what could not be read
     */
    public CoordinatorLoader(String name, CoordinatorLog log, RetryDelay delay) {
        this.name = name;
        this.log = log;
        this.delay = delay;
        this.load = Load.none();
    }

    /** How a load ends, unless it is given up. */
    public interface Ending {
        /**
         * Everything is replayed.
         *
         * @param end the offset after it, no lower than the end of the log when the load began
         * @param highWatermark the offset below which the log is committed
         */
        void loaded(long end, long highWatermark);

        /** The log cannot be taken apart, or has become shorter. */
        void failed(String why);
    }

    /**
     * Begins a load in the place of any other.
     *
     * @param leaderEpoch in which the coordinator leads
     * @param state takes whole batches; what it throws fails the load
     */
    public void start(int leaderEpoch, Consumer<ByteBuffer> state, Ending ending) {
        load = new Load(state, ending);
        load.epoch = leaderEpoch;
        read(load);
    }

    /** The same leader goes on in a newer epoch: the load goes on, too. */
    public void raiseEpoch(int leaderEpoch) {
        load.epoch = leaderEpoch;
        if (load.fenced) {
            load.fenced = false;
            read(load);
        }
    }

    /** Ends the load without a word. */
    public void giveUp() {
        load = Load.none();
    }

    private static final class Load {
        private final Consumer<ByteBuffer> state;
        private final Ending ending;
        private int epoch;
        private boolean fenced;
        private long next;
        private long end = -1;

        private Load(Consumer<ByteBuffer> state, Ending ending) {
            this.state = state;
            this.ending = ending;
        }

        private static Load none() {
            return new Load(batches -> {}, new Ending() {
                @Override
                public void loaded(long end, long highWatermark) {}

                @Override
                public void failed(String why) {}
            });
        }
    }

    private void read(Load mine) {
        int epoch = mine.epoch;
        log.read(epoch, mine.next, piece -> {
            if (mine != load) {
                return;
            }
            switch (piece.error()) {
                case NONE -> take(mine, piece);
                case OFFSET_OUT_OF_RANGE -> fail(mine, "the log has become shorter than offset " + mine.next);
                case FENCED_LEADER_EPOCH -> {
                    if (epoch < mine.epoch) {
                        read(mine);
                    } else {
                        mine.fenced = true;
                    }
                }
                default -> again(mine, piece.error());
            }
        });
    }

    private void again(Load mine, Errors error) {
        if (error != refusal) {
            refusal = error;
            LOG.info("{} cannot be read: {}; it is tried again", name, error);
        }
        log.later(delay.nextMs(), () -> {
            if (mine == load) {
                read(mine);
            }
        });
    }

    private void take(Load mine, CoordinatorLog.Piece piece) {
        refusal = Errors.NONE;
        long from = mine.next;
        if (mine.end < 0) {
            mine.end = piece.logEndOffset();
        }
        try {
            mine.state.accept(piece.batches());
        } catch (RuntimeException e) {
            LOG.error("{} cannot be loaded at offset {}", name, from, e);
            fail(mine, e.toString());
            return;
        }
        mine.next = piece.nextOffset();
        if (mine.next >= mine.end) {
            load = Load.none();
            mine.ending.loaded(mine.next, piece.highWatermark());
        } else if (mine.next > from) {
            read(mine);
        } else {
            fail(mine, "the log ends at offset " + mine.next + ", below its former end " + mine.end);
        }
    }

    private void fail(Load mine, String why) {
        load = Load.none();
        mine.ending.failed(why);
    }
}
