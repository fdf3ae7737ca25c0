package dev.weir.controller;

import dev.weir.metadata.PartitionImage;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * The rule for brokers that do not copy records from each other. A partition has one replica then, and stays with it: a second
 * one would be empty, count as in sync, and lose acknowledged records once it leads. Stateless.
 */
final class Unreplicated {
    private Unreplicated() {}

    /** Why a new partition cannot have this many replicas; no error if it can. */
    static ApiError check(int replicationFactor) {
        return replicationFactor <= 1
                ? ApiError.NONE
                : new ApiError(
                        Errors.INVALID_REPLICATION_FACTOR,
                        "A replication factor of " + replicationFactor
                                + " is not possible: this version does not replicate records between brokers yet. Use 1.");
    }

    /** Why a partition cannot have these replicas instead of its own; no error if it can. */
    static ApiError check(PartitionImage partition, List<Integer> target) {
        ApiError error = check(target.size());
        return error.isFailure() || partition.replicas().containsAll(target)
                ? error
                : new ApiError(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "The partition cannot move from " + partition.replicas() + " to " + target
                                + ": this version does not replicate records between brokers yet.");
    }
}
