package dev.weir.group;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.coordinator.AppendErrors;
import dev.weir.group.api.GroupApi;
import dev.weir.group.api.GroupApis;
import dev.weir.group.api.GroupBatch;
import dev.weir.group.api.GroupRoute;
import dev.weir.group.core.GroupCall;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/**
 * How other verticles reach the groups that this broker coordinates. A request of many groups goes out as one message for
 * each partition of the group log. A refusal of a request is an answer, too: its future never fails. Immutable; shared by all
 * verticles.
 */
public final class GroupClient {
    private final LocalBus bus;
    private final int shards;

    /** @param shards as many as there are coordinator verticles, and shards of partitions */
    public GroupClient(LocalBus bus, int shards) {
        this.bus = bus;
        this.shards = shards;
    }

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
     * @param apiVersion the version that the client spoke
     * @param clientId perhaps empty
     * @param clientHost for example {@code /127.0.0.1}
     * @throws IllegalArgumentException if it is no group request
     */
    public Future<ApiMessage> ask(
            ApiMessage request, short apiVersion, String clientId, String clientHost, ClusterImage image) {
        GroupCall call = GroupCall.of(request, apiVersion, clientId, clientHost);
        GroupApi<?, ?> api = GroupApis.of(request);
        Optional<TopicImage> log = image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        if (log.isEmpty() && api.key() != ApiKeys.LIST_GROUPS) {
            return Future.succeededFuture(GroupApis.refuse(call, Errors.NOT_COORDINATOR));
        }
        if (request instanceof OffsetCommitRequestData commit) {
            return commit(call, commit, image, log.orElseThrow());
        }
        if (request instanceof OffsetDeleteRequestData delete) {
            OffsetTopics.Delete parted = OffsetTopics.part(delete, image);
            return route(call.withRequest(parted.request()), api, log)
                    .map(answer -> parted.answer((OffsetDeleteResponseData) answer));
        }
        if (request instanceof OffsetFetchRequestData fetch) {
            OffsetFetchRequestData named = OffsetFetchTopics.named(fetch, call.apiVersion(), image);
            return route(call.withRequest(named), api, log)
                    .map(answer -> OffsetFetchTopics.identified(
                            fetch, call.apiVersion(), image, (OffsetFetchResponseData) answer));
        }
        return route(call, api, log);
    }

    @SuppressWarnings("unchecked") // the row was found by the request's own key
    private <Q extends ApiMessage> Future<ApiMessage> route(
            GroupCall call, GroupApi<Q, ?> api, Optional<TopicImage> log) {
        Q request = (Q) call.request();
        GroupRoute<Q> route = api.route(call.apiVersion());
        if (route instanceof GroupRoute.ToMany<Q> many) {
            TopicImage there = log.orElseThrow();
            return scatter(there, many.splitter().split(request, id -> partitionOf(id, there.partitionCount())), call);
        }
        if (route instanceof GroupRoute.ToOne<Q> one) {
            TopicImage there = log.orElseThrow();
            return send(there, partitionOf(one.groupId().apply(request), there.partitionCount()), call);
        }
        return list(call);
    }

    /**
     * The stats of every coordinator of this broker, in their order; each answers or fails on its own.
     *
     * @param maxOffsets most offsets that each of them names
     */
    public List<Future<GroupStats>> stats(int maxOffsets) {
        return IntStream.range(0, shards)
                .mapToObj(shard -> bus.ask(GroupMessages.stats(shard), new GroupMessages.StatsRequest(maxOffsets)))
                .toList();
    }

    private Future<ApiMessage> commit(
            GroupCall call, OffsetCommitRequestData request, ClusterImage image, TopicImage log) {
        OffsetTopics.Commit parted = OffsetTopics.part(request, call.apiVersion(), image);
        if (parted.request().topics().isEmpty()) {
            return Future.succeededFuture(parted.answer(new OffsetCommitResponseData()));
        }
        return send(log, partitionOf(request.groupId(), log.partitionCount()), call.withRequest(parted.request()))
                .map(answer -> parted.answer((OffsetCommitResponseData) answer));
    }

    private Future<ApiMessage> list(GroupCall call) {
        List<Future<GroupMessages.Listed>> answers = IntStream.range(0, shards)
                .mapToObj(shard -> bus.ask(GroupMessages.list(shard), call))
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
                .otherwise(cause -> refuse(call, cause));
    }

    private Future<ApiMessage> scatter(TopicImage log, GroupBatch batch, GroupCall call) {
        List<Future<ApiMessage>> answers = batch.parts().entrySet().stream()
                .map((Map.Entry<Integer, ApiMessage> part) ->
                        send(log, part.getKey(), call.withRequest(part.getValue())))
                .toList();
        return Future.all(answers).map(all -> batch.merge().apply(all.list()));
    }

    private Future<ApiMessage> send(TopicImage log, int partition, GroupCall call) {
        int shard = new PartitionKey(log.id(), partition).shard(shards);
        return bus.ask(GroupMessages.ask(shard), new GroupMessages.Ask(partition, call))
                .otherwise(cause -> refuse(call, cause));
    }

    private static ApiMessage refuse(GroupCall call, Throwable cause) {
        return GroupApis.refuse(call, AppendErrors.toCoordinator(BusException.errorOf(cause)));
    }
}
