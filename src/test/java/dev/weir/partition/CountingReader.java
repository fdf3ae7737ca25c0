package dev.weir.partition;

import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;

/** Counts how often a partition was looked at. */
final class CountingReader extends FetchReader {
    int reads;
    /** How many reads go well before one fails. */
    int readsToFailure = Integer.MAX_VALUE;

    int counts;

    CountingReader(ShardState shard) {
        super(shard);
    }

    @Override
    FetchAnswer read(FetchQuery.Entry entry, FetchQuery query, int maxBytes, boolean first) {
        reads++;
        if (readsToFailure-- == 0) {
            throw new IllegalStateException("for the test");
        }
        return super.read(entry, query, maxBytes, first);
    }

    @Override
    int count(Partition partition, FetchQuery.Entry entry, int maxBytes, long bound, boolean first) {
        counts++;
        return super.count(partition, entry, maxBytes, bound, first);
    }
}
