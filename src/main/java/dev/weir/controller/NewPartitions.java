package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.PartitionRecord;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Turns the replicas of a new partition into its first record, and checks replicas that a client has chosen. */
final class NewPartitions {
    private NewPartitions() {}

    /** The brokers among the replicas that begin in sync: those that are live. */
    static List<Integer> liveOf(ClusterImage image, List<Integer> replicas) {
        return replicas.stream().filter(image::isActive).toList();
    }

    /**
     * A partition's first record; the first replica in sync leads.
     *
     * @param isr the live ones
     */
    static PartitionRecord record(
            ClusterImage image, Uuid topicId, int partitionId, List<Integer> replicas, List<Integer> isr) {
        return new PartitionRecord(
                topicId,
                partitionId,
                replicas,
                isr,
                List.of(),
                List.of(),
                isr.stream().findFirst().orElse(PartitionImage.NO_LEADER),
                0,
                0,
                replicas.stream().map(broker -> directory(image, broker)).toList(),
                false);
    }

    /** What is wrong with replicas that a client has chosen; {@link ApiError#NONE} where nothing is. */
    static ApiError checkAssignment(ClusterImage image, List<Integer> replicas, OptionalInt replicationFactor) {
        if (replicas.isEmpty()) {
            return invalid("The manual partition assignment includes an empty replica list.");
        }
        Set<Integer> seen = new HashSet<>();
        for (int broker : replicas.stream().sorted().toList()) {
            if (image.broker(broker).isEmpty()) {
                return invalid("The manual partition assignment includes broker " + broker
                        + ", but no such broker is registered.");
            }
            if (!seen.add(broker)) {
                return invalid("The manual partition assignment includes the broker " + broker + " more than once.");
            }
        }
        if (replicationFactor.isPresent() && replicas.size() != replicationFactor.getAsInt()) {
            return invalid("The manual partition assignment includes a partition with " + replicas.size()
                    + " replica(s), but this is not consistent with previous partitions, which have "
                    + replicationFactor.getAsInt() + " replica(s).");
        }
        return ApiError.NONE;
    }

    static ApiError noneLive(int partitionId) {
        return invalid("All brokers specified in the manual partition assignment for partition " + partitionId
                + " are fenced or in controlled shutdown.");
    }

    static ApiError invalid(String message) {
        return new ApiError(Errors.INVALID_REPLICA_ASSIGNMENT, message);
    }

    /** Where a broker keeps a new replica: {@link DirectoryId#UNASSIGNED} where it has several to choose from. */
    static Uuid directory(ClusterImage image, int broker) {
        return image.broker(broker)
                .map(BrokerImage::logDirs)
                .filter(dirs -> dirs.size() == 1)
                .map(dirs -> dirs.get(0))
                .orElse(DirectoryId.UNASSIGNED);
    }
}
