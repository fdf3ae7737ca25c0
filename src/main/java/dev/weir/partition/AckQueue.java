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

    /** Answers everything that {@code localEnd} (written, or synced where promised) and the high watermark cover. */
    void settle(long localEnd, long highWatermark, boolean enoughReplicas) {
        settleBelow(local, localEnd, true);
        settleBelow(replicated, highWatermark, enoughReplicas);
    }

    /** Answers everything that waits above {@code offset} with an error. */
    void failAbove(long offset, AppendResult failure) {
        Predicate<Ack> lost = ack -> {
            if (ack.requiredOffset() <= offset) {
                return false;
            }
            ack.append().settle(ack.index(), failure, deadlines);
            return true;
        };
        local.removeIf(lost);
        replicated.removeIf(lost);
    }

    boolean isEmpty() {
        return local.isEmpty() && replicated.isEmpty();
    }

    /** Drops what was answered by its deadline. */
    void dropSettled() {
        replicated.removeIf(ack -> ack.append().isSettled(ack.index()));
    }

    private void settleBelow(ArrayDeque<Ack> queue, long offset, boolean enoughReplicas) {
        Ack head = queue.peek();
        while (head != null && head.requiredOffset() <= offset) {
            queue.poll();
            AppendResult result = enoughReplicas
                    ? head.result()
                    : AppendResult.unclear(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND, null);
            head.append().settle(head.index(), result, deadlines);
            head = queue.peek();
        }
    }
}
