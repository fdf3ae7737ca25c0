package dev.weir.group.classic;

import dev.weir.group.classic.ClassicMember.Waiting;
import dev.weir.group.classic.ClassicState.CompletingRebalance;
import dev.weir.group.classic.ClassicState.PreparingRebalance;
import dev.weir.group.classic.ClassicState.Stable;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecord.ClassicProtocol;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** JoinGroup: newcomers, members that come back, and static members that restart. */
final class ClassicJoin {
    private static final short KNOWN_MEMBER_ID = 4;
    private static final short SKIP_ASSIGNMENT = 9;

    private final GroupRules settings;
    private final ClassicRebalance rebalance;
    private final Supplier<String> ids;

    /** @param ids gives a new, unguessable suffix of a member id at each call */
    ClassicJoin(GroupRules settings, ClassicRebalance rebalance, Supplier<String> ids) {
        this.settings = settings;
        this.rebalance = rebalance;
        this.ids = ids;
    }

    /** What is wrong with the request itself. */
    Errors validate(JoinGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        int timeoutMs = request.sessionTimeoutMs();
        return timeoutMs < settings.minSessionTimeoutMs() || timeoutMs > settings.maxSessionTimeoutMs()
                ? Errors.INVALID_SESSION_TIMEOUT
                : Errors.NONE;
    }

    void handle(ClassicGroup group, GroupCall call, JoinGroupRequestData request, long nowMs, GroupOutput out) {
        String memberId = request.memberId();
        List<ClassicProtocol> protocols = protocols(request);
        if (!hasRoom(group, memberId)) {
            if (!memberId.isEmpty()) {
                rebalance.drop(group, memberId, nowMs, out);
            }
            refuse(call, "", Errors.GROUP_MAX_SIZE_REACHED, out);
        } else if (!group.accepts(request.protocolType(), protocols)) {
            refuse(call, memberId, Errors.INCONSISTENT_GROUP_PROTOCOL, out);
        } else if (memberId.isEmpty()) {
            joinNewcomer(group, call, request, nowMs, out);
        } else if (group.members.pendingJoin().contains(memberId)) {
            add(group, memberId, call, request, nowMs, out);
        } else {
            joinKnown(group, call, request, protocols, nowMs, out);
        }
    }

    private void joinNewcomer(
            ClassicGroup group, GroupCall call, JoinGroupRequestData request, long nowMs, GroupOutput out) {
        String instanceId = request.groupInstanceId();
        String memberId = (instanceId == null ? call.clientId() : instanceId) + "-" + ids.get();
        if (instanceId == null && call.apiVersion() >= KNOWN_MEMBER_ID) {
            group.members.pendingJoin().add(memberId);
            out.startTimer(ClassicRebalance.sessionTimer(group, memberId), request.sessionTimeoutMs());
            refuse(call, memberId, Errors.MEMBER_ID_REQUIRED, out);
            return;
        }
        String formerId = instanceId == null ? null : group.members.memberIdOf(instanceId);
        ClassicMember former = formerId == null ? null : group.members.find(formerId);
        if (former == null) {
            add(group, memberId, call, request, nowMs, out);
        } else {
            replaceStatic(group, former, member(memberId, call, request), call, nowMs, out);
        }
    }

    private void add(
            ClassicGroup group,
            String memberId,
            GroupCall call,
            JoinGroupRequestData request,
            long nowMs,
            GroupOutput out) {
        ClassicMember member = member(memberId, call, request);
        member.isNew = true;
        group.memberAdded = true;
        group.add(member, request.protocolType());
        group.members.awaitJoin(member, Waiting.of(call));
        out.startTimer(ClassicRebalance.sessionTimer(group, memberId), settings.newMemberJoinTimeoutMs());
        rebalance.afterChange(group, nowMs, out);
    }

    private void joinKnown(
            ClassicGroup group,
            GroupCall call,
            JoinGroupRequestData request,
            List<ClassicProtocol> protocols,
            long nowMs,
            GroupOutput out) {
        String memberId = request.memberId();
        Errors known = group.validateMember(memberId, request.groupInstanceId());
        ClassicMember member = group.members.find(memberId);
        if (known != Errors.NONE || member == null) {
            refuse(call, memberId, known, out);
            return;
        }
        boolean same = member.hasSameProtocols(protocols);
        switch (group.state().rejoin(group.members.isLeader(memberId), same)) {
            case RESET -> refuse(call, memberId, Errors.UNKNOWN_MEMBER_ID, out);
            case CURRENT_GENERATION ->
                out.reply(call.requestId(), ClassicReplies.joined(group, member, call.apiVersion()));
            case REBALANCE -> {
                update(group, member, call, request);
                supersede(group, member, call, out);
                rebalance.afterChange(group, nowMs, out);
            }
        }
    }

