package dev.weir.network.api;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The partitions of one fetch that one shard holds, with their places in the request. Owned by its {@link FetchRound}. */
final class FetchShare {
    final int shard;
    final List<Integer> places = new ArrayList<>();
    final List<FetchQuery.Entry> entries = new ArrayList<>();
    /** Bytes that the shard may give in the first look. */
    private int budget;
    /** It has been given all that the others leave. */
    private boolean hasRest;

    FetchShare(int shard) {
        this.shard = shard;
    }

    void add(int place, FetchQuery.Entry entry) {
        places.add(place);
        entries.add(entry);
    }

    int budget() {
        return budget;
    }

    boolean hasRest() {
        return hasRest;
    }

    void giveRest() {
        hasRest = true;
    }

    int bytes(FetchAnswer[] answers) {
        return places.stream()
                .mapToInt(place -> answers[place] == null ? 0 : answers[place].size())
                .sum();
    }

    /**
     * Deals out the bytes of a fetch in proportion to what the partitions of each share may give, but no less than what the
     * whole fetch waits for, as one share may have to give that alone.
     */
    static void deal(Collection<FetchShare> shares, int maxBytes, int minBytes) {
        long all = shares.stream().mapToLong(FetchShare::limit).sum();
        for (FetchShare share : shares) {
            long part = all <= maxBytes ? share.limit() : (long) ((double) maxBytes * share.limit() / all);
            share.budget = shares.size() == 1 ? maxBytes : (int) Math.min(maxBytes, Math.max(part, minBytes));
        }
    }

    private long limit() {
        return entries.stream()
                .mapToLong(entry -> Math.max(0, entry.maxBytes()))
                .sum();
    }
}
