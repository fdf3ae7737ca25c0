package dev.weir.group.consumer;

import dev.weir.group.consumer.Progress.State;
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
final class Departures {
    private final ConsumerContext context;
    private final Downgrade downgrade;

    Departures(ConsumerContext context, Downgrade downgrade) {
        this.context = context;
        this.downgrade = downgrade;
    }

    /** Answers a heartbeat that leaves, or returns why it is refused. */
    @Nullable
    Failure leave(GroupCall call, ConsumerGroupHeartbeatRequestData request, long nowMs, GroupOutput out) {
        ConsumerGroup group = context.groups().get(request.groupId());
        if (group == null) {
            return new Failure(Errors.GROUP_ID_NOT_FOUND, "Consumer group " + request.groupId() + " not found.");
        }
        String instanceId = request.instanceId();
        if (instanceId != null) {
            Failure failure = Checks.instance(group.staticMember(instanceId), request.memberId(), instanceId);
            if (failure != null) {
                return failure;
            }
        }
        Member member = group.member(request.memberId());
        if (member == null) {
            return Checks.unknownMember(group.id(), request.memberId());
        }
        if (request.memberEpoch() == Progress.STATIC_LEFT) {
            out.write(new ConsumerGroupCurrentAssignment(
                    group.id(), member.id(), member.progress().leftForNow().toRecord()));
            out.cancelTimer(Timers.rebalance(group.id(), member.id()));
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
    void remove(ConsumerGroup group, Collection<Member> members, long nowMs, GroupOutput out) {
        if (members.isEmpty()) {
            return;
        }
        if (downgrade.mayDowngrade(group, members, context.configOf(group.id()))) {
            downgrade.downgrade(group, members, true, nowMs, out);
            return;
        }
        for (Member member : members) {
            MemberSteps.remove(group, member, out);
            context.softStateOf(group.id()).awaited.remove(member.id());
        }
        Regexes.drop(group, members.stream().map(Member::regex).distinct().toList(), out);
        context.steps().raiseEpoch(group, context.softStateOf(group.id()), true, nowMs, out);
    }

    void onTimer(TimerKey key, long nowMs, GroupOutput out) {
        ConsumerGroup group = context.groups().get(key.groupId());
        if (group == null) {
            return;
        }
        if (key.kind().equals(Timers.REGEX)) {
            context.steps().proceedWithRegexes(group, context.softStateOf(group.id()), nowMs, out);
            return;
        }
        Member member = group.member(key.memberId());
        boolean inTime = key.kind().equals(Timers.REBALANCE)
                && member != null
                && member.progress().state() != State.UNREVOKED_PARTITIONS;
        if (member != null && !inTime) {
            remove(group, List.of(member), nowMs, out);
        }
    }
}
