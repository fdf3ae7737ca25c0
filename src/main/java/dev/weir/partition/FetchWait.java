package dev.weir.partition;

import dev.weir.partition.Deadlines.Entry;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A fetch that found too little and waits in its partitions. Owned by the shard; answered exactly once. */
final class FetchWait {
    final FetchQuery query;
    final List<Partition> partitions;
    private final Consumer<List<FetchAnswer>> answer;
    private @Nullable Entry deadline;
    private boolean done;

    FetchWait(FetchQuery query, List<Partition> partitions, Consumer<List<FetchAnswer>> answer) {
        this.query = query;
        this.partitions = partitions;
        this.answer = answer;
    }

    void park(Entry until) {
        deadline = until;
        partitions.forEach(partition -> partition.addWait(this));
    }

    /** Ends the wait with these answers; the deadline and the partitions forget it. */
    void finish(List<FetchAnswer> answers, Deadlines deadlines) {
        if (done) {
            throw new IllegalStateException("a fetch was answered twice");
        }
        done = true;
        deadlines.cancel(deadline);
        partitions.forEach(partition -> partition.removeWait(this));
        answer.accept(answers);
    }

    boolean isDone() {
        return done;
    }
}
