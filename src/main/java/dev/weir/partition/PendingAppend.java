package dev.weir.partition;

import dev.weir.partition.Deadlines.Entry;
import dev.weir.partition.client.AppendResult;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One append request until each of its partitions is settled. Owned by the shard; answered exactly once. */
final class PendingAppend {
    private static final Logger LOG = LoggerFactory.getLogger(PendingAppend.class);

    private final @Nullable AppendResult[] results;
    private final Consumer<List<AppendResult>> answer;
    private final Runnable written;
    private int open;
    private boolean staged;
    private @Nullable Entry deadline;

    /**
     * @param written see {@link AppendRequest#written}
     */
    PendingAppend(int partitions, Runnable written, Consumer<List<AppendResult>> answer) {
        this.written = written;
        this.results = new AppendResult[partitions];
        this.open = partitions;
        this.answer = answer;
    }

    /** Settles one partition; the last one sends the answer. A partition that is settled stays as it is. */
    void settle(int index, AppendResult result, Deadlines deadlines) {
        if (results[index] != null) {
            return;
        }
        results[index] = result;
        if (--open == 0) {
            deadlines.cancel(deadline);
            try {
                answer.accept(Arrays.asList(results));
            } catch (RuntimeException e) {
                // The others must hear all the same.
                LOG.error("The answer to an append was not taken", e);
            }
        }
    }

    /** Batches of the request wait in a log to be written. */
    void staged() {
        staged = true;
    }

    boolean isStaged() {
        return staged;
    }

    /** Nothing of the request is staged any more: unless it is answered, its sender hears that its buffers are its own. */
    void written() {
        staged = false;
        if (open > 0) {
            written.run();
        }
    }

    boolean isSettled(int index) {
        return results[index] != null;
    }

    boolean isDone() {
        return open == 0;
    }

    /**
     * Bounds the wait: whatever is open then is answered with REQUEST_TIMED_OUT.
     *
     * @param writeFirst writes what is still staged, since the sender's buffers are its own again after the answer
     */
    void expireAt(long deadlineMs, Deadlines deadlines, Runnable writeFirst) {
        deadline = deadlines.schedule(deadlineMs, () -> {
            writeFirst.run();
            for (int i = 0; i < results.length; i++) {
                settle(i, AppendResult.unclear(Errors.REQUEST_TIMED_OUT, null), deadlines);
            }
        });
    }

    /**
     * One partition's part of an append that is staged or written.
     *
     * @param append the whole request
     * @param index which of its partitions
     * @param result what to answer when {@code requiredOffset} is reached
     * @param requiredOffset offset after the last record
     * @param allReplicas whether the high watermark has to reach it, not only this broker's log
     * @param leaderEpoch in which it was appended: in another one, the offset may be another record's
     */
    record Ack(
            PendingAppend append,
            int index,
            AppendResult result,
            long requiredOffset,
            boolean allReplicas,
            int leaderEpoch) {}
}
