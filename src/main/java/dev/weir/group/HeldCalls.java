package dev.weir.group;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * Requests that came while their partition of the group log was loaded, in their order. A client that is told of the load
 * comes back after a time of its own choice, often seconds, so that a short load costs it less when it waits here.
 *
 * <p>Owned by the partition's coordinator. At most {@value #MOST} requests wait, each at most {@value #MOST_MS} ms; their bytes
 * count towards the broker's memory for requests until they are answered.
 */
final class HeldCalls {
    static final int MOST = 1_000;
    static final int MOST_MS = 1_000;

    private final Deque<PendingCall> calls = new ArrayDeque<>();

    /** False where there is no room. */
    boolean offer(PendingCall call) {
        return calls.size() < MOST && calls.add(call);
    }

    /** When the next of them has waited its time; {@link GroupTimers#NEVER} where there is none. */
    long nextMs() {
        PendingCall first = calls.peek();
        return first == null ? GroupTimers.NEVER : first.atMs() + MOST_MS;
    }

    /** Tells those that have waited their time of the load. */
    void refuseOverdue(long nowMs) {
        while (nextMs() <= nowMs) {
            calls.remove().refuse(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }
    }

    List<PendingCall> takeAll() {
        List<PendingCall> all = List.copyOf(calls);
        calls.clear();
        return all;
    }
}
