package dev.weir.group;

import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * ConsumerGroupHeartbeat of a member that joins or stays. Everything that can be refused is checked first; then the member's
 * details are written, the target is brought up to date, and the member takes a step towards it.
 */
final class ConsumerGroupHeartbeats {
    /** Members are told to call more often for so long after a change: more changes often follow the first. */
    private static final long SETTLING_MS = 10_000;

    /** A large group that changes calls less often, so that it makes no more than 500 calls a second. */
    private static final int MS_PER_MEMBER = 2;

    private final ConsumerGroupShared shared;
    private final ConsumerGroupTakeover takeover;
    private final Supplier<String> ids;

    /**
     * @param takeover what becomes of a group of the same id that speaks the classic protocol
     * @param ids gives a new, unguessable member id at each call, for clients that do not choose theirs
     */
    ConsumerGroupHeartbeats(ConsumerGroupShared shared, ConsumerGroupTakeover takeover, Supplier<String> ids) {
        this.shared = shared;
        this.takeover = takeover;
        this.ids = ids;
    }

    /** Answers the request, or returns why it is refused. */
    @Nullable
    ConsumerGroupFailure handle(
            GroupCall call, ConsumerGroupHeartbeatRequestData request, long nowMs, GroupOutput out) {
        boolean joins = request.memberEpoch() == ConsumerGroupProgress.JOINING;
        String groupId = request.groupId();
        ConsumerGroupConfig config = shared.configOf(groupId);
        ConsumerGroup group = shared.groups().get(groupId);
        if (group == null && !joins) {
            return new ConsumerGroupFailure(Errors.GROUP_ID_NOT_FOUND, "Consumer group " + groupId + " not found.");
        }
        String memberId = request.memberId().isEmpty() ? ids.get() : request.memberId();
        ConsumerGroupFailure failure = group == null
                ? takeover.mayTakeOver(groupId, config)
                : ConsumerGroupChecks.room(group, memberId, config.maxSize());
        if (failure == null && group != null) {
            failure = identity(group, memberId, request);
        }
        if (failure == null) {
            failure = regex(group, request.subscribedTopicRegex());
        }
        if (failure != null) {
            return failure;
        }
        if (group == null) {
            takeover.takeOver(groupId, nowMs, out);
        }
        proceed(call, request, memberId, config, nowMs, out);
        return null;
    }

    private static @Nullable ConsumerGroupFailure identity(
            ConsumerGroup group, String memberId, ConsumerGroupHeartbeatRequestData request) {
        boolean joins = request.memberEpoch() == ConsumerGroupProgress.JOINING;
        String instanceId = request.instanceId();
        ConsumerGroupMember holder = instanceId == null ? null : group.staticMember(instanceId);
        if (instanceId != null && joins) {
            return holder == null ? null : released(holder, memberId, instanceId);
        }
        if (instanceId != null) {
            ConsumerGroupFailure fenced = ConsumerGroupChecks.instance(holder, memberId, instanceId);
            if (fenced != null) {
                return fenced;
            }
        }
        ConsumerGroupMember member = group.member(memberId);
        if (member == null) {
            return joins ? null : ConsumerGroupChecks.unknownMember(group.id(), memberId);
        }
        ConsumerGroupFailure stale =
                ConsumerGroupChecks.epoch(member, request.memberEpoch(), request.topicPartitions());
        return stale == null && ConsumerGroupReconciler.mustStartAnew(member, request.topicPartitions())
                ? new ConsumerGroupFailure(
                        Errors.FENCED_MEMBER_EPOCH,
                        "The consumer group member is in a unknown state. The member must abandon all its partitions"
                                + " and rejoin.")
                : stale;
    }

    /** A place is free once its member has left for now; a classic member's place may be taken at any time. */
    private static @Nullable ConsumerGroupFailure released(
            ConsumerGroupMember holder, String memberId, String instanceId) {
        boolean free = holder.epoch() == ConsumerGroupProgress.STATIC_LEFT
                || holder.isClassic()
                || holder.id().equals(memberId);
        return free
                ? null
                : new ConsumerGroupFailure(
                        Errors.UNRELEASED_INSTANCE_ID,
                        "Static member " + memberId + " with instance id " + instanceId
                                + " cannot join the group because the instance id is owned by " + holder.id()
                                + " member.");
    }

    private static @Nullable ConsumerGroupFailure regex(@Nullable ConsumerGroup group, @Nullable String regex) {
        if (regex == null
                || regex.isEmpty()
                || (group != null && group.subscriptions().subscribersOf(regex) > 0)
                || ConsumerGroupPattern.compile(regex).isPresent()) {
            return null;
        }
        return new ConsumerGroupFailure(
                Errors.INVALID_REGULAR_EXPRESSION,
                "SubscribedTopicRegex `" + regex + "` is not a valid regular expression, or too costly a one.");
    }

