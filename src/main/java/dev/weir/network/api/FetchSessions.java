package dev.weir.network.api;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of one network verticle, at most so many ({@code max.incremental.fetch.session.cache.slots} shared out
 * over the verticles). When there is no room, the least recently used one goes if it has not been used for two minutes;
 * otherwise the client gets no session and sends full fetches.
 */
final class FetchSessions {
    private static final long MIN_EVICTION_MS = 120_000;

    private final LinkedHashMap<Integer, FetchSession> byId = new LinkedHashMap<>(16, 0.75f, true);
    private final int slots;
    private final IntSupplier ids;

    /** @param ids random positive numbers */
    FetchSessions(int slots, IntSupplier ids) {
        this.slots = slots;
        this.ids = ids;
    }

    Optional<FetchSession> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    void remove(int id) {
        byId.remove(id);
    }

    /** A session for a client that sends its first full fetch; null when there is no room. */
    @Nullable
    FetchSession create(FetchRequestData request, boolean useIds, long nowMs) {
        if (byId.size() >= slots && !evict(nowMs)) {
            return null;
        }
        int id = ids.getAsInt();
        while (id == FetchMetadata.INVALID_SESSION_ID || byId.containsKey(id)) {
            id = ids.getAsInt();
        }
        FetchSession session = new FetchSession(id, useIds, nowMs);
        session.take(request, nowMs);
        byId.put(id, session);
        return session;
    }

    int size() {
        return byId.size();
    }

    private boolean evict(long nowMs) {
        if (byId.isEmpty()) {
            return false;
        }
        FetchSession oldest = byId.values().iterator().next();
        if (nowMs - oldest.lastUsedMs() < MIN_EVICTION_MS) {
            return false;
        }
        byId.remove(oldest.id());
        return true;
    }
}
