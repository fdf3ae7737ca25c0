package dev.weir.partition;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A follower's fetch session inside the shard that it reads from: where it is in each partition, and which of them have to be
 * looked at. A partition that nothing happens to is not touched by any fetch. Owned by the shard.
 */
final class ReplicaSession {
    final long id;
    /** Says who reads; it names no partition. */
    final FetchQuery reader;

    private final Map<PartitionKey, Place> places = new HashMap<>();
    /** The partitions that may have news, those that gave records last at the end: each gets its turn. */
    private final Set<Place> dirty = new LinkedHashSet<>();

    private @Nullable Wait wait;
    private long fetchedMs;
    private boolean toBeReplaced;

    ReplicaSession(ReplicaFetch fetch) {
        id = fetch.session();
        reader = new FetchQuery(List.of(), 0, true, 0, 0, false, fetch.replicaId(), fetch.brokerEpoch(), -1);
    }

    int replicaId() {
        return reader.replicaId();
    }

    long brokerEpoch() {
        return reader.brokerEpoch();
    }

    /** When the follower has fetched last, whatever it named, on the monotonic clock. */
    long fetchedMs() {
        return fetchedMs;
    }

    void fetchedAt(long nowMs) {
        fetchedMs = nowMs;
    }

    /** The follower is to name all its positions anew, if that is so. */
    void replaceIf(boolean needed) {
        toBeReplaced |= needed;
    }

    boolean isToBeReplaced() {
        return toBeReplaced;
    }

    /** A partition as the follower asks for it from now on. */
    Place name(ReplicaFetch.Entry entry) {
        Place place = places.computeIfAbsent(entry.key(), key -> new Place(this));
        place.ask(entry);
        dirty.add(place);
        return place;
    }

    /** Takes a partition out; returns its place, if it has one. */
    @Nullable
    Place forget(PartitionKey key) {
        Place place = places.remove(key);
        if (place != null) {
            dirty.remove(place);
        }
        return place;
    }

    /** All partitions are to be looked at. */
    void touchAll() {
        dirty.addAll(places.values());
    }

    List<Place> places() {
        return List.copyOf(places.values());
    }

    List<Place> dirty() {
        return List.copyOf(dirty);
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    @Nullable
    Wait waiting() {
        return wait;
    }

    void await(Wait newWait) {
        wait = newWait;
    }

    void endWait() {
        wait = null;
    }

    /** A fetch that has found too little. */
    record Wait(ReplicaFetch fetch, Deadlines.Entry deadline, Consumer<ReplicaFetch.Answer> answer) {}

    /** One partition of a session. */
    static final class Place {
        final ReplicaSession session;
        private ReplicaFetch.@Nullable Entry entry;
        /** Whether the position was named by the fetch that is under way, and not looked at. */
        private boolean isNews;

        private long toldHighWatermark = -1;
        private long toldLogStartOffset = -1;

        private Place(ReplicaSession session) {
            this.session = session;
        }

        private void ask(ReplicaFetch.Entry asked) {
            entry = asked;
            isNews = true;
            if (saysHighWatermark()) {
                toldHighWatermark = asked.highWatermark();
            }
            toldLogStartOffset = Math.max(toldLogStartOffset, asked.logStartOffset());
        }

        ReplicaFetch.Entry entry() {
            ReplicaFetch.Entry asked = entry;
            if (asked == null) {
                throw new IllegalStateException("a partition that was never asked for");
            }
            return asked;
        }

        /** Whether the follower has named its position since this was asked last. */
        boolean takeNews() {
            boolean was = isNews;
            isNews = false;
            return was;
        }

        /** Something has happened to the partition. */
        void touch() {
            session.dirty.add(this);
        }

        /** Whether an answer tells the follower anything that it does not know. */
        boolean isNews(FetchAnswer answer) {
            return mustTell(answer)
                    || answer.size() > 0
                    || answer.highWatermark() != toldHighWatermark
                    || answer.logStartOffset() != toldLogStartOffset;
        }

        /** Whether the follower should hear it without waiting for records. */
        boolean mustTell(FetchAnswer answer) {
            return isProblem(answer)
                    || (toldLogStartOffset >= 0 && answer.logStartOffset() > toldLogStartOffset)
                    || (saysHighWatermark() && answer.highWatermark() > toldHighWatermark);
        }

        private boolean saysHighWatermark() {
            return entry().highWatermark() != ReplicaFetch.NO_HIGH_WATERMARK;
        }

        /** The follower hears this; whatever is left to give keeps its place in the order, records go behind. */
        void told(FetchAnswer answer) {
            toldHighWatermark = answer.highWatermark();
            toldLogStartOffset = answer.logStartOffset();
            if (answer.size() > 0) {
                session.dirty.remove(this);
                session.dirty.add(this);
            }
        }

        /** There is nothing to give that the follower does not have. */
        void rest() {
            session.dirty.remove(this);
        }
    }

    /** Whether the follower cannot go on as it is. */
    static boolean isProblem(FetchAnswer answer) {
        return answer.error() != Errors.NONE || answer.diverging() != null;
    }
}
