package dev.weir.partition;

import dev.weir.partition.client.FollowerMessages.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A turn of a fetcher until each of its partitions has its outcome. Owned by the shard; answered exactly once. */
final class PendingTurn {
    private final @Nullable Outcome[] outcomes;
    private final Deadlines deadlines;
    private final Consumer<List<Outcome>> answer;
    private int open;
    private Deadlines.@Nullable Entry deadline;

    PendingTurn(int partitions, Deadlines deadlines, Consumer<List<Outcome>> answer) {
        this.outcomes = new Outcome[partitions];
        this.open = partitions;
        this.deadlines = deadlines;
        this.answer = answer;
        if (partitions == 0) {
            answer.accept(List.of());
        }
    }

    /** Where the outcome of one partition goes; the last one sends the answer. */
    Consumer<Outcome> place(int index) {
        return outcome -> {
            if (outcomes[index] == null) {
                outcomes[index] = outcome;
                if (--open == 0) {
                    deadlines.cancel(deadline);
                    answer.accept(Arrays.asList(outcomes));
                }
            }
        };
    }

    /** Gives those that have no outcome at that time this one. */
    void expireAt(long deadlineMs, Outcome outcome) {
        if (open > 0) {
            deadline = deadlines.schedule(deadlineMs, () -> {
                for (int i = 0; i < outcomes.length; i++) {
                    place(i).accept(outcome);
                }
            });
        }
    }
}
