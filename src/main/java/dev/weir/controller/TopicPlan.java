package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** The replicas of each partition of a new topic, chosen here or by the client. */
final class TopicPlan {
    private static final int USE_DEFAULT = -1;

    private TopicPlan() {}

    /**
     * Replicas by partition number.
     *
     * @param internal how many an internal topic has that names no number
     */
    static Result<List<List<Integer>>> of(
            ClusterImage image, CreatableTopic topic, ControllerSettings settings, RandomSource random, int internal) {
        return topic.assignments().isEmpty()
                ? placed(image, topic, settings, random, internal)
                : assigned(image, topic);
    }

    private static Result<List<List<Integer>>> assigned(ClusterImage image, CreatableTopic topic) {
        if (topic.replicationFactor() != USE_DEFAULT) {
            return Result.refused(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.numPartitions() != USE_DEFAULT) {
            return Result.refused(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        Set<Integer> seen = new HashSet<>();
        OptionalInt replicationFactor = OptionalInt.empty();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            ApiError error = check(image, assignment, replicationFactor, seen);
            if (error.isFailure()) {
                return Result.refused(error);
            }
            replicationFactor = OptionalInt.of(assignment.brokerIds().size());
        }
        List<CreatableReplicaAssignment> sorted = new ArrayList<>(topic.assignments());
        sorted.sort(Comparator.comparingInt(CreatableReplicaAssignment::partitionIndex));
        if (sorted.get(0).partitionIndex() != 0
                || sorted.get(sorted.size() - 1).partitionIndex() != sorted.size() - 1) {
            return Result.refused(NewPartitions.invalid("partitions should be a consecutive 0-based integer sequence"));
        }
        return Result.of(sorted.stream().map(a -> List.copyOf(a.brokerIds())).toList());
    }

    private static ApiError check(
            ClusterImage image, CreatableReplicaAssignment assignment, OptionalInt factor, Set<Integer> seen) {
        if (!seen.add(assignment.partitionIndex())) {
            return NewPartitions.invalid(
                    "Found multiple manual partition assignments for partition " + assignment.partitionIndex());
        }
        ApiError error = NewPartitions.checkAssignment(image, assignment.brokerIds(), factor);
        if (error.isSuccess()
                && NewPartitions.liveOf(image, assignment.brokerIds()).isEmpty()) {
            return NewPartitions.noneLive(assignment.partitionIndex());
        }
        return error;
    }

    private static Result<List<List<Integer>>> placed(
            ClusterImage image, CreatableTopic topic, ControllerSettings settings, RandomSource random, int internal) {
        if (topic.replicationFactor() < USE_DEFAULT || topic.replicationFactor() == 0) {
            return Result.refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.numPartitions() < USE_DEFAULT || topic.numPartitions() == 0) {
            return Result.refused(
                    Errors.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        int replicationFactor = topic.replicationFactor();
        if (replicationFactor == USE_DEFAULT && InternalTopics.isInternal(topic.name())) {
            ApiError error = checkEnough(image, topic.name(), internal);
            if (error.isFailure()) {
                return Result.refused(error);
            }
            replicationFactor = internal;
        } else if (replicationFactor == USE_DEFAULT) {
            replicationFactor = settings.defaultReplicationFactor();
        }
        Result<List<List<Integer>>> plan = ReplicaPlacement.place(
                image, 0, partitions(topic, settings), replicationFactor, random.below(Integer.MAX_VALUE));
        return plan.isRefused()
                ? Result.refused(
                        plan.error().error(),
                        "Unable to replicate the partition " + replicationFactor + " time(s): "
                                + plan.error().message())
                : plan;
    }

    /** The first client of a cluster that is being started must not fix how many replicas its groups have. */
    private static ApiError checkEnough(ClusterImage image, String topic, int wanted) {
        long active =
                image.brokers().values().stream().filter(BrokerImage::active).count();
        return active >= wanted
                ? ApiError.NONE
                : new ApiError(
                        Errors.INVALID_REPLICATION_FACTOR,
                        topic + " is created with " + wanted + " replicas as soon as as many brokers are up; now "
                                + active + " are.");
    }

    /** The number of partitions that a request asks for; not positive where the request is invalid. */
    static int partitions(CreatableTopic topic, ControllerSettings settings) {
        if (!topic.assignments().isEmpty()) {
            return topic.assignments().size();
        }
        return topic.numPartitions() == USE_DEFAULT ? settings.defaultPartitions() : topic.numPartitions();
    }
}