    private void proceed(
            GroupCall call,
            ConsumerGroupHeartbeatRequestData request,
            String memberId,
            ConsumerGroupConfig config,
            long nowMs,
            GroupOutput out) {
        ConsumerGroup group = shared.groups().getOrMake(request.groupId());
        ConsumerGroupSoftState soft = shared.softStateOf(group.id());
        ConsumerGroupSteps steps = shared.steps();
        String instanceId = request.instanceId();
        ConsumerGroupMember holder = instanceId == null ? null : group.staticMember(instanceId);
        if (holder != null && isTakenOver(holder, memberId)) {
            ConsumerGroupSteps.takeOver(group, holder, memberId, out);
        }
        ConsumerGroupMember before = group.member(memberId);
        if (before != null && before.isClassic()) {
            ConsumerGroupTimers.cancelAll(group.id(), memberId, out);
            soft.awaited.remove(memberId);
        }
        ConsumerGroupOwnership had =
                before == null ? ConsumerGroupOwnership.NONE : before.progress().assigned();
        ConsumerGroupMemberMetadata.Member details = details(before, request, call);
        boolean changed = ConsumerGroupSteps.describe(group, before, memberId, details, out);
        steps.refresh(group, soft, config, changed, nowMs, out);
        steps.assign(group, config, nowMs, out);
        ConsumerGroupMember member =
                steps.reconcile(group, Objects.requireNonNull(group.member(memberId)), request.topicPartitions(), out);
        out.startTimer(ConsumerGroupTimers.session(group.id(), memberId), config.sessionTimeoutMs());

        ConsumerGroupHeartbeatResponseData response = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(memberId)
                .setMemberEpoch(member.epoch())
                .setHeartbeatIntervalMs(intervalMs(group, member, soft, config, nowMs));
        if (isFull(request) || !member.progress().assigned().hasSamePartitions(had)) {
            response.setAssignment(assignment(member.progress().assigned()));
        }
        out.reply(call.requestId(), response);
    }

    private static boolean isTakenOver(ConsumerGroupMember holder, String memberId) {
        return !holder.id().equals(memberId) || holder.epoch() == ConsumerGroupProgress.STATIC_LEFT;
    }

    private static ConsumerGroupMemberMetadata.Member details(
            @Nullable ConsumerGroupMember before, ConsumerGroupHeartbeatRequestData request, GroupCall call) {
        ConsumerGroupMemberMetadata.Member old = (before == null ? ConsumerGroupMember.create("") : before).details();
        return new ConsumerGroupMemberMetadata.Member(
                request.instanceId() == null ? old.instanceId() : request.instanceId(),
                request.rackId() == null ? old.rackId() : request.rackId(),
                call.clientId(),
                call.clientHost(),
                request.subscribedTopicNames() == null
                        ? old.subscribedTopicNames()
                        : request.subscribedTopicNames().stream()
                                .distinct()
                                .sorted()
                                .toList(),
                request.subscribedTopicRegex() == null ? old.subscribedTopicRegex() : request.subscribedTopicRegex(),
                request.rebalanceTimeoutMs() == -1 ? old.rebalanceTimeoutMs() : request.rebalanceTimeoutMs(),
                request.serverAssignor() == null ? old.serverAssignor() : request.serverAssignor(),
                null);
    }

    /** A member that sends all its fields wants all of the answer's. */
    private static boolean isFull(ConsumerGroupHeartbeatRequestData request) {
        return request.memberEpoch() == ConsumerGroupProgress.JOINING
                || (request.rebalanceTimeoutMs() != -1
                        && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
                        && request.topicPartitions() != null);
    }

    private static int intervalMs(
            ConsumerGroup group,
            ConsumerGroupMember member,
            ConsumerGroupSoftState soft,
            ConsumerGroupConfig config,
            long nowMs) {
        boolean settled = member.progress().isReconciledTo(group.epoch())
                && ConsumerGroupSoftState.isOver(soft.changedAtMs, nowMs, SETTLING_MS);
        int often = Math.max(config.rebalanceHeartbeatIntervalMs(), group.size() * MS_PER_MEMBER);
        return settled ? config.heartbeatIntervalMs() : Math.min(config.heartbeatIntervalMs(), often);
    }

    private static ConsumerGroupHeartbeatResponseData.Assignment assignment(ConsumerGroupOwnership owned) {
        List<ConsumerGroupHeartbeatResponseData.TopicPartitions> topics = owned.partitions().entrySet().stream()
                .map(entry -> new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                        .setTopicId(entry.getKey())
                        .setPartitions(Arrays.asList(entry.getValue().keySet().toArray(Integer[]::new))))
                .toList();
        return new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(topics);
    }
}
