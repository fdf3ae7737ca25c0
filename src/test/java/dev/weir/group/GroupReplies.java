package dev.weir.group;

import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Reads answers. */
final class GroupReplies {
    private GroupReplies() {}

    /** The error of an answer; of a commit, that of its first partition. */
    static Errors error(ApiMessage reply) {
        if (reply instanceof JoinGroupResponseData r) {
            return Errors.forCode(r.errorCode());
        }
        if (reply instanceof SyncGroupResponseData r) {
            return Errors.forCode(r.errorCode());
        }
        if (reply instanceof HeartbeatResponseData r) {
            return Errors.forCode(r.errorCode());
        }
        if (reply instanceof LeaveGroupResponseData r) {
            return Errors.forCode(r.errorCode());
        }
        if (reply instanceof OffsetCommitResponseData r) {
            return Errors.forCode(r.topics().get(0).partitions().get(0).errorCode());
        }
        throw new AssertionError("not an answer with one error: " + reply);
    }
}
