package dev.weir.partition.client;

import io.vertx.core.Future;
import java.util.List;

/** Reads from the partitions of this broker, shard by shard. */
public interface PartitionReadClient {
    /** How many shards there are. */
    int shards();

    /** Reads from the partitions of one shard, which all entries of the query belong to. */
    Future<List<FetchAnswer>> fetch(int shard, FetchQuery query);

    /** Ends a waiting fetch: it is answered with what there is. */
    void endWait(int shard, long ticket);
}
