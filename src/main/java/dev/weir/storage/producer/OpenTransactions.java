package dev.weir.storage.producer;

import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The transactions that keep a log's last stable offset down: those without a marker, and those whose marker the high
 * watermark has not passed. Every step can be taken back, as a failed write demands. Owned by the log's thread.
 */
final class OpenTransactions {
    /** A transaction by where it begins; {@code lastOffset} is its marker, -1 while it is open. */
    record Txn(long producerId, long firstOffset, long lastOffset) {}

    private final TreeMap<Long, Txn> ongoing = new TreeMap<>();
    private final TreeMap<Long, Txn> unreplicated = new TreeMap<>();

    void begin(long producerId, long firstOffset) {
        ongoing.put(firstOffset, new Txn(producerId, firstOffset, -1));
    }

    void takeBackBegin(long firstOffset) {
        ongoing.remove(firstOffset);
    }

    /** Ends a transaction; answers the last stable offset once its marker is replicated. */
    long complete(long producerId, long firstOffset, long markerOffset) {
        ongoing.remove(firstOffset);
        unreplicated.put(firstOffset, new Txn(producerId, firstOffset, markerOffset));
        return ongoing.values().stream()
                .filter(txn -> txn.producerId() != producerId)
                .mapToLong(Txn::firstOffset)
                .findFirst()
                .orElse(markerOffset + 1);
    }

    void takeBackComplete(long producerId, long firstOffset) {
        unreplicated.remove(firstOffset);
        begin(producerId, firstOffset);
    }

    /** Forgets completed transactions whose marker lies below {@code offset}. */
    void forgetCompletedBelow(long offset) {
        unreplicated.values().removeIf(txn -> txn.lastOffset() < offset);
    }

    OptionalLong firstUnstableOffset() {
        long first = Math.min(firstOf(ongoing), firstOf(unreplicated));
        return first == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(first);
    }

    OptionalLong firstUndecidedOffset() {
        return ongoing.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ongoing.firstKey());
    }

    void clear() {
        ongoing.clear();
        unreplicated.clear();
    }

    private static long firstOf(NavigableMap<Long, Txn> txns) {
        Map.Entry<Long, Txn> first = txns.firstEntry();
        return first == null ? Long.MAX_VALUE : first.getKey();
    }
}
