package dev.weir.group.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request that names many groups: how it is parted by the partition of its groups, and how the answers become one.
 *
 * @param parts by partition of {@code __consumer_offsets}
 * @param merge of the answers to all parts
 */
public record GroupBatch(Map<Integer, ApiMessage> parts, Function<List<ApiMessage>, ApiMessage> merge) {

    static GroupBatch of(OffsetFetchRequestData request, ToIntFunction<String> partitionOf) {
        Map<Integer, List<OffsetFetchRequestData.OffsetFetchRequestGroup>> groups = new TreeMap<>();
        request.groups()
                .forEach(g -> groups.computeIfAbsent(partitionOf.applyAsInt(g.groupId()), p -> new ArrayList<>())
                        .add(g));
        Map<Integer, ApiMessage> parts = new TreeMap<>();
        groups.forEach((partition, own) -> parts.put(
                partition,
                new OffsetFetchRequestData()
                        .setRequireStable(request.requireStable())
                        .setGroups(own)));
        return new GroupBatch(parts, answers -> new OffsetFetchResponseData()
                .setGroups(answers.stream()
                        .flatMap(a -> ((OffsetFetchResponseData) a).groups().stream())
                        .toList()));
    }

    static GroupBatch of(DescribeGroupsRequestData request, ToIntFunction<String> partitionOf) {
        return new GroupBatch(
                parts(request.groups(), partitionOf, ids -> new DescribeGroupsRequestData()
                        .setGroups(ids)
                        .setIncludeAuthorizedOperations(request.includeAuthorizedOperations())),
                answers -> new DescribeGroupsResponseData()
                        .setGroups(answers.stream()
                                .flatMap(a -> ((DescribeGroupsResponseData) a).groups().stream())
                                .toList()));
    }

    static GroupBatch of(ConsumerGroupDescribeRequestData request, ToIntFunction<String> partitionOf) {
        return new GroupBatch(
                parts(request.groupIds(), partitionOf, ids -> new ConsumerGroupDescribeRequestData()
                        .setGroupIds(ids)
                        .setIncludeAuthorizedOperations(request.includeAuthorizedOperations())),
                answers -> new ConsumerGroupDescribeResponseData()
                        .setGroups(answers.stream()
                                .flatMap(a -> ((ConsumerGroupDescribeResponseData) a).groups().stream())
                                .toList()));
    }

    static GroupBatch of(DeleteGroupsRequestData request, ToIntFunction<String> partitionOf) {
        return new GroupBatch(
                parts(request.groupsNames(), partitionOf, ids -> new DeleteGroupsRequestData().setGroupsNames(ids)),
                answers -> {
                    DeleteGroupsResponseData merged = new DeleteGroupsResponseData();
                    answers.stream()
                            .flatMap(a -> ((DeleteGroupsResponseData) a).results().stream())
                            .forEach(result -> merged.results().add(result.duplicate()));
                    return merged;
                });
    }

    private static Map<Integer, ApiMessage> parts(
            List<String> ids, ToIntFunction<String> partitionOf, Function<List<String>, ApiMessage> part) {
        Map<Integer, List<String>> byPartition = new TreeMap<>();
        for (String id : Set.copyOf(ids)) {
            byPartition
                    .computeIfAbsent(partitionOf.applyAsInt(id), p -> new ArrayList<>())
                    .add(id);
        }
        Map<Integer, ApiMessage> parts = new TreeMap<>();
        byPartition.forEach((partition, own) -> parts.put(partition, part.apply(own)));
        return parts;
    }
}
