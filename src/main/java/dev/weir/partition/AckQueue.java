package dev.weir.partition;

import dev.weir.partition.PendingAppend.Ack;
import dev.weir.partition.client.AppendResult;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;

/**
 * The acknowledgements that one partition owes, in offset order. Those that need only this broker's log and those that need
 * every in-sync replica wait apart, so that neither holds up the other. It holds offsets only; the connections' requests in
 * flight bound it.
 */
final class AckQueue {
    private final ArrayDeque<Ack> local = new ArrayDeque<>();
    private final ArrayDeque<Ack> replicated = new ArrayDeque<>();
    private final Deadlines deadlines;

    AckQueue(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    void add(Ack ack) {
        (ack.allReplicas() ? replicated : local).add(ack);
    }

    /** Takes back the ack that was added last: what it is for could not be staged. */
    void takeBack(Ack ack) {
        (ack.allReplicas() ? replicated : local).removeLastOccurrence(ack);
    }

    /**
     * Answers everything that {@code localEnd} (written, or synced where promised) and the high watermark cover. With too few
     * replicas in sync the high watermark stands still, so whatever waits for it is told.
     */
    void settle(long localEnd, long highWatermark, boolean enoughReplicas) {
        settleBelow(local, localEnd);
        if (enoughReplicas) {
            settleBelow(replicated, highWatermark);
        } else {
            fail(replicated, ack -> true, AppendResult.unclear(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND, null));
        }
    }

    /** Answers everything that waits above {@code offset} with an error. */
    void failAbove(long offset, AppendResult failure) {
        fail(ack -> ack.requiredOffset() > offset, failure);
    }

    /** Answers everything of that kind with an error. */
    void fail(Predicate<Ack> which, AppendResult failure) {
        fail(local, which, failure);
        fail(replicated, which, failure);
    }

    private void fail(ArrayDeque<Ack> queue, Predicate<Ack> which, AppendResult failure) {
        queue.removeIf(ack -> {
            boolean fails = which.test(ack);
            if (fails) {
                ack.append().settle(ack.index(), failure, deadlines);
            }
            return fails;
        });
    }

    boolean isEmpty() {
        return local.isEmpty() && replicated.isEmpty();
    }

    /** Drops what was answered by its deadline. */
    void dropSettled() {
        replicated.removeIf(ack -> ack.append().isSettled(ack.index()));
    }

    private void settleBelow(ArrayDeque<Ack> queue, long offset) {
        Ack head = queue.peek();
        while (head != null && head.requiredOffset() <= offset) {
            queue.poll();
            head.append().settle(head.index(), head.result(), deadlines);
            head = queue.peek();
        }
    }
}
