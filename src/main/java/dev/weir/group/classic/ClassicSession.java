package dev.weir.group.classic;

import dev.weir.group.classic.ClassicState.PreparingRebalance;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/** What keeps a classic member in its group and what ends its membership: heartbeats, silence, and leaving. */
final class ClassicSession {
    private final ClassicRebalance rebalance;

    ClassicSession(ClassicRebalance rebalance) {
        this.rebalance = rebalance;
    }

    void heartbeat(ClassicGroup group, GroupCall call, HeartbeatRequestData request, GroupOutput out) {
        Errors error = group.validateMember(request.memberId(), request.groupInstanceId());
        if (error == Errors.NONE && request.generationId() != group.generation()) {
            error = Errors.ILLEGAL_GENERATION;
        }
        if (error == Errors.NONE) {
            error = group.state().heartbeat();
            stayAlive(group, request.memberId(), out);
        }
        out.reply(call.requestId(), new HeartbeatResponseData().setErrorCode(error.code()));
    }

    /** A commit says as much as a heartbeat, as long as no assignment is due. */
    void onCommit(ClassicGroup group, String memberId, GroupOutput out) {
        if (group.state() instanceof ClassicState.Stable || group.state() instanceof PreparingRebalance) {
            stayAlive(group, memberId, out);
        }
    }

    private static void stayAlive(ClassicGroup group, String memberId, GroupOutput out) {
        ClassicMember member = group.members.find(memberId);
        if (member != null && !member.isNew) {
            ClassicRebalance.restartSession(group, member, out);
        }
    }

    void onSessionTimer(ClassicGroup group, String memberId, long nowMs, GroupOutput out) {
        if (group.members.pendingJoin().contains(memberId)) {
            rebalance.drop(group, memberId, nowMs, out);
            return;
        }
        ClassicMember member = group.members.find(memberId);
        if (member != null && !member.keepsSessionByWaiting()) {
            rebalance.remove(group, member, Errors.UNKNOWN_MEMBER_ID, out);
            rebalance.afterChange(group, nowMs, out);
        }
    }

    /** Takes one member out; the caller lets the group rebalance once all are out. */
    MemberResponse leave(ClassicGroup group, MemberIdentity who, GroupOutput out) {
        MemberResponse response =
                new MemberResponse().setMemberId(who.memberId()).setGroupInstanceId(who.groupInstanceId());
        if (group.members.pendingJoin().contains(who.memberId())) {
            group.members.remove(who.memberId());
            out.cancelTimer(ClassicRebalance.sessionTimer(group, who.memberId()));
            return response;
        }
        String memberId = who.memberId();
        if (memberId.isEmpty() && who.groupInstanceId() != null) {
            // an administrator removes a static member by its instance id alone
            String current = group.members.memberIdOf(who.groupInstanceId());
            memberId = current == null ? "" : current;
        }
        Errors error = group.validateMember(memberId, who.groupInstanceId());
        ClassicMember member = group.members.find(memberId);
        if (error == Errors.NONE && member != null) {
            rebalance.remove(group, member, Errors.UNKNOWN_MEMBER_ID, out);
        }
        return response.setErrorCode(error.code());
    }
}
