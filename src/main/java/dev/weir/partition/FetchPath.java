package dev.weir.partition;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Unread;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.FetchQuery.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches of consumers: slices of what is there, or a wait in the partitions until there is enough. Owned by the shard. Waiting fetches
 * are bounded by the connections' requests in flight.
 */
final class FetchPath {
    private static final Logger LOG = LoggerFactory.getLogger(FetchPath.class);

    private final ShardState shard;
    private final FetchReader reader;
    private final Map<Long, FetchWait> waiting = new HashMap<>();

    FetchPath(ShardState shard, FetchReader reader) {
        this.shard = shard;
        this.reader = reader;
    }

    /** Answers now, or when enough has come, the time is over, or {@link #endWait} is called. */
    void fetch(FetchQuery query, long nowMs, Consumer<List<FetchAnswer>> answer) {
        Attempt attempt = read(query);
        if (attempt.isEnough(query) || query.maxWaitMs() <= 0) {
            countFailures(query, attempt);
            answer.accept(attempt.answers);
        } else {
            park(query, attempt, nowMs, answer);
        }
    }

    private void park(FetchQuery query, Attempt attempt, long nowMs, Consumer<List<FetchAnswer>> answer) {
        attempt.release();
        FetchWait wait = new FetchWait(query, answer);
        for (Entry entry : query.entries()) {
            // A partition that is missing is an error, which does not wait.
            wait.add(Objects.requireNonNull(shard.find(entry.key())));
        }
        wait.found(attempt.answers);
        waiting.put(query.ticket(), wait);
        wait.park(shard.deadlines().schedule(nowMs + query.maxWaitMs(), () -> finish(wait)));
    }

    /** Answers a waiting fetch with what there is; nothing happens when it does not wait any more. */
    void endWait(long ticket) {
        FetchWait wait = waiting.get(ticket);
        if (wait != null) {
            finish(wait);
        }
    }

    /** Something has happened to a partition: ends the waits that have enough now, or must be told that it cannot be read. */
    void wake(Partition partition) {
        for (FetchWait.Place place : partition.waits()) {
            if (place.wait.isDone()) {
                continue;
            }
            try {
                look(place);
            } catch (RuntimeException e) {
                // Whoever made this progress has done no wrong: only the reader is told.
                LOG.error("A waiting fetch of {} failed", partition.name(), e);
                fail(place.wait);
            }
        }
    }

    private void look(FetchWait.Place place) {
        if (hasNews(place)) {
            Attempt attempt = read(place.wait.query);
            if (attempt.isEnough(place.wait.query)) {
                finish(place.wait, attempt);
            } else {
                attempt.release();
                place.wait.found(attempt.answers);
            }
        }
    }

    private void fail(FetchWait wait) {
        waiting.remove(wait.query.ticket());
        List<FetchAnswer> answers = wait.query.entries().stream()
                .map(entry -> FetchAnswer.failed(Errors.UNKNOWN_SERVER_ERROR, null))
                .toList();
        wait.finish(answers, shard.deadlines());
    }

    /** Looks at this partition alone, and at its bytes only if the reader's view of it has moved. */
    private boolean hasNews(FetchWait.Place place) {
        FetchQuery query = place.wait.query;
        Entry entry = place.entry;
        if (reader.check(shard.find(entry.key()), entry, query) != Errors.NONE
                || entry.fetchOffset() < place.partition.log.logStartOffset()) {
            return true;
        }
        long bound = FetchReader.bound(place.partition, query);
        if (!place.moveTo(bound)) {
            return false;
        }
        boolean first = query.firstWhole() && place.elsewhere() == 0;
        int bytes = reader.count(place.partition, entry, entry.maxBytes(), bound, first);
        if (bytes < 0 || bytes > Math.min(entry.maxBytes(), query.maxBytes() - place.elsewhere())) {
            return true;
        }
        place.found(bytes);
        return place.wait.hasEnough();
    }

    /** Answers everything that waits, at the end of the shard. */
    void endAll() {
        List.copyOf(waiting.values()).forEach(this::finish);
    }

    private void finish(FetchWait wait) {
        finish(wait, read(wait.query));
    }

    private void finish(FetchWait wait, Attempt attempt) {
        waiting.remove(wait.query.ticket());
        countFailures(wait.query, attempt);
        wait.finish(attempt.answers, shard.deadlines());
    }

    private void countFailures(FetchQuery query, Attempt attempt) {
        if (!attempt.mustAnswer) {
            return;
        }
        for (int i = 0; i < attempt.answers.size(); i++) {
            FetchAnswer answer = attempt.answers.get(i);
            Partition partition = shard.find(query.entries().get(i).key());
            if (partition == null) {
                continue;
            }
            if (answer.error() == Errors.KAFKA_STORAGE_ERROR || answer.error() == Errors.CORRUPT_MESSAGE) {
                partition.counters.fetchFailed();
            }
        }
    }

    private Attempt read(FetchQuery query) {
        Attempt attempt = new Attempt(query.entries().size());
        try {
            for (Entry entry : query.entries()) {
                int left = Math.max(0, query.maxBytes() - attempt.bytes);
                attempt.add(reader.read(entry, query, left, query.firstWhole() && attempt.bytes == 0));
            }
        } catch (RuntimeException e) {
            attempt.release();
            throw e;
        }
        return attempt;
    }

    /** The outcome of one look at all partitions of a query. */
    private static final class Attempt {
        private final List<FetchAnswer> answers;
        private int bytes;
        private boolean mustAnswer;
        /** Whether there is more than a limit lets in. */
        private boolean isFull;

        Attempt(int partitions) {
            answers = new ArrayList<>(partitions);
        }

        void add(FetchAnswer answer) {
            answers.add(answer);
            bytes += answer.size();
            mustAnswer |= answer.error() != Errors.NONE || answer.diverging() != null;
            isFull |= answer.unread() == Unread.REQUEST_LIMIT || answer.isWithheld();
        }

        boolean isEnough(FetchQuery query) {
            return mustAnswer
                    || isFull
                    || bytes >= query.minBytes()
                    || query.entries().isEmpty();
        }

        void release() {
            answers.forEach(FetchAnswer::release);
        }
    }
}
