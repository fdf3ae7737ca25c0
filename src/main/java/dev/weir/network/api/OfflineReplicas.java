package dev.weir.network.api;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import java.util.List;

/** Which replicas of a partition cannot be used, as Kafka tells clients. */
final class OfflineReplicas {
    private OfflineReplicas() {}

    /** Those whose broker is gone, fenced, not to be reached over this listener, or without the replica's log directory. */
    static List<Integer> of(PartitionImage partition, ClusterImage image, String listener) {
        return partition.replicas().stream()
                .filter(id -> image.broker(id)
                        .filter(broker -> isUsable(broker, partition, listener))
                        .isEmpty())
                .toList();
    }

    private static boolean isUsable(BrokerImage broker, PartitionImage partition, String listener) {
        return !broker.fenced() && broker.endpoint(listener).isPresent() && broker.hasOnline(partition);
    }
}
