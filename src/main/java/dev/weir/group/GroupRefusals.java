package dev.weir.group;

import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;

/** Tells from the answer to a group request whether the whole of it was refused. */
public final class GroupRefusals {
    /** Turns the data back into the response class that knows where its errors are. */
    private static final Map<ApiKeys, BiFunction<ApiMessage, Short, AbstractResponse>> RESPONSES = Map.ofEntries(
            Map.entry(ApiKeys.JOIN_GROUP, (d, v) -> new JoinGroupResponse((JoinGroupResponseData) d, v)),
            Map.entry(ApiKeys.SYNC_GROUP, (d, v) -> new SyncGroupResponse((SyncGroupResponseData) d)),
            Map.entry(ApiKeys.HEARTBEAT, (d, v) -> new HeartbeatResponse((HeartbeatResponseData) d)),
            Map.entry(ApiKeys.LEAVE_GROUP, (d, v) -> new LeaveGroupResponse((LeaveGroupResponseData) d)),
            Map.entry(ApiKeys.OFFSET_COMMIT, (d, v) -> new OffsetCommitResponse((OffsetCommitResponseData) d)),
            Map.entry(
                    ApiKeys.TXN_OFFSET_COMMIT, (d, v) -> new TxnOffsetCommitResponse((TxnOffsetCommitResponseData) d)),
            Map.entry(ApiKeys.OFFSET_FETCH, (d, v) -> new OffsetFetchResponse((OffsetFetchResponseData) d, v)),
            Map.entry(ApiKeys.OFFSET_DELETE, (d, v) -> new OffsetDeleteResponse((OffsetDeleteResponseData) d)),
            Map.entry(ApiKeys.LIST_GROUPS, (d, v) -> new ListGroupsResponse((ListGroupsResponseData) d)),
            Map.entry(ApiKeys.DESCRIBE_GROUPS, (d, v) -> new DescribeGroupsResponse((DescribeGroupsResponseData) d)),
            Map.entry(ApiKeys.DELETE_GROUPS, (d, v) -> new DeleteGroupsResponse((DeleteGroupsResponseData) d)),
            Map.entry(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    (d, v) -> new ConsumerGroupHeartbeatResponse((ConsumerGroupHeartbeatResponseData) d)),
            Map.entry(
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    (d, v) -> new ConsumerGroupDescribeResponse((ConsumerGroupDescribeResponseData) d)));

    private GroupRefusals() {}

    /**
     * The one error that stands everywhere in an answer; NONE where some part of it was served or has another.
     *
     * @throws IllegalArgumentException if it is no answer to a group request
     */
    public static Errors of(ApiMessage answer, short version) {
        if (beginsServed(answer)) {
            return Errors.NONE;
        }
        BiFunction<ApiMessage, Short, AbstractResponse> response = RESPONSES.get(ApiKeys.forId(answer.apiKey()));
        if (response == null) {
            throw new IllegalArgumentException("not an answer to a group request: " + answer);
        }
        Set<Errors> errors = response.apply(answer, version).errorCounts().keySet();
        return errors.size() == 1 ? errors.iterator().next() : Errors.NONE;
    }

    /** Spares counting the errors of thousands of partitions where the first shows already that something was served. */
    private static boolean beginsServed(ApiMessage answer) {
        if (answer instanceof OffsetFetchResponseData fetch) {
            return !fetch.groups().isEmpty() && fetch.groups().get(0).errorCode() == Errors.NONE.code();
        }
        if (answer instanceof OffsetCommitResponseData commit) {
            return !commit.topics().isEmpty()
                    && !commit.topics().get(0).partitions().isEmpty()
                    && commit.topics().get(0).partitions().get(0).errorCode() == Errors.NONE.code();
        }
        return false;
    }
}
