package dev.weir.peer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection: those that wait to be sent, and those that wait for their answers, by correlation id. Both
 * together are bounded. Owned by the connection.
 */
final class PeerCalls {
    private final int max;
    private final ArrayDeque<PeerCall> waiting = new ArrayDeque<>();
    private final Map<Integer, PeerCall> sent = new LinkedHashMap<>();
    private int lastId;

    PeerCalls(int max) {
        this.max = max;
    }

    /** Takes a request, or returns false if there are too many. */
    boolean add(PeerCall call) {
        if (waiting.size() + sent.size() >= max) {
            return false;
        }
        waiting.add(call);
        return true;
    }

    /** Takes out the first request that waits to be sent. */
    @Nullable
    PeerCall next() {
        return waiting.poll();
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && sent.isEmpty();
    }

    /** Returns an id for a request that is about to be sent; it counts as sent from here on. */
    int sending(PeerCall call) {
        do {
            lastId = lastId == Integer.MAX_VALUE ? 1 : lastId + 1;
        } while (sent.containsKey(lastId));
        sent.put(lastId, call);
        return lastId;
    }

    /** Takes out the request of that id: it is answered, or could not be sent. */
    @Nullable
    PeerCall take(int id) {
        return sent.remove(id);
    }

    /** Takes out the requests whose time is over. */
    Expired expire(long nowMs) {
        List<PeerCall> expired = new ArrayList<>();
        boolean stuck = expire(sent.values().iterator(), nowMs, expired);
        expire(waiting.iterator(), nowMs, expired);
        return new Expired(expired, stuck);
    }

    private static boolean expire(Iterator<PeerCall> calls, long nowMs, List<PeerCall> expired) {
        boolean some = false;
        while (calls.hasNext()) {
            PeerCall call = calls.next();
            if (nowMs - call.deadlineMs() >= 0) {
                calls.remove();
                expired.add(call);
                some = true;
            }
        }
        return some;
    }

    /** Returns the earliest deadline, or {@link Long#MAX_VALUE} if there is none. */
    long nextDeadlineMs() {
        long next = Long.MAX_VALUE;
        for (PeerCall call : sent.values()) {
            next = Math.min(next, call.deadlineMs());
        }
        for (PeerCall call : waiting) {
            next = Math.min(next, call.deadlineMs());
        }
        return next;
    }

    /** Takes out the requests that were sent. */
    List<PeerCall> takeSent() {
        List<PeerCall> all = List.copyOf(sent.values());
        sent.clear();
        return all;
    }

    /** Takes out the requests that wait to be sent. */
    List<PeerCall> takeWaiting() {
        List<PeerCall> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /**
     * The requests whose time is over.
     *
     * @param calls in the order in which they were asked
     * @param stuck whether one of them was sent: answers come in order, so all that follow it are late as well
     */
    record Expired(List<PeerCall> calls, boolean stuck) {}
}
