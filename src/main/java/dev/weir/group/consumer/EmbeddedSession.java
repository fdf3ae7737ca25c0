package dev.weir.group.consumer;

import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.classic.ClassicReplies;
import dev.weir.group.consumer.Progress.State;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** SyncGroup, Heartbeat and LeaveGroup of a classic member to a consumer group. */
final class EmbeddedSession {
    private static final short BATCHED_LEAVE = 3;

    private final ConsumerContext context;
    private final Departures departures;
    private final TopicView topics;

    EmbeddedSession(ConsumerContext context, Departures departures, TopicView topics) {
        this.context = context;
        this.departures = departures;
        this.topics = topics;
    }

    void sync(ConsumerGroup group, GroupCall call, SyncGroupRequestData request, GroupOutput out) {
        Member member = group.member(request.memberId());
        ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata classic =
                member == null ? null : member.details().classic();
        Errors error = validate(group, member, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error == Errors.NONE && classic != null && !matches(classic, request)) {
            error = Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (error == Errors.NONE && member != null && isBehind(group, member)) {
            awaitRejoin(group, member, out);
            error = Errors.REBALANCE_IN_PROGRESS;
        }
        if (error != Errors.NONE || member == null || classic == null) {
            out.reply(call.requestId(), ClassicReplies.syncRefused(error));
            return;
        }
        out.cancelTimer(Timers.sync(group.id(), member.id()));
        out.startTimer(Timers.session(group.id(), member.id()), classic.sessionTimeoutMs());
        out.reply(
                call.requestId(),
                new SyncGroupResponseData()
                        .setProtocolType(ClassicGroup.CONSUMER)
                        .setProtocolName(classic.supportedProtocols().get(0).name())
                        .setAssignment(EmbeddedProtocol.assignment(
                                member.progress().assigned()::forEach, classic.supportedProtocols(), topics)));
    }

    private static boolean matches(
            ConsumerGroupMemberMetadata.ClassicMemberMetadata classic, SyncGroupRequestData request) {
        String type = request.protocolType();
        String name = request.protocolName();
        return (type == null || type.equals(ClassicGroup.CONSUMER))
                && (name == null
                        || name.equals(classic.supportedProtocols().get(0).name()));
    }

    /** A member that gives partitions up has joined already, and goes on with that first. */
    private static boolean isBehind(ConsumerGroup group, Member member) {
        return group.epoch() > member.epoch() && member.progress().state() != State.UNREVOKED_PARTITIONS;
    }

    void heartbeat(ConsumerGroup group, GroupCall call, HeartbeatRequestData request, GroupOutput out) {
        Member member = group.member(request.memberId());
        Errors error = validate(group, member, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error == Errors.NONE && member != null) {
            out.startTimer(
                    Timers.session(group.id(), member.id()),
                    Timers.sessionTimeoutMs(member, context.configOf(group.id())));
            if (mustRejoin(group, member)) {
                awaitRejoin(group, member, out);
                error = Errors.REBALANCE_IN_PROGRESS;
            }
        }
        out.reply(call.requestId(), new HeartbeatResponseData().setErrorCode(error.code()));
    }

    private static boolean mustRejoin(ConsumerGroup group, Member member) {
        return switch (member.progress().state()) {
            case STABLE -> member.epoch() < group.epoch();
            case UNREVOKED_PARTITIONS, UNKNOWN -> true;
            case UNRELEASED_PARTITIONS -> member.epoch() < group.epoch() || !waits(group, member);
        };
    }

    /** Whether part of the member's target is still with others. */
    private static boolean waits(ConsumerGroup group, Member member) {
        boolean[] waits = {false};
        group.target(member.id()).forEach((topic, partition) -> {
            String owner = group.owner(topic, partition);
            waits[0] |= owner != null && !owner.equals(member.id());
        });
        return waits[0];
    }

    /** The first time that the member is told, its time to rejoin begins. */
    private void awaitRejoin(ConsumerGroup group, Member member, GroupOutput out) {
        if (context.softStateOf(group.id()).awaited.add(member.id())) {
            out.startTimer(
                    Timers.join(group.id(), member.id()), member.details().rebalanceTimeoutMs());
        }
    }

    private static Errors validate(
            ConsumerGroup group,
            @Nullable Member member,
            String memberId,
            @Nullable String instanceId,
            int generation) {
        if (instanceId != null) {
            Failure fenced = Checks.instance(group.staticMember(instanceId), memberId, instanceId);
            if (fenced != null) {
                return fenced.error();
            }
        }
        if (member == null || !member.isClassic()) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return generation == member.epoch() ? Errors.NONE : Errors.ILLEGAL_GENERATION;
    }

    void leave(ConsumerGroup group, GroupCall call, LeaveGroupRequestData request, long nowMs, GroupOutput out) {
        boolean batched = call.apiVersion() >= BATCHED_LEAVE;
        List<MemberIdentity> who =
                batched ? request.members() : List.of(new MemberIdentity().setMemberId(request.memberId()));
        List<Member> leaving = new ArrayList<>();
        List<MemberResponse> responses = new ArrayList<>();
        for (MemberIdentity identity : who) {
            Member member = find(group, identity);
            Errors error = member == null ? refusal(group, identity) : Errors.NONE;
            if (member != null && !leaving.contains(member)) {
                leaving.add(member);
            }
            responses.add(new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId())
                    .setErrorCode(error.code()));
        }
        departures.remove(group, leaving, nowMs, out);
        LeaveGroupResponseData response = new LeaveGroupResponseData();
        out.reply(
                call.requestId(),
                batched
                        ? response.setMembers(responses)
                        : response.setErrorCode(responses.get(0).errorCode()));
    }

    /** An administrator names a static member by its instance id alone. */
    private static @Nullable Member find(ConsumerGroup group, MemberIdentity identity) {
        String instanceId = identity.groupInstanceId();
        if (instanceId == null) {
            return group.member(identity.memberId());
        }
        Member holder = group.staticMember(instanceId);
        boolean isMeant =
                holder != null && (identity.memberId().isEmpty() || holder.id().equals(identity.memberId()));
        return isMeant ? holder : null;
    }

    private static Errors refusal(ConsumerGroup group, MemberIdentity identity) {
        String instanceId = identity.groupInstanceId();
        return instanceId != null && group.staticMember(instanceId) != null
                ? Errors.FENCED_INSTANCE_ID
                : Errors.UNKNOWN_MEMBER_ID;
    }
}