    private void replaceStatic(
            ClassicGroup group,
            ClassicMember former,
            ClassicMember member,
            GroupCall call,
            long nowMs,
            GroupOutput out) {
        String formerLeader = group.members.leader();
        ClassicRebalance.answerJoin(group, former, Errors.FENCED_INSTANCE_ID, out);
        ClassicRebalance.answerSync(group, former, Errors.FENCED_INSTANCE_ID, out);
        out.cancelTimer(ClassicRebalance.sessionTimer(group, former.memberId));
        group.members.replace(former, member);
        ClassicRebalance.restartSession(group, member, out);
        group.members.awaitJoin(member, Waiting.of(call));

        if (group.state() instanceof Stable && group.members.selectProtocol().equals(group.protocolName())) {
            out.write(new GroupRecord.ClassicGroupMetadata(group.groupId(), group.snapshot()));
            group.members.awaitJoin(member, null);
            out.reply(call.requestId(), unchanged(group, member, formerLeader, call.apiVersion()));
        } else if (group.state() instanceof CompletingRebalance || group.state() instanceof Stable) {
            rebalance.begin(group, nowMs, out);
        } else if (group.state() instanceof PreparingRebalance) {
            rebalance.completeIfAllJoined(group, nowMs, out);
        }
    }

    /** A static member that restarts in a stable group finds the generation as it was; as leader it need not assign again. */
    private static JoinGroupResponseData unchanged(
            ClassicGroup group, ClassicMember member, @Nullable String formerLeader, short apiVersion) {
        if (apiVersion < SKIP_ASSIGNMENT) {
            // an old client that learns that it leads would assign again; it is told of its former self as the leader
            return ClassicReplies.joined(group, member.memberId, List.of(), formerLeader, apiVersion);
        }
        return ClassicReplies.joined(group, member, apiVersion)
                .setSkipAssignment(group.members.isLeader(member.memberId));
    }

    private static void update(ClassicGroup group, ClassicMember member, GroupCall call, JoinGroupRequestData request) {
        group.members.updateProtocols(member, protocols(request));
        member.rebalanceTimeoutMs = rebalanceTimeoutMs(call, request);
        member.sessionTimeoutMs = request.sessionTimeoutMs();
    }

    /** A member that asks twice gave up on its first request; that one must still be answered. */
    private static void supersede(ClassicGroup group, ClassicMember member, GroupCall call, GroupOutput out) {
        ClassicRebalance.answerJoin(group, member, Errors.REBALANCE_IN_PROGRESS, out);
        group.members.awaitJoin(member, Waiting.of(call));
    }

    private boolean hasRoom(ClassicGroup group, String memberId) {
        if (group.isEmpty()) {
            return true;
        }
        ClassicMember member = group.members.find(memberId);
        if (group.state() instanceof PreparingRebalance) {
            // those who have rejoined count, not all members: so the last to rejoin are turned away after a lower limit
            return (member != null && member.awaitingJoin != null) || group.members.awaitingJoin() < settings.maxSize();
        }
        return member != null || group.members.size() < settings.maxSize();
    }

    private static ClassicMember member(String memberId, GroupCall call, JoinGroupRequestData request) {
        return new ClassicMember(
                memberId,
                request.groupInstanceId(),
                call.clientId(),
                call.clientHost(),
                rebalanceTimeoutMs(call, request),
                request.sessionTimeoutMs(),
                protocols(request));
    }

    private static int rebalanceTimeoutMs(GroupCall call, JoinGroupRequestData request) {
        return call.apiVersion() == 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
    }

    private static List<ClassicProtocol> protocols(JoinGroupRequestData request) {
        return request.protocols().stream()
                .map(p -> new ClassicProtocol(p.name(), p.metadata()))
                .toList();
    }

    private static void refuse(GroupCall call, String memberId, Errors error, GroupOutput out) {
        out.reply(call.requestId(), ClassicReplies.joinRefused(memberId, error, call.apiVersion()));
    }
}
