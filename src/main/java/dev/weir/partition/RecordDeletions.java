package dev.weir.partition;

import dev.weir.partition.client.OffsetMessages.DeleteAnswer;
import dev.weir.partition.client.OffsetMessages.DeleteEntry;
import dev.weir.partition.client.OffsetMessages.DeleteRecords;
import dev.weir.partition.client.PartitionKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DeleteRecords (KIP-107): the leader's log start moves up at once, and the answer waits until the logs of all live replicas begin
 * there too, or the time of the request is over. Owned by the shard. What waits is bounded by the connections' requests in flight.
 */
final class RecordDeletions {
    private static final Logger LOG = LoggerFactory.getLogger(RecordDeletions.class);

    private final ShardState shard;
    private final Map<PartitionKey, List<Wait>> waiting = new HashMap<>();

    RecordDeletions(ShardState shard) {
        this.shard = shard;
    }

    void delete(DeleteRecords request, long nowMs, Consumer<List<DeleteAnswer>> answer) {
        Request open = new Request(request.entries().size(), answer);
        for (int i = 0; i < request.entries().size(); i++) {
            delete(request.entries().get(i), open, i, nowMs);
        }
        if (open.isOpen()) {
            long atMs = nowMs + Math.max(0, request.timeoutMs());
            open.deadline = shard.deadlines().schedule(atMs, () -> expire(open));
        }
    }

    /** A follower's log begins elsewhere, or the partition is led by another broker, or is gone. */
    void look(PartitionKey key) {
        List<Wait> waits = waiting.get(key);
        if (waits == null) {
            return;
        }
        for (Wait wait : List.copyOf(waits)) {
            DeleteAnswer answer = answer(key, wait.target());
            if (answer.error() != Errors.REQUEST_TIMED_OUT) {
                end(wait, answer);
            }
        }
    }

    /** Brokers have come or gone: nobody waits for the dead. */
    void lookAtAll() {
        List.copyOf(waiting.keySet()).forEach(this::look);
    }

    /** Answers everything that waits, at the end of the shard. */
    void endAll() {
        for (List<Wait> waits : List.copyOf(waiting.values())) {
            List.copyOf(waits).forEach(wait -> end(wait, failed(Errors.NOT_LEADER_OR_FOLLOWER)));
        }
    }

    private void delete(DeleteEntry entry, Request open, int index, long nowMs) {
        Partition partition = shard.find(entry.key());
        Errors error = partition == null ? shard.errorForMissing(entry.key()) : partition.checkLeader(-1);
        if (partition == null || error != Errors.NONE) {
            open.settle(index, failed(error), shard.deadlines());
            return;
        }
        // A log with no cleanup policy at all keeps everything by itself, and may still be cut by hand.
        if (partition.config().compact() && !partition.config().delete()) {
            open.settle(index, failed(Errors.POLICY_VIOLATION), shard.deadlines());
            return;
        }
        long target = entry.offset() == -1 ? partition.highWatermark() : entry.offset();
        if (target < 0 || target > partition.highWatermark()) {
            open.settle(index, failed(Errors.OFFSET_OUT_OF_RANGE), shard.deadlines());
            return;
        }
        if (!moveStart(partition, target, nowMs)) {
            open.settle(index, failed(Errors.KAFKA_STORAGE_ERROR), shard.deadlines());
            return;
        }
        DeleteAnswer answer = answer(entry.key(), target);
        if (answer.error() == Errors.REQUEST_TIMED_OUT) {
            waiting.computeIfAbsent(entry.key(), key -> new ArrayList<>())
                    .add(new Wait(open, index, entry.key(), target));
        } else {
            open.settle(index, answer, shard.deadlines());
        }
    }

    private boolean moveStart(Partition partition, long target, long nowMs) {
        try {
            partition.log.advanceLogStartOffset(target);
            shard.afterProgress(partition, nowMs);
            return true;
        } catch (IOException e) {
            LOG.error("Cannot delete records of {}", partition.name(), e);
        } catch (RuntimeException | Error e) {
            LOG.error("Records of {} may have been deleted or not", partition.name(), e);
            shard.giveUpWhereItMust(partition, nowMs);
        }
        return false;
    }

    /** The answer as it would be now: REQUEST_TIMED_OUT while a replica's log begins below the target. */
    private DeleteAnswer answer(PartitionKey key, long target) {
        Partition partition = shard.find(key);
        Errors error = partition == null ? shard.errorForMissing(key) : partition.checkLeader(-1);
        if (partition == null || error != Errors.NONE) {
            return failed(error);
        }
        long lowWatermark = partition.lowWatermark();
        return new DeleteAnswer(lowWatermark >= target ? Errors.NONE : Errors.REQUEST_TIMED_OUT, lowWatermark);
    }

    private void expire(Request open) {
        for (List<Wait> waits : List.copyOf(waiting.values())) {
            for (Wait wait : List.copyOf(waits)) {
                if (wait.request() == open) {
                    end(wait, answer(wait.key(), wait.target()));
                }
            }
        }
    }

    private void end(Wait wait, DeleteAnswer answer) {
        List<Wait> waits = Objects.requireNonNull(waiting.get(wait.key()));
        waits.remove(wait);
        if (waits.isEmpty()) {
            waiting.remove(wait.key());
        }
        wait.request().settle(wait.index(), answer, shard.deadlines());
    }

    private static DeleteAnswer failed(Errors error) {
        return new DeleteAnswer(error, -1);
    }

    /** One partition of a request that waits. */
    private record Wait(Request request, int index, PartitionKey key, long target) {}

    /** A request until each of its partitions is settled; answered once. */
    private static final class Request {
        private final @Nullable DeleteAnswer[] answers;
        private final Consumer<List<DeleteAnswer>> receiver;
        private Deadlines.@Nullable Entry deadline;
        private int open;

        Request(int partitions, Consumer<List<DeleteAnswer>> receiver) {
            this.answers = new DeleteAnswer[partitions];
            this.receiver = receiver;
            this.open = partitions;
        }

        boolean isOpen() {
            return open > 0;
        }

        void settle(int index, DeleteAnswer answer, Deadlines deadlines) {
            answers[index] = answer;
            if (--open == 0) {
                deadlines.cancel(deadline);
                receiver.accept(Arrays.asList(answers));
            }
        }
    }
}
