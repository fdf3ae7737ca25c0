package dev.weir.partition;

import dev.weir.partition.client.FetchQuery;
import java.util.List;

/** Questions to a shard for the records of its partition. */
final class FetchQueries {
    private FetchQueries() {}

    static FetchQuery.Entry entry(long offset, int currentLeaderEpoch, int lastFetchedEpoch) {
        return new FetchQuery.Entry(ShardFixture.KEY, offset, 1 << 20, currentLeaderEpoch, lastFetchedEpoch);
    }

    static FetchQuery query(long offset, int minBytes, int maxWaitMs, long ticket) {
        return new FetchQuery(
                List.of(new FetchQuery.Entry(ShardFixture.KEY, offset, 1 << 20, -1, -1)),
                1 << 20,
                true,
                minBytes,
                maxWaitMs,
                false,
                -1,
                -1,
                ticket);
    }
}
