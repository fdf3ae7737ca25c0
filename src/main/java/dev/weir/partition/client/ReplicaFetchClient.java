package dev.weir.partition.client;

import io.vertx.core.Future;

/** How followers read from the partitions of this broker, shard by shard. */
public interface ReplicaFetchClient {
    /** How many shards there are. */
    int shards();

    /** Reads from the partitions of one shard, which all that the fetch names belong to. */
    Future<ReplicaFetch.Answer> replicaFetch(int shard, ReplicaFetch fetch);

    /** Ends a waiting fetch: it is answered with what there is. */
    void endWait(int shard, long ticket);

    /** Forgets a session, if the shard has it. */
    void endReplicaSession(int shard, long session);
}
