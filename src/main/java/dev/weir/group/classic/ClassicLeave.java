package dev.weir.group.classic;

import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/** LeaveGroup, of one member (to version 2) or of many at once. */
final class ClassicLeave {
    private static final short BATCHED = 3;

    private final ClassicRebalance rebalance;
    private final ClassicSession session;

    ClassicLeave(ClassicRebalance rebalance, ClassicSession session) {
        this.rebalance = rebalance;
        this.session = session;
    }

    void handle(ClassicGroup group, GroupCall call, LeaveGroupRequestData request, long nowMs, GroupOutput out) {
        List<MemberResponse> responses = members(call, request).stream()
                .map(who -> session.leave(group, who, out))
                .toList();
        if (responses.stream().anyMatch(r -> r.errorCode() == Errors.NONE.code()) && !group.isEmpty()) {
            rebalance.afterChange(group, nowMs, out);
        }
        LeaveGroupResponseData response = new LeaveGroupResponseData();
        if (call.apiVersion() < BATCHED) {
            response.setErrorCode(responses.get(0).errorCode());
        } else {
            response.setMembers(responses);
        }
        out.reply(call.requestId(), response);
    }

    private static List<MemberIdentity> members(GroupCall call, LeaveGroupRequestData request) {
        return call.apiVersion() < BATCHED
                ? List.of(new MemberIdentity().setMemberId(request.memberId()))
                : request.members();
    }
}
