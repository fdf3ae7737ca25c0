package dev.weir.network.api;

import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionKey;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;

/**
 * One partition that a fetch asks for, as the client named it.
 *
 * @param name how the client names it
 * @param wanted offsets, epochs and limit
 */
record FetchPart(Name name, FetchPartition wanted) {

    FetchQuery.Entry entry(Uuid topicId) {
        return new FetchQuery.Entry(
                new PartitionKey(topicId, name.partition()),
                wanted.fetchOffset(),
                wanted.partitionMaxBytes(),
                wanted.currentLeaderEpoch(),
                wanted.lastFetchedEpoch());
    }

    /**
     * A topic's name, or its id from version 13 on, with the partition.
     *
     * @param topic empty where the id is used
     * @param topicId zero where the name is used
     * @param partition the index
     */
    record Name(String topic, Uuid topicId, int partition) {}
}
