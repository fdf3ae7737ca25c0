package dev.weir.group;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.group.core.GroupCall;
import dev.weir.group.offset.GroupErrors;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/**
 * How other verticles reach the groups that this broker coordinates. A request of many groups goes out as one message for
 * each partition of the group log. A refusal of a request is an answer, too: its future never fails. Immutable; shared by all
 * verticles.
 */
public final class GroupClient {
    private static final short BATCHED_FETCH = 8;

    private final LocalBus bus;
    private final int shards;

    /** @param shards as many as there are coordinator verticles, and shards of partitions */
    public GroupClient(LocalBus bus, int shards) {
        this.bus = bus;
        this.shards = shards;
    }

    /**
     * Who asks.
     *
     * @param apiVersion of the request
     * @param clientId perhaps empty
     * @param clientHost for example {@code /127.0.0.1}
     */
    public record Caller(short apiVersion, String clientId, String clientHost) {}

    /** The partition of {@code __consumer_offsets} that keeps this group. */
    public static int partitionOf(String groupId, int partitions) {
        return Utils.abs(groupId.hashCode()) % partitions;
    }

    /** The partition that keeps this group, with its leader; empty while the group log does not exist. */
    public static Optional<PartitionImage> coordinatorOf(String groupId, ClusterImage image) {
        return image.topic(Topic.GROUP_METADATA_TOPIC_NAME)
                .flatMap(log -> log.partition(partitionOf(groupId, log.partitionCount())));
    }

    /**
     * Any request to groups: to one, such as JoinGroup; to many, such as DescribeGroups; to all, as ListGroups.
     *
     * @throws IllegalArgumentException if it is no group request
     */
    public Future<ApiMessage> ask(ApiMessage request, Caller caller, ClusterImage image) {
        if (request instanceof ListGroupsRequestData list) {
            return list(list, caller);
        }
        Optional<TopicImage> log = image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        if (log.isEmpty()) {
            return Future.succeededFuture(refuse(request, caller, Errors.NOT_COORDINATOR));
        }
        ToIntFunction<String> partitionOf =
                groupId -> partitionOf(groupId, log.get().partitionCount());
        if (request instanceof OffsetCommitRequestData commit) {
            return commit(commit, caller, image, log.get());
        }
        if (request instanceof OffsetDeleteRequestData delete) {
            OffsetTopics.Delete parted = OffsetTopics.part(delete, image);
            return send(log.get(), partitionOf.applyAsInt(delete.groupId()), parted.request(), caller)
                    .map(answer -> parted.answer((OffsetDeleteResponseData) answer));
        }
        if (request instanceof OffsetFetchRequestData fetch && caller.apiVersion() >= BATCHED_FETCH) {
            OffsetFetchRequestData named = OffsetFetchTopics.named(fetch, caller.apiVersion(), image);
            return scatter(log.get(), GroupBatch.of(named, partitionOf), caller)
                    .map(answer -> OffsetFetchTopics.identified(
                            fetch, caller.apiVersion(), image, (OffsetFetchResponseData) answer));
        }
        if (request instanceof DescribeGroupsRequestData describe) {
            return scatter(log.get(), GroupBatch.of(describe, partitionOf), caller);
        }
        if (request instanceof ConsumerGroupDescribeRequestData describe) {
            return scatter(log.get(), GroupBatch.of(describe, partitionOf), caller);
        }
        if (request instanceof DeleteGroupsRequestData delete) {
            return scatter(log.get(), GroupBatch.of(delete, partitionOf), caller);
        }
        return send(log.get(), partitionOf.applyAsInt(GroupIds.of(request)), request, caller);
    }

    /** Tells the coordinator that a transaction's marker is in its partition of the group log. */
    public Future<Boolean> endTransaction(int partition, long producerId, boolean committed, ClusterImage image) {
        return image.topic(Topic.GROUP_METADATA_TOPIC_NAME)
                .map(log -> bus.ask(
                        GroupMessages.endTransaction(shardOf(log, partition)),
                        new GroupMessages.EndTransaction(partition, producerId, committed)))
                .orElse(Future.succeededFuture(false));
    }

    /**
     * The figures of every coordinator of this broker, in their order; each answers or fails on its own.
     *
     * @param maxOffsets most offsets that each of them names
     */
    public List<Future<GroupFigures>> measure(int maxOffsets) {
        return IntStream.range(0, shards)
                .mapToObj(shard -> bus.ask(GroupMessages.measure(shard), new GroupMessages.Measure(maxOffsets)))
                .toList();
    }

    private Future<ApiMessage> commit(
            OffsetCommitRequestData request, Caller caller, ClusterImage image, TopicImage log) {
        OffsetTopics.Commit parted = OffsetTopics.part(request, caller.apiVersion(), image);
        if (parted.request().topics().isEmpty()) {
            return Future.succeededFuture(parted.answer(new OffsetCommitResponseData()));
        }
        return send(log, partitionOf(request.groupId(), log.partitionCount()), parted.request(), caller)
                .map(answer -> parted.answer((OffsetCommitResponseData) answer));
    }

    private Future<ApiMessage> list(ListGroupsRequestData request, Caller caller) {
        GroupMessages.Listing listing = new GroupMessages.Listing(request, caller.apiVersion());
        List<Future<GroupMessages.Listed>> answers = IntStream.range(0, shards)
                .mapToObj(shard -> bus.ask(GroupMessages.list(shard), listing))
                .toList();
        return Future.all(answers)
                .map(all -> {
                    List<GroupMessages.Listed> listed = all.list();
                    Errors error = listed.stream()
                            .map(GroupMessages.Listed::error)
                            .filter(e -> e != Errors.NONE)
                            .findFirst()
                            .orElse(Errors.NONE);
                    return (ApiMessage) new ListGroupsResponseData()
                            .setErrorCode(error.code())
                            .setGroups(listed.stream()
                                    .flatMap(l -> l.groups().stream())
                                    .toList());
                })
                .otherwise(cause -> refuse(request, caller, AppendErrors.toCoordinator(BusException.errorOf(cause))));
    }

    private Future<ApiMessage> scatter(TopicImage log, GroupBatch batch, Caller caller) {
        List<Future<ApiMessage>> answers = batch.parts().entrySet().stream()
                .map((Map.Entry<Integer, ApiMessage> part) -> send(log, part.getKey(), part.getValue(), caller))
                .toList();
        return Future.all(answers).map(all -> batch.merge().apply(all.list()));
    }

    private Future<ApiMessage> send(TopicImage log, int partition, ApiMessage request, Caller caller) {
        GroupMessages.Ask ask =
                new GroupMessages.Ask(partition, request, caller.apiVersion(), caller.clientId(), caller.clientHost());
        return bus.ask(GroupMessages.ask(shardOf(log, partition)), ask)
                .otherwise(cause -> refuse(request, caller, AppendErrors.toCoordinator(BusException.errorOf(cause))));
    }

    private int shardOf(TopicImage log, int partition) {
        return new PartitionKey(log.id(), partition).shard(shards);
    }

    private static ApiMessage refuse(ApiMessage request, Caller caller, Errors error) {
        return GroupErrors.answer(
                new GroupCall(0, request, caller.apiVersion(), caller.clientId(), caller.clientHost()), error);
    }
}
