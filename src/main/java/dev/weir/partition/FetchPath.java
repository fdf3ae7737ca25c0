package dev.weir.partition;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Aborted;
import dev.weir.partition.client.FetchAnswer.Diverging;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.FetchQuery.Entry;
import dev.weir.storage.EpochEndOffset;
import dev.weir.storage.FileSlice;
import dev.weir.storage.ReadResult;
import java.io.IOException;
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
 * Fetches: slices of what is there, or a wait in the partitions until there is enough. Owned by the shard. Waiting fetches
 * are bounded by the connections' requests in flight.
 */
final class FetchPath {
    private static final Logger LOG = LoggerFactory.getLogger(FetchPath.class);

    private final ShardState shard;
    private final Map<Long, FetchWait> waiting = new HashMap<>();

    FetchPath(ShardState shard) {
        this.shard = shard;
    }

    /** Answers now, or when enough has come, the time is over, or {@link #endWait} is called. */
    void fetch(FetchQuery query, long nowMs, Consumer<List<FetchAnswer>> answer) {
        if (query.replicaId() >= 0) {
            noteFollower(query, nowMs);
        }
        Attempt attempt = read(query);
        if (attempt.isEnough(query) || query.maxWaitMs() <= 0) {
            count(query, attempt);
            answer.accept(attempt.answers);
            return;
        }
        attempt.release();
        List<Partition> partitions = query.entries().stream()
                .map(entry -> shard.find(entry.key()))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        FetchWait wait = new FetchWait(query, partitions, answer);
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

    /** The partition has more to read, or can no longer be read: looks again at what waits for it. */
    void wake(Partition partition) {
        for (FetchWait wait : partition.waits()) {
            if (!wait.isDone()) {
                Attempt attempt = read(wait.query);
                if (attempt.isEnough(wait.query)) {
                    finish(wait, attempt);
                } else {
                    attempt.release();
                }
            }
        }
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
        count(wait.query, attempt);
        wait.finish(attempt.answers, shard.deadlines());
    }

    private void count(FetchQuery query, Attempt attempt) {
        if (attempt.bytes == 0 && !attempt.mustAnswer) {
            return;
        }
        for (int i = 0; i < attempt.answers.size(); i++) {
            FetchAnswer answer = attempt.answers.get(i);
            Partition partition = shard.find(query.entries().get(i).key());
            if (partition == null) {
                continue;
            }
            if (answer.error() == Errors.KAFKA_STORAGE_ERROR || answer.error() == Errors.CORRUPT_MESSAGE) {
                partition.traffic.fetchFailed();
            } else if (query.replicaId() < 0) {
                partition.traffic.fetched(answer.size());
            }
        }
    }

    private void noteFollower(FetchQuery query, long nowMs) {
        for (Entry entry : query.entries()) {
            Partition partition = shard.find(entry.key());
            if (partition != null && partition.checkLeader(entry.currentLeaderEpoch()) == Errors.NONE) {
                partition.followerFetched(query.replicaId(), entry.fetchOffset());
                shard.afterProgress(partition, nowMs);
            }
        }
    }

    private Attempt read(FetchQuery query) {
        Attempt attempt = new Attempt(query.entries().size());
        try {
            for (Entry entry : query.entries()) {
                int left = Math.max(0, query.maxBytes() - attempt.bytes);
                attempt.add(read(entry, query, Math.min(left, entry.maxBytes()), attempt.bytes == 0));
            }
        } catch (RuntimeException e) {
            attempt.release();
            throw e;
        }
        return attempt;
    }

    private FetchAnswer read(Entry entry, FetchQuery query, int maxBytes, boolean first) {
        Partition partition = shard.find(entry.key());
        if (partition == null) {
            return FetchAnswer.failed(shard.errorForMissing(entry.key()), null);
        }
        Errors error = partition.checkLeader(entry.currentLeaderEpoch());
        if (error != Errors.NONE) {
            return FetchAnswer.failed(error, partition.leader());
        }
        try {
            if (entry.lastFetchedEpoch() >= 0) {
                EpochEndOffset end = partition.log.endOffsetForEpoch(entry.lastFetchedEpoch());
                if (end.leaderEpoch() != entry.lastFetchedEpoch() || end.endOffset() < entry.fetchOffset()) {
                    return diverging(partition, end);
                }
            }
            long bound = partition.readableEnd(query.replicaId(), query.readCommitted());
            ReadResult result = partition.log.read(entry.fetchOffset(), maxBytes, bound, first);
            return result.error() == Errors.NONE
                    ? answer(partition, entry, query, result, bound)
                    : outOfRange(partition, result.error());
        } catch (IOException e) {
            LOG.error("Cannot read {} at {}", partition.name(), entry.fetchOffset(), e);
            return FetchAnswer.failed(Errors.KAFKA_STORAGE_ERROR, partition.leader());
        }
    }

    private static FetchAnswer answer(Partition partition, Entry entry, FetchQuery query, ReadResult result, long bound)
            throws IOException {
        FileSlice slice = result.slice();
        List<Aborted> aborted = List.of();
        if (query.readCommitted() && !slice.isEmpty()) {
            try {
                aborted = partition.log.abortedTransactions(entry.fetchOffset(), bound).stream()
                        .map(a -> new Aborted(a.producerId(), a.firstOffset()))
                        .toList();
            } catch (IOException | RuntimeException e) {
                slice.release();
                throw e;
            }
        }
        return new FetchAnswer(
                Errors.NONE,
                partition.highWatermark(),
                partition.lastStableOffset(),
                partition.log.logStartOffset(),
                slice.isEmpty() ? null : new SliceBytes(slice),
                aborted,
                null,
                null);
    }

    private static FetchAnswer outOfRange(Partition partition, Errors error) {
        return new FetchAnswer(
                error, partition.highWatermark(), -1, partition.log.logStartOffset(), null, List.of(), null, null);
    }

    private static FetchAnswer diverging(Partition partition, EpochEndOffset end) {
        return new FetchAnswer(
                Errors.NONE,
                partition.highWatermark(),
                partition.lastStableOffset(),
                partition.log.logStartOffset(),
                null,
                List.of(),
                new Diverging(end.leaderEpoch(), end.endOffset()),
                null);
    }

    /** What one look at all partitions of a query found. */
    private static final class Attempt {
        private final List<FetchAnswer> answers;
        private int bytes;
        private boolean mustAnswer;

        Attempt(int partitions) {
            answers = new ArrayList<>(partitions);
        }

        void add(FetchAnswer answer) {
            answers.add(answer);
            bytes += answer.size();
            mustAnswer |= answer.error() != Errors.NONE || answer.diverging() != null;
        }

        boolean isEnough(FetchQuery query) {
            return mustAnswer || bytes >= query.minBytes() || query.entries().isEmpty();
        }

        void release() {
            answers.forEach(FetchAnswer::release);
        }
    }
}
