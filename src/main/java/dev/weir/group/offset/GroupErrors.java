package dev.weir.group.offset;

import dev.weir.group.core.GroupCall;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;

/** The answer to any group request where the whole of it is refused, in the shape that its version wants. */
public final class GroupErrors {
    /** Turns the data back into the request class that knows how to refuse itself. */
    private static final Map<ApiKeys, BiFunction<ApiMessage, Short, AbstractRequest>> REQUESTS = Map.ofEntries(
            Map.entry(ApiKeys.JOIN_GROUP, (d, v) -> new JoinGroupRequest((JoinGroupRequestData) d, v)),
            Map.entry(ApiKeys.SYNC_GROUP, (d, v) -> new SyncGroupRequest((SyncGroupRequestData) d, v)),
            Map.entry(ApiKeys.HEARTBEAT, (d, v) -> new HeartbeatRequest.Builder((HeartbeatRequestData) d).build(v)),
            Map.entry(ApiKeys.OFFSET_COMMIT, (d, v) -> new OffsetCommitRequest((OffsetCommitRequestData) d, v)),
            Map.entry(ApiKeys.OFFSET_DELETE, (d, v) -> new OffsetDeleteRequest((OffsetDeleteRequestData) d, v)),
            Map.entry(
                    ApiKeys.TXN_OFFSET_COMMIT, (d, v) -> new TxnOffsetCommitRequest((TxnOffsetCommitRequestData) d, v)),
            Map.entry(ApiKeys.LIST_GROUPS, (d, v) -> new ListGroupsRequest((ListGroupsRequestData) d, v)),
            Map.entry(
                    ApiKeys.DESCRIBE_GROUPS,
                    (d, v) -> new DescribeGroupsRequest.Builder((DescribeGroupsRequestData) d).build(v)),
            Map.entry(ApiKeys.DELETE_GROUPS, (d, v) -> new DeleteGroupsRequest((DeleteGroupsRequestData) d, v)),
            Map.entry(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    (d, v) -> new ConsumerGroupHeartbeatRequest((ConsumerGroupHeartbeatRequestData) d, v)),
            Map.entry(
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    (d, v) -> new ConsumerGroupDescribeRequest((ConsumerGroupDescribeRequestData) d, v)));

    private GroupErrors() {}

    /** @throws IllegalArgumentException if the call is no group request */
    public static ApiMessage answer(GroupCall call, Errors error) {
        ApiMessage request = call.request();
        if (request instanceof LeaveGroupRequestData) {
            // every version has a top-level error, but its request class cannot be made of data alone
            return new LeaveGroupResponseData().setErrorCode(error.code());
        }
        if (request instanceof OffsetFetchRequestData fetch) {
            return OffsetFetches.refused(call, fetch, error);
        }
        BiFunction<ApiMessage, Short, AbstractRequest> of = REQUESTS.get(ApiKeys.forId(request.apiKey()));
        if (of == null) {
            throw new IllegalArgumentException("not a group request: " + request);
        }
        return of.apply(request, call.apiVersion())
                .getErrorResponse(0, error.exception())
                .data();
    }
}
