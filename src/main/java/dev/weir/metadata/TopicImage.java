package dev.weir.metadata;

import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * One topic. Immutable.
 *
 * @param name unique among the topics that exist
 * @param id unique for ever
 * @param partitions by number, in order, from 0 without gaps
 */
public record TopicImage(String name, Uuid id, PMap<Integer, PartitionImage> partitions) {
    static TopicImage empty(String name, Uuid id) {
        return new TopicImage(name, id, TreePMap.empty());
    }

    public Optional<PartitionImage> partition(int partitionId) {
        return Optional.ofNullable(partitions.get(partitionId));
    }

    public int partitionCount() {
        return partitions.size();
    }

    TopicImage with(int partitionId, PartitionImage partition) {
        return new TopicImage(name, id, partitions.plus(partitionId, partition));
    }
}
