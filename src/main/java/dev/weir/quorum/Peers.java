package dev.weir.quorum;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The requests under way: one for each peer. An answer counts only if it answers the request that is under way, so that what is
 * late, doubled, or of an earlier role is dropped.
 */
final class Peers {
    private final QuorumSettings settings;
    private final Map<Integer, Pending> pending = new HashMap<>();
    private final Map<Integer, Long> backoffUntil = new HashMap<>();
    private long lastCorrelationId;

    Peers(QuorumSettings settings) {
        this.settings = settings;
    }

    /** Whether a request may be sent to that peer now. */
    boolean ready(int to, long now) {
        Pending request = pending.get(to);
        boolean idle = request == null || now >= request.deadline();
        return idle && now >= backoffUntil.getOrDefault(to, 0L);
    }

    /** Whether the last request to that peer has failed or has timed out. */
    boolean failing(int to, long now) {
        Pending request = pending.get(to);
        return now < backoffUntil.getOrDefault(to, 0L) || (request != null && now >= request.deadline());
    }

    QuorumEffect.Send send(int to, QuorumRequest request, long now) {
        long correlationId = ++lastCorrelationId;
        pending.put(to, new Pending(correlationId, request, now + settings.requestTimeoutMs()));
        return new QuorumEffect.Send(to, correlationId, request);
    }

    /** Returns the request that is answered, or nothing if it is not under way any more. */
    Optional<QuorumRequest> answered(int from, long correlationId) {
        Pending request = pending.get(from);
        if (request == null || request.correlationId() != correlationId) {
            return Optional.empty();
        }
        pending.remove(from);
        return Optional.of(request.request());
    }

    void failed(int to, long correlationId, long now) {
        if (answered(to, correlationId).isPresent()) {
            backOff(to, now);
        }
    }

    void backOff(int to, long now) {
        backoffUntil.put(to, now + settings.retryBackoffMs());
    }

    /** Forgets every request, as after a change of role. */
    void reset() {
        pending.clear();
        backoffUntil.clear();
    }

    private record Pending(long correlationId, QuorumRequest request, long deadline) {}
}
