package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** AlterPartitionReassignments (KIP-455): other replicas for partitions, or an end to what is under way. Keeps no state. */
final class Reassignments {
    private final ConfigRules rules;

    Reassignments(ConfigRules rules) {
        this.rules = rules;
    }

    ControllerResult<AlterPartitionReassignmentsResponseData> alter(
            ClusterImage image, AlterPartitionReassignmentsRequestData request) {
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setErrorMessage(null)
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        List<MetadataRecord> records = new ArrayList<>();
        Set<TopicPartition> seen = new HashSet<>();
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            response.responses().add(answer);
            for (ReassignablePartition asked : topic.partitions()) {
                Result<Optional<PartitionChangeRecord>> decided =
                        seen.add(new TopicPartition(topic.name(), asked.partitionIndex()))
                                ? alterOne(image, topic.name(), asked, request.allowReplicationFactorChange())
                                : Result.refused(Errors.INVALID_REQUEST, "The partition is named twice.");
                if (!decided.isRefused()) {
                    decided.get().ifPresent(records::add);
                }
                answer.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(asked.partitionIndex())
                                .setErrorCode(decided.error().error().code())
                                .setErrorMessage(decided.error().message()));
            }
        }
        return records.size() > ControllerResult.MAX_RECORDS
                ? ControllerResult.unchanged(new AlterPartitionReassignmentsResponseData()
                        .setErrorCode(Errors.POLICY_VIOLATION.code())
                        .setErrorMessage("Unable to perform excessively large batch operation."))
                : new ControllerResult<>(records, response);
    }

    private Result<Optional<PartitionChangeRecord>> alterOne(
            ClusterImage image, String name, ReassignablePartition asked, boolean anyFactor) {
        TopicImage topic = image.topic(name).orElse(null);
        if (topic == null) {
            return Result.refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "Unable to find a topic named " + name + ".");
        }
        PartitionImage partition = topic.partition(asked.partitionIndex()).orElse(null);
        if (partition == null) {
            return Result.refused(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION,
                    "Unable to find partition " + name + ":" + asked.partitionIndex() + ".");
        }
        PartitionChange change = PartitionChange.of(
                image, topic.id(), asked.partitionIndex(), partition, TopicRules.of(rules, image, name));
        Result<PartitionChange> wanted = asked.replicas() == null
                ? cancel(image, name, asked.partitionIndex(), partition, change)
                : begin(image, partition, asked.replicas(), anyFactor)
                        .flatMap(target -> Result.of(change.assignment(target)));
        return wanted.flatMap(decided -> Result.of(decided.record()));
    }

    private Result<Reassignment> begin(
            ClusterImage image, PartitionImage partition, List<Integer> target, boolean anyFactor) {
        ApiError error = NewPartitions.checkAssignment(image, target, OptionalInt.empty());
        if (error.isFailure()) {
            return Result.refused(error);
        }
        int factor = partition.replicas().size()
                - (int) partition.removing().stream()
                        .filter(partition.replicas()::contains)
                        .count();
        if (!anyFactor && target.size() != factor) {
            return Result.refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "The replication factor is changed from " + factor + " to " + target.size());
        }
        return Result.of(Reassignment.towards(partition, target));
    }

    /**
     * With KIP-966 the ISR must not fall below what it takes to commit by the loss of those that were being added: nobody who goes can
     * stay eligible to lead.
     */
    private Result<PartitionChange> cancel(
            ClusterImage image, String name, int partitionId, PartitionImage partition, PartitionChange change) {
        if (!partition.isReassigning()) {
            return Result.refused(Errors.NO_REASSIGNMENT_IN_PROGRESS, Errors.NO_REASSIGNMENT_IN_PROGRESS.message());
        }
        TopicRules ofTopic = TopicRules.of(rules, image, name);
        Reassignment back = Reassignment.back(partition);
        List<Integer> isr =
                partition.isr().stream().filter(back.replicas()::contains).toList();
        boolean shrinks = isr.size() < partition.isr().size();
        change.assignment(back).isr(isr).election(ofTopic.election());
        if (ofTopic.unclean()) {
            return Result.of(
                    isr.isEmpty() && !ofTopic.elr()
                            ? change.isr(List.of(back.replicas().get(0))).recovering(true)
                            : change);
        }
        if (shrinks && isr.isEmpty()) {
            return Result.refused(NewPartitions.invalid("Unable to revert partition assignment for " + name + ":"
                    + partitionId + " because it would require an unclean leader election."));
        }
        int needed = ofTopic.minIsrOf(back.replicas().size());
        return shrinks && ofTopic.elr() && isr.size() < needed
                ? Result.refused(NewPartitions.invalid("Unable to revert partition assignment for " + name + ":"
                        + partitionId + " because " + isr.size()
                        + " replica(s) would be in sync, and min.insync.replicas"
                        + " needs " + needed + ". Wait until more of " + back.replicas() + " are in sync."))
                : Result.of(change);
    }
}
