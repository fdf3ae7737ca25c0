package dev.weir.group;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiMessage;

/** Finds the group that a request means, of those requests that mean one. */
final class GroupIds {
    private GroupIds() {}

    static String of(ApiMessage request) {
        if (request instanceof JoinGroupRequestData r) {
            return r.groupId();
        }
        if (request instanceof SyncGroupRequestData r) {
            return r.groupId();
        }
        if (request instanceof HeartbeatRequestData r) {
            return r.groupId();
        }
        if (request instanceof LeaveGroupRequestData r) {
            return r.groupId();
        }
        if (request instanceof OffsetFetchRequestData r) {
            return r.groupId();
        }
        if (request instanceof TxnOffsetCommitRequestData r) {
            return r.groupId();
        }
        if (request instanceof ConsumerGroupHeartbeatRequestData r) {
            return r.groupId();
        }
        throw new IllegalArgumentException("not a request to one group: " + request);
    }
}
