package dev.weir.group;

import dev.weir.coordinator.CoordinatorLog.Piece;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/**
 * One of two replicas of the group log, both always in sync: what a shard knows of the leadership, its log and its high
 * watermark. It leads, follows, truncates and replicates as Kafka's replicas do.
 */
final class SimulatedReplica {
    private static final int BATCHES_OF_A_PIECE = 2;

    /** Mistakes that a simulation has to find. */
    enum Mistake {
        /** A read ends at the high watermark, and so does the log that it tells of. */
        LOADS_TO_HIGH_WATERMARK,
        /** A read that fails looks like the end of the log. */
        TAKES_A_FAILED_READ_FOR_THE_END,
        /** What is not committed passes for committed. */
        REPLIES_BEFORE_WHAT_IT_LOADED_IS_COMMITTED,
        /** The coordinator is not told that another leads. */
        NEVER_RESIGNS
    }

    private record Entry(int epoch, long base, long next, byte[] bytes) {}

    private record Append(long end, Consumer<Errors> done) {}

    private final int id;
    private final Set<Mistake> mistakes;
    private final List<Entry> log = new ArrayList<>();
    private final Deque<Append> appends = new ArrayDeque<>();
    private int leader = -1;
    private int epoch = -1;
    private long followerEnd = -1;
    private long highWatermark;

    SimulatedReplica(int id, Set<Mistake> mistakes) {
        this.id = id;
        this.mistakes = mistakes;
    }

    long end() {
        return log.isEmpty() ? 0 : log.get(log.size() - 1).next();
    }

    boolean leads() {
        return leader == id;
    }

    /** The metadata has come here. */
    void apply(int newLeader, int newEpoch) {
        boolean led = leads();
        leader = newLeader;
        epoch = newEpoch;
        if (!led) {
            followerEnd = -1;
        } else if (!leads()) {
            appends.forEach(append -> append.done().accept(Errors.NOT_LEADER_OR_FOLLOWER));
            appends.clear();
        }
    }

    private Errors check(int leaderEpoch) {
        if (leaderEpoch != epoch) {
            return leaderEpoch < epoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
        }
        return leads() ? Errors.NONE : Errors.NOT_LEADER_OR_FOLLOWER;
    }

    void append(int leaderEpoch, ByteBuffer bytes, Consumer<Errors> done) {
        Errors error = check(leaderEpoch);
        if (error != Errors.NONE) {
            done.accept(error);
            return;
        }
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
            long base = end();
            batch.setLastOffset(base + batch.lastOffset() - batch.baseOffset());
            ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(copy);
            log.add(new Entry(epoch, base, batch.nextOffset(), copy.array()));
        }
        appends.add(new Append(end(), done));
    }

    Piece read(int leaderEpoch, long offset) {
        Errors error = check(leaderEpoch);
        boolean toHighWatermark = mistakes.contains(Mistake.LOADS_TO_HIGH_WATERMARK);
        long end = toHighWatermark ? highWatermark : end();
        if (error != Errors.NONE) {
            return mistakes.contains(Mistake.TAKES_A_FAILED_READ_FOR_THE_END)
                    ? new Piece(Errors.NONE, ByteBuffer.allocate(0), end, end, end)
                    : Piece.failed(error);
        }
        if (offset > end) {
            return Piece.failed(Errors.OFFSET_OUT_OF_RANGE);
        }
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        long next = end;
        int taken = 0;
        for (Entry entry : log) {
            if (entry.base() >= offset && entry.next() <= end && taken < BATCHES_OF_A_PIECE) {
                piece.writeBytes(entry.bytes());
                next = entry.next();
                taken++;
            }
        }
        return new Piece(Errors.NONE, ByteBuffer.wrap(piece.toByteArray()), next, end, committed());
    }

    Piece position(int leaderEpoch) {
        Errors error = check(leaderEpoch);
        return error == Errors.NONE
                ? new Piece(Errors.NONE, ByteBuffer.allocate(0), 0, end(), committed())
                : Piece.failed(error);
    }

    private long committed() {
        return mistakes.contains(Mistake.REPLIES_BEFORE_WHAT_IT_LOADED_IS_COMMITTED) ? end() : highWatermark;
    }

    /**
     * Follows the other one for a step, if both know that it leads: the request tells the leader how far this replica is; the
     * answer, unless it is lost, has batches and the high watermark. What the leader does not have is cut before.
     */
    void fetchFrom(SimulatedReplica other, int batches, boolean answerIsLost) {
        if (leads() || !other.leads() || epoch != other.epoch) {
            return;
        }
        int same = 0;
        while (same < log.size() && same < other.log.size() && log.get(same).equals(other.log.get(same))) {
            same++;
        }
        if (same < log.size() && log.get(same).base() < highWatermark) {
            throw new AssertionError("what is committed would be cut");
        }
        log.subList(same, log.size()).clear();
        other.followerEnd = end();
        other.advance();
        if (answerIsLost) {
            return;
        }
        for (int i = same; i < other.log.size() && i < same + batches; i++) {
            log.add(other.log.get(i));
        }
        highWatermark = Math.max(highWatermark, Math.min(end(), other.highWatermark));
    }

    private void advance() {
        highWatermark = Math.max(highWatermark, Math.min(end(), followerEnd));
        while (!appends.isEmpty() && appends.peek().end() <= highWatermark) {
            appends.remove().done().accept(Errors.NONE);
        }
    }
}
