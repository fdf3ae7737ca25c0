package dev.weir.partition;

import dev.weir.partition.Deadlines.Entry;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fetch that found too little and waits in its partitions, with a running count of the bytes that are there for it. Owned
 * by the shard; answered exactly once.
 */
final class FetchWait {
    final FetchQuery query;
    private final List<Place> places = new ArrayList<>();
    private final Consumer<List<FetchAnswer>> answer;
    private @Nullable Entry deadline;
    private int bytes;
    private boolean done;

    FetchWait(FetchQuery query, Consumer<List<FetchAnswer>> answer) {
        this.query = query;
        this.answer = answer;
    }

    /** Adds the partition of the query's next entry. */
    void add(Partition partition) {
        places.add(new Place(this, partition, query.entries().get(places.size())));
    }

    void park(Entry until) {
        deadline = until;
        places.forEach(place -> place.partition.addWait(place));
    }

    /** Takes over how much was found in each partition, and up to where. */
    void found(List<FetchAnswer> answers) {
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            place.bound = FetchReader.bound(place.partition, query);
            place.found(answers.get(i).size());
        }
    }

    boolean hasEnough() {
        return bytes >= query.minBytes();
    }

    /** Ends the wait with these answers; the deadline and the partitions forget it. */
    void finish(List<FetchAnswer> answers, Deadlines deadlines) {
        if (done) {
            throw new IllegalStateException("a fetch was answered twice");
        }
        done = true;
        deadlines.cancel(deadline);
        places.forEach(place -> place.partition.removeWait(place));
        answer.accept(answers);
    }

    boolean isDone() {
        return done;
    }

    /** One partition of a waiting fetch. */
    static final class Place {
        final FetchWait wait;
        final Partition partition;
        final FetchQuery.Entry entry;
        /** Where the reader's view ended when its bytes were counted. */
        private long bound;

        private int bytes;

        private Place(FetchWait wait, Partition partition, FetchQuery.Entry entry) {
            this.wait = wait;
            this.partition = partition;
            this.entry = entry;
        }

        /** Whether the reader's view ends somewhere else than when its bytes were counted. */
        boolean moveTo(long newBound) {
            boolean moved = bound != newBound;
            bound = newBound;
            return moved;
        }

        /** Bytes that were found in the other partitions. */
        int elsewhere() {
            return wait.bytes - bytes;
        }

        void found(int newBytes) {
            wait.bytes += newBytes - bytes;
            bytes = newBytes;
        }
    }
}
