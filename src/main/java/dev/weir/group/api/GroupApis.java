package dev.weir.group.api;

import dev.weir.group.core.GroupCall;
import dev.weir.group.offset.OffsetFetches;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;

/** The table of all Kafka APIs of groups: a new one is a new row. */
public final class GroupApis {
    private static final short BATCHED_FETCH = 8;

    private static final Map<ApiKeys, GroupApi<?, ?>> BY_KEY = index(
            GroupApis.<JoinGroupRequestData, JoinGroupResponseData>row(
                    ApiKeys.JOIN_GROUP,
                    toOne(JoinGroupRequestData::groupId),
                    JoinGroupRequest::new,
                    JoinGroupResponse::new),
            GroupApis.<SyncGroupRequestData, SyncGroupResponseData>row(
                    ApiKeys.SYNC_GROUP,
                    toOne(SyncGroupRequestData::groupId),
                    SyncGroupRequest::new,
                    (d, v) -> new SyncGroupResponse(d)),
            GroupApis.<HeartbeatRequestData, HeartbeatResponseData>row(
                    ApiKeys.HEARTBEAT,
                    toOne(HeartbeatRequestData::groupId),
                    (d, v) -> new HeartbeatRequest.Builder(d).build(v),
                    (d, v) -> new HeartbeatResponse(d)),
            // every version has a top-level error, but its request class cannot be made of data alone
            new GroupApi<LeaveGroupRequestData, LeaveGroupResponseData>(
                    ApiKeys.LEAVE_GROUP,
                    v -> new GroupRoute.ToOne<>(LeaveGroupRequestData::groupId),
                    (call, request, error) -> new LeaveGroupResponseData().setErrorCode(error.code()),
                    (d, v) -> new LeaveGroupResponse(d),
                    d -> false),
            new GroupApi<OffsetCommitRequestData, OffsetCommitResponseData>(
                    ApiKeys.OFFSET_COMMIT,
                    v -> new GroupRoute.ToOne<>(OffsetCommitRequestData::groupId),
                    byRequest(OffsetCommitRequest::new),
                    (d, v) -> new OffsetCommitResponse(d),
                    GroupApis::beginsServed),
            new GroupApi<OffsetFetchRequestData, OffsetFetchResponseData>(
                    ApiKeys.OFFSET_FETCH,
                    v -> v < BATCHED_FETCH
                            ? new GroupRoute.ToOne<>(OffsetFetchRequestData::groupId)
                            : new GroupRoute.ToMany<>(GroupBatch::of),
                    OffsetFetches::refused,
                    OffsetFetchResponse::new,
                    GroupApis::beginsServed),
            GroupApis.<OffsetDeleteRequestData, OffsetDeleteResponseData>row(
                    ApiKeys.OFFSET_DELETE,
                    toOne(OffsetDeleteRequestData::groupId),
                    OffsetDeleteRequest::new,
                    (d, v) -> new OffsetDeleteResponse(d)),
            GroupApis.<TxnOffsetCommitRequestData, TxnOffsetCommitResponseData>row(
                    ApiKeys.TXN_OFFSET_COMMIT,
                    toOne(TxnOffsetCommitRequestData::groupId),
                    TxnOffsetCommitRequest::new,
                    (d, v) -> new TxnOffsetCommitResponse(d)),
            GroupApis.<ListGroupsRequestData, ListGroupsResponseData>row(
                    ApiKeys.LIST_GROUPS,
                    new GroupRoute.ToAll<>(),
                    ListGroupsRequest::new,
                    (d, v) -> new ListGroupsResponse(d)),
            GroupApis.<DescribeGroupsRequestData, DescribeGroupsResponseData>row(
                    ApiKeys.DESCRIBE_GROUPS,
                    new GroupRoute.ToMany<>(GroupBatch::of),
                    (d, v) -> new DescribeGroupsRequest.Builder(d).build(v),
                    (d, v) -> new DescribeGroupsResponse(d)),
            GroupApis.<DeleteGroupsRequestData, DeleteGroupsResponseData>row(
                    ApiKeys.DELETE_GROUPS,
                    new GroupRoute.ToMany<>(GroupBatch::of),
                    DeleteGroupsRequest::new,
                    (d, v) -> new DeleteGroupsResponse(d)),
            GroupApis.<ConsumerGroupHeartbeatRequestData, ConsumerGroupHeartbeatResponseData>row(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    toOne(ConsumerGroupHeartbeatRequestData::groupId),
                    ConsumerGroupHeartbeatRequest::new,
                    (d, v) -> new ConsumerGroupHeartbeatResponse(d)),
            GroupApis.<ConsumerGroupDescribeRequestData, ConsumerGroupDescribeResponseData>row(
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    new GroupRoute.ToMany<>(GroupBatch::of),
                    ConsumerGroupDescribeRequest::new,
                    (d, v) -> new ConsumerGroupDescribeResponse(d)));

