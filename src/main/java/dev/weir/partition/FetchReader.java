package dev.weir.partition;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Aborted;
import dev.weir.partition.client.FetchAnswer.Diverging;
import dev.weir.partition.client.FetchAnswer.Unread;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.FetchQuery.Entry;
import dev.weir.storage.EpochEndOffset;
import dev.weir.storage.FileSlice;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.ReadResult;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One look at one partition of a fetch: whether it may be read, how much there is, and the slices of it. Owned by the shard. */
class FetchReader {
    private static final Logger LOG = LoggerFactory.getLogger(FetchReader.class);

    private final ShardState shard;
    private final Followers followers;

    FetchReader(ShardState shard) {
        this.shard = shard;
        this.followers = new Followers(shard);
    }

    /** NONE, or why the reader has to look elsewhere or again; touches no file. */
    Errors check(@Nullable Partition partition, Entry entry, FetchQuery query) {
        if (partition == null) {
            return shard.errorForMissing(entry.key());
        }
        Errors error = partition.checkLeader(entry.currentLeaderEpoch());
        return error == Errors.NONE && query.isFollower()
                ? followers.check(partition, query.replicaId(), query.brokerEpoch(), entry.currentLeaderEpoch())
                : error;
    }

    /**
     * Reads slices, which the receiver owns.
     *
     * @param left bytes that other partitions have left of the query's limit
     * @param first whether the first batch is given whole, even if it exceeds a limit
     */
    FetchAnswer read(Entry entry, FetchQuery query, int left, boolean first) {
        Partition partition = shard.find(entry.key());
        Errors error = check(partition, entry, query);
        if (partition == null || error != Errors.NONE) {
            return FetchAnswer.failed(error, partition == null ? null : partition.leader());
        }
        PartitionLog log = partition.log;
        try {
            if (entry.fetchOffset() < log.logStartOffset()) {
                return outOfRange(partition, Errors.OFFSET_OUT_OF_RANGE);
            }
            if (entry.lastFetchedEpoch() >= 0) {
                EpochEndOffset end = log.endOffsetForEpoch(entry.lastFetchedEpoch());
                if (end.isUndefined()) {
                    return outOfRange(partition, Errors.OFFSET_OUT_OF_RANGE);
                }
                if (end.leaderEpoch() < entry.lastFetchedEpoch() || end.endOffset() < entry.fetchOffset()) {
                    return diverging(partition, end);
                }
            }
            long bound = bound(partition, query);
            ReadResult result = log.read(entry.fetchOffset(), Math.min(left, entry.maxBytes()), bound, first);
            return result.error() == Errors.NONE
                    ? answer(partition, entry, query, result, bound, left)
                    : outOfRange(partition, result.error());
        } catch (IOException e) {
            LOG.error("Cannot read {} at {}", partition.name(), entry.fetchOffset(), e);
            return FetchAnswer.failed(Errors.KAFKA_STORAGE_ERROR, partition.leader());
        }
    }

    /** Bytes that {@link #read} would find or withhold, without slicing them; -1 if it would find an error. */
    int count(Partition partition, Entry entry, int maxBytes, long bound, boolean first) {
        try {
            return partition.log.readableBytes(entry.fetchOffset(), maxBytes, bound, first);
        } catch (IOException e) {
            LOG.error("Cannot read {} at {}", partition.name(), entry.fetchOffset(), e);
            return -1;
        }
    }

    /** Offset at which the reader's view of a partition ends. */
    static long bound(Partition partition, FetchQuery query) {
        return query.isFollower() ? partition.log.logEndOffset() : partition.consumerEnd(query.readCommitted());
    }

    private static FetchAnswer answer(
            Partition partition, Entry entry, FetchQuery query, ReadResult result, long bound, int left)
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
                slice.isEmpty() ? null : new SliceBytes(slice, query.isFollower() ? null : partition.counters),
                aborted,
                null,
                null,
                unread(result, entry, left));
    }

    private static Unread unread(ReadResult result, Entry entry, int left) {
        if (!result.limited()) {
            return Unread.NOTHING;
        }
        return left < entry.maxBytes() ? Unread.REQUEST_LIMIT : Unread.PARTITION_LIMIT;
    }

    private static FetchAnswer outOfRange(Partition partition, Errors error) {
        return new FetchAnswer(
                error,
                partition.highWatermark(),
                -1,
                partition.log.logStartOffset(),
                null,
                List.of(),
                null,
                null,
                Unread.NOTHING);
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
                null,
                Unread.NOTHING);
    }
}
