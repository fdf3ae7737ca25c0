package dev.weir.network.api;

import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * The fetch sessions of followers at one network verticle: their epochs (KIP-227), and the shards that keep the rest. A follower is
 * never refused a session. One that has not been used for two minutes ends when another one begins; above {@value #MAX} of them so
 * does the one that was used the longest time ago, and its follower begins a new one.
 */
final class ReplicaSessions {
    static final int MAX = 256;
    private static final long UNUSED_MS = 120_000;

    private final LinkedHashMap<Integer, Session> byId = new LinkedHashMap<>(16, 0.75f, true);
    private final IntSupplier ids;

    /** @param ids random positive numbers */
    ReplicaSessions(IntSupplier ids) {
        this.ids = ids;
    }

    /** The session of this id, if it is of this follower. */
    Optional<Session> find(int id, int replicaId, long brokerEpoch, long nowMs) {
        Optional<Session> found = Optional.ofNullable(byId.get(id)).filter(s -> s.isOf(replicaId, brokerEpoch));
        found.ifPresent(session -> session.usedMs = nowMs);
        return found;
    }

    /** Ends a session; returns it, if there was one. */
    Optional<Session> remove(int id) {
        return Optional.ofNullable(byId.remove(id));
    }

    Session create(int replicaId, long brokerEpoch, long nowMs) {
        int id = ids.getAsInt();
        while (id == FetchMetadata.INVALID_SESSION_ID || byId.containsKey(id)) {
            id = ids.getAsInt();
        }
        Session session = new Session(id, replicaId, brokerEpoch);
        session.usedMs = nowMs;
        byId.put(id, session);
        return session;
    }

    /** What stands for the session of a fetch that has none. */
    static Session none(int replicaId, long brokerEpoch) {
        return new Session(FetchMetadata.INVALID_SESSION_ID, replicaId, brokerEpoch);
    }

    /** Ends and returns the sessions that are too many or unused, and those of former incarnations of this follower. */
    List<Session> evict(int replicaId, long brokerEpoch, long nowMs) {
        List<Session> evicted = new ArrayList<>();
        for (Session session : List.copyOf(byId.values())) {
            boolean former = session.replicaId == replicaId && session.brokerEpoch != brokerEpoch;
            if (former || nowMs - session.usedMs > UNUSED_MS || byId.size() > MAX) {
                byId.remove(session.id);
                evicted.add(session);
            }
        }
        return evicted;
    }

    int size() {
        return byId.size();
    }

    /** One session. */
    static final class Session {
        final int id;
        final int replicaId;
        final long brokerEpoch;
        /** Its name inside the shards, unique within the broker. */
        final long name = PartitionClient.nextTicket();

        private final Map<Integer, Set<PartitionKey>> byShard = new TreeMap<>();
        private final Set<Integer> begun = new HashSet<>();
        private long usedMs;
        private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);

        private Session(int id, int replicaId, long brokerEpoch) {
            this.id = id;
            this.replicaId = replicaId;
            this.brokerEpoch = brokerEpoch;
        }

        /** Whether a fetch is the next one of this session; if so, the one after it is expected from now on. */
        boolean accept(int epoch) {
            boolean next = epoch == nextEpoch;
            if (next) {
                nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
            }
            return next;
        }

        void name(int shard, ReplicaFetch.Entry entry) {
            byShard.computeIfAbsent(shard, s -> new HashSet<>()).add(entry.key());
        }

        void forget(int shard, PartitionKey key) {
            Set<PartitionKey> keys = byShard.get(shard);
            if (keys != null) {
                keys.remove(key);
            }
        }

        /** The shards that the session has partitions in. */
        List<Integer> shards() {
            return byShard.entrySet().stream()
                    .filter(entry -> !entry.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /** Whether a shard has not heard of the session; it has from now on. */
        boolean beginsIn(int shard) {
            return begun.add(shard);
        }

        /** The shards that have heard of the session. */
        Set<Integer> begun() {
            return begun;
        }

        private boolean isOf(int replica, long epoch) {
            return replicaId == replica && brokerEpoch == epoch;
        }
    }
}