    private GroupApis() {}

    /** Every row, in the order of the API keys. */
    public static List<GroupApi<?, ?>> all() {
        return List.copyOf(BY_KEY.values());
    }

    /**
     * The row of a request or response.
     *
     * @throws IllegalArgumentException if it is of no group API
     */
    public static GroupApi<?, ?> of(ApiMessage message) {
        GroupApi<?, ?> api = BY_KEY.get(ApiKeys.forId(message.apiKey()));
        if (api == null) {
            throw new IllegalArgumentException("not of a group API: " + message);
        }
        return api;
    }

    /**
     * The response that refuses the whole of a call, in the shape that its version wants.
     *
     * @throws IllegalArgumentException if the call is no group request
     */
    public static ApiMessage refuse(GroupCall call, Errors error) {
        return of(call.request()).refuse(call, error);
    }

    /**
     * The one error that stands everywhere in a response; NONE if some part of it was served or has another.
     *
     * @throws IllegalArgumentException if it is no response to a group request
     */
    public static Errors refusal(ApiMessage response, short version) {
        return of(response).refusal(response, version);
    }

    private static <Q extends ApiMessage, R extends ApiMessage> GroupApi<Q, R> row(
            ApiKeys key,
            GroupRoute<Q> route,
            BiFunction<Q, Short, AbstractRequest> asRequest,
            BiFunction<R, Short, AbstractResponse> asResponse) {
        Predicate<R> never = response -> false;
        return new GroupApi<>(key, version -> route, byRequest(asRequest), asResponse, never);
    }

    private static <Q extends ApiMessage> GroupRoute<Q> toOne(Function<Q, String> groupId) {
        return new GroupRoute.ToOne<>(groupId);
    }

    /** Turns the data back into the request class, which knows how to refuse itself. */
    private static <Q extends ApiMessage> GroupApi.Refuser<Q> byRequest(
            BiFunction<Q, Short, AbstractRequest> asRequest) {
        return (call, request, error) -> asRequest
                .apply(request, call.apiVersion())
                .getErrorResponse(0, error.exception())
                .data();
    }

    private static boolean beginsServed(OffsetFetchResponseData fetch) {
        return !fetch.groups().isEmpty() && fetch.groups().get(0).errorCode() == Errors.NONE.code();
    }

    private static boolean beginsServed(OffsetCommitResponseData commit) {
        return !commit.topics().isEmpty()
                && !commit.topics().get(0).partitions().isEmpty()
                && commit.topics().get(0).partitions().get(0).errorCode() == Errors.NONE.code();
    }

    private static Map<ApiKeys, GroupApi<?, ?>> index(GroupApi<?, ?>... rows) {
        Map<ApiKeys, GroupApi<?, ?>> byKey = new EnumMap<>(ApiKeys.class);
        Arrays.stream(rows).forEach(row -> byKey.put(row.key(), row));
        return byKey;
    }
}
