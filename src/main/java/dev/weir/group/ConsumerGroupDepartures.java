package dev.weir.group;

import dev.weir.group.ConsumerGroupProgress.State;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** How members go: they leave, leave for now (static ones), or are removed because a timer ran out. */
final class ConsumerGroupDepartures {
    private final ConsumerGroupShared shared;
    private final ConsumerGroupReturn giveBack;

    ConsumerGroupDepartures(ConsumerGroupShared shared, ConsumerGroupReturn giveBack) {
        this.shared = shared;
        this.giveBack = giveBack;
    }

    /** Answers a heartbeat that leaves, or returns why it is refused. */
    @Nullable
    ConsumerGroupFailure leave(GroupCall call, ConsumerGroupHeartbeatRequestData request, long nowMs, GroupOutput out) {
        ConsumerGroup group = shared.groups().get(request.groupId());
        if (group == null) {
            return new ConsumerGroupFailure(
                    Errors.GROUP_ID_NOT_FOUND, "Consumer group " + request.groupId() + " not found.");
        }
        String instanceId = request.instanceId();
        if (instanceId != null) {
            ConsumerGroupFailure failure =
                    ConsumerGroupChecks.instance(group.staticMember(instanceId), request.memberId(), instanceId);
            if (failure != null) {
                return failure;
            }
        }
        ConsumerGroupMember member = group.member(request.memberId());
        if (member == null) {
            return ConsumerGroupChecks.unknownMember(group.id(), request.memberId());
        }
        if (request.memberEpoch() == ConsumerGroupProgress.STATIC_LEFT) {
            out.write(new ConsumerGroupCurrentAssignment(
                    group.id(), member.id(), member.progress().leftForNow().toRecord()));
            out.cancelTimer(ConsumerGroupTimers.rebalance(group.id(), member.id()));
        } else {
            remove(group, List.of(member), nowMs, out);
        }
        out.reply(
                call.requestId(),
                new ConsumerGroupHeartbeatResponseData()
                        .setMemberId(request.memberId())
                        .setMemberEpoch(request.memberEpoch()));
        return null;
    }

    /** Removes members; the next heartbeat of another shares their partitions out. */
    void remove(ConsumerGroup group, Collection<ConsumerGroupMember> members, long nowMs, GroupOutput out) {
        if (members.isEmpty()) {
            return;
        }
        if (giveBack.mayReturn(group, members, shared.configOf(group.id()))) {
            giveBack.giveBack(group, members, true, nowMs, out);
            return;
        }
        for (ConsumerGroupMember member : members) {
            ConsumerGroupSteps.remove(group, member, out);
            shared.softStateOf(group.id()).awaited.remove(member.id());
        }
        ConsumerGroupRegexes.drop(
                group,
                members.stream().map(ConsumerGroupMember::regex).distinct().toList(),
                out);
        shared.steps().raiseEpoch(group, shared.softStateOf(group.id()), true, nowMs, out);
    }

    void onTimer(TimerKey key, long nowMs, GroupOutput out) {
        ConsumerGroup group = shared.groups().get(key.groupId());
        if (group == null) {
            return;
        }
        if (key.kind().equals(ConsumerGroupTimers.REGEX)) {
            shared.steps().proceedWithRegexes(group, shared.softStateOf(group.id()), nowMs, out);
            return;
        }
        ConsumerGroupMember member = group.member(key.memberId());
        boolean inTime = key.kind().equals(ConsumerGroupTimers.REBALANCE)
                && member != null
                && member.progress().state() != State.UNREVOKED_PARTITIONS;
        if (member != null && !inTime) {
            remove(group, List.of(member), nowMs, out);
        }
    }
}
