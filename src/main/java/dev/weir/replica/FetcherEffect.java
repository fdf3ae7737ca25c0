package dev.weir.replica;

import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import org.apache.kafka.common.message.FetchRequestData;

/** What a fetcher wants done. Each is answered once. */
sealed interface FetcherEffect {
    /**
     * Send this to the leader; {@link ReplicaFetcher#fetched} or {@link ReplicaFetcher#fetchFailed} follows.
     *
     * @param id to be named with the answer
     * @param side whether another fetch, which waits for news, is under way and must not hold this one up
     */
    record Fetch(int id, FetchRequestData request, boolean side) implements FetcherEffect {}

    /**
     * Give this to the shard; {@link ReplicaFetcher#turnEnded} follows.
     *
     * @param id to be named with the outcomes
     * @param ofFetch the fetch in whose answer the records lie, which is not to be released before; -1 if there are none
     */
    record Turn(int id, FollowerTurn turn, int ofFetch) implements FetcherEffect {}
}
