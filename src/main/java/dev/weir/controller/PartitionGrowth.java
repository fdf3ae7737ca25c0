package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** CreatePartitions: more partitions for topics that exist. Stateless. */
final class PartitionGrowth {
    PartitionGrowth() {}

    ControllerResult<CreatePartitionsResponseData> grow(
            ClusterImage image, CreatePartitionsRequestData request, RandomSource random) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> duplicates = new LinkedHashSet<>();
        request.topics().stream()
                .map(CreatePartitionsTopic::name)
                .filter(name -> !names.add(name))
                .forEach(duplicates::add);
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        duplicates.forEach(name ->
                response.results().add(result(name, new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name."))));
        List<MetadataRecord> records = new ArrayList<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            if (duplicates.contains(topic.name())) {
                continue;
            }
            Result<List<MetadataRecord>> decided = growOne(image, topic, random);
            response.results().add(result(topic.name(), decided.error()));
            if (!decided.isRefused()) {
                records.addAll(decided.get());
            }
            if (records.size() > ControllerResult.MAX_RECORDS) {
                return refuseAll(names);
            }
        }
        ControllerResult<CreatePartitionsResponseData> result = new ControllerResult<>(records, response);
        return request.validateOnly() ? result.withoutRecords() : result;
    }

    private Result<List<MetadataRecord>> growOne(
            ClusterImage image, CreatePartitionsTopic request, RandomSource random) {
        TopicImage topic = image.topic(request.name()).orElse(null);
        if (topic == null) {
            return Result.refused(new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        int existing = topic.partitionCount();
        int additional = request.count() - existing;
        if (additional == 0) {
            return Result.refused(Errors.INVALID_PARTITIONS, "Topic already has " + existing + " partition(s).");
        }
        if (additional < 0) {
            return Result.refused(
                    Errors.INVALID_PARTITIONS,
                    "The topic " + topic.name() + " currently has " + existing + " partition(s); " + request.count()
                            + " would not be an increase.");
        }
        if (additional > ControllerResult.MAX_RECORDS) {
            return Result.refused(Errors.POLICY_VIOLATION, "Unable to perform excessively large batch operation.");
        }
        PartitionImage like = topic.partition(0).orElseThrow();
        int factor = like.replicas().size() - like.removing().size();
        return replicas(image, topic, request, additional, factor, random).flatMap(plan -> records(image, topic, plan));
    }

    private static Result<List<List<Integer>>> replicas(
            ClusterImage image,
            TopicImage topic,
            CreatePartitionsTopic request,
            int additional,
            int factor,
            RandomSource random) {
        int existing = topic.partitionCount();
        if (request.assignments() == null) {
            return ReplicaPlacement.place(image, existing, additional, factor, random.below(Integer.MAX_VALUE));
        }
        if (request.assignments().size() != additional) {
            return Result.refused(
                    NewPartitions.invalid("Attempted to add " + additional + " additional partition(s), but only "
                            + request.assignments().size() + " assignment(s) were specified."));
        }
        List<List<Integer>> plan = new ArrayList<>();
        for (CreatePartitionsRequestData.CreatePartitionsAssignment assignment : request.assignments()) {
            ApiError error = NewPartitions.checkAssignment(image, assignment.brokerIds(), OptionalInt.of(factor));
            if (error.isFailure()) {
                return Result.refused(error);
            }
            plan.add(List.copyOf(assignment.brokerIds()));
        }
        return Result.of(plan);
    }

    private static Result<List<MetadataRecord>> records(
            ClusterImage image, TopicImage topic, List<List<Integer>> plan) {
        List<MetadataRecord> records = new ArrayList<>(plan.size());
        int partitionId = topic.partitionCount();
        for (List<Integer> replicas : plan) {
            List<Integer> isr = NewPartitions.liveOf(image, replicas);
            if (isr.isEmpty()) {
                return Result.refused(NewPartitions.noneLive(partitionId));
            }
            records.add(NewPartitions.record(image, topic.id(), partitionId++, replicas, isr));
        }
        return Result.of(records);
    }

    private static ControllerResult<CreatePartitionsResponseData> refuseAll(Set<String> names) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        names.forEach(name -> response.results()
                .add(result(
                        name,
                        new ApiError(
                                Errors.POLICY_VIOLATION, "Unable to perform excessively large batch operation."))));
        return ControllerResult.unchanged(response);
    }

    private static CreatePartitionsTopicResult result(String name, ApiError error) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }
}
