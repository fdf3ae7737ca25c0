package dev.weir.group.consumer;

import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * ConsumerGroupHeartbeat of a member that joins or stays. Everything that can be refused is checked first; then the member's
 * details are written, the target is brought up to date, and the member takes a step towards it.
 */
final class Heartbeats {
    /** Members are told to call more often for so long after a change: more changes often follow the first. */
    private static final long SETTLING_MS = 10_000;

    /** A large group that changes calls less often, so that it makes no more than 500 calls a second. */
    private static final int MS_PER_MEMBER = 2;

    /** Characters of an expression that an error message repeats. */
    private static final int SHOWN_LENGTH = 100;

    private final ConsumerContext context;
    private final Upgrade upgrade;
    private final Supplier<String> ids;

    /**
     * @param upgrade what becomes of a group of the same id that speaks the classic protocol
     * @param ids gives a new, unguessable member id at each call, for clients that do not choose theirs
     */
    Heartbeats(ConsumerContext context, Upgrade upgrade, Supplier<String> ids) {
        this.context = context;
        this.upgrade = upgrade;
        this.ids = ids;
    }

    /** Answers the request, or returns why it is refused. */
    @Nullable
    Failure handle(GroupCall call, ConsumerGroupHeartbeatRequestData request, long nowMs, GroupOutput out) {
        boolean joins = request.memberEpoch() == Progress.JOINING;
        String groupId = request.groupId();
        ConsumerGroupRules config = context.configOf(groupId);
        ConsumerGroup group = context.groups().get(groupId);
        if (group == null && !joins) {
            return new Failure(Errors.GROUP_ID_NOT_FOUND, "Consumer group " + groupId + " not found.");
        }
        String memberId = request.memberId().isEmpty() ? ids.get() : request.memberId();
        Failure failure =
                group == null ? upgrade.mayUpgrade(groupId, config) : Checks.room(group, memberId, config.maxSize());
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
            upgrade.upgrade(groupId, nowMs, out);
        }
        proceed(call, request, memberId, config, nowMs, out);
        return null;
    }

    private static @Nullable Failure identity(
            ConsumerGroup group, String memberId, ConsumerGroupHeartbeatRequestData request) {
        boolean joins = request.memberEpoch() == Progress.JOINING;
        String instanceId = request.instanceId();
        Member holder = instanceId == null ? null : group.staticMember(instanceId);
        if (instanceId != null && joins) {
            return holder == null ? null : released(holder, memberId, instanceId);
        }
        if (instanceId != null) {
            Failure fenced = Checks.instance(holder, memberId, instanceId);
            if (fenced != null) {
                return fenced;
            }
        }
        Member member = group.member(memberId);
        if (member == null) {
            return joins ? null : Checks.unknownMember(group.id(), memberId);
        }
        Failure stale = Checks.epoch(member, request.memberEpoch(), request.topicPartitions());
        return stale == null && Reconciler.mustStartAnew(member, request.topicPartitions())
                ? new Failure(
                        Errors.FENCED_MEMBER_EPOCH,
                        "The consumer group member is in a unknown state. The member must abandon all its partitions"
                                + " and rejoin.")
                : stale;
    }

    /** A place is free once its member has left for now; a classic member's place may be taken at any time. */
    private static @Nullable Failure released(Member holder, String memberId, String instanceId) {
        boolean free = holder.epoch() == Progress.STATIC_LEFT
                || holder.isClassic()
                || holder.id().equals(memberId);
        return free
                ? null
                : new Failure(
                        Errors.UNRELEASED_INSTANCE_ID,
                        "Static member " + memberId + " with instance id " + instanceId
                                + " cannot join the group because the instance id is owned by " + holder.id()
                                + " member.");
    }

    private static @Nullable Failure regex(@Nullable ConsumerGroup group, @Nullable String regex) {
        if (regex == null
                || regex.isEmpty()
                || (group != null && group.subscriptions().subscribersOf(regex) > 0)) {
            return null;
        }
        Optional<String> problem = TopicPattern.compile(regex).problem();
        return problem.isEmpty()
                ? null
                : new Failure(
                        Errors.INVALID_REGULAR_EXPRESSION,
                        "SubscribedTopicRegex `" + shortened(regex) + "` is not a valid regular expression: "
                                + problem.get() + ".");
    }

    private static String shortened(String regex) {
        return regex.length() <= SHOWN_LENGTH ? regex : regex.substring(0, SHOWN_LENGTH) + "...";
    }

    private void proceed(
            GroupCall call,
            ConsumerGroupHeartbeatRequestData request,
            String memberId,
            ConsumerGroupRules config,
            long nowMs,
            GroupOutput out) {
        ConsumerGroup group = context.groups().getOrMake(request.groupId());
        SoftState soft = context.softStateOf(group.id());
        MemberSteps steps = context.steps();
        String instanceId = request.instanceId();
        Member holder = instanceId == null ? null : group.staticMember(instanceId);
        if (holder != null && isTakenOver(holder, memberId)) {
            MemberSteps.takeOver(group, holder, memberId, out);
        }
        Member before = group.member(memberId);
        if (before != null && before.isClassic()) {
            Timers.cancelAll(group.id(), memberId, out);
            soft.awaited.remove(memberId);
        }
        Ownership had = before == null ? Ownership.NONE : before.progress().assigned();
        ConsumerGroupMemberMetadata.Member details = details(before, request, call);
        boolean changed = MemberSteps.describe(group, before, memberId, details, out);
        steps.refresh(group, soft, config, changed, nowMs, out);
        steps.assign(group, config, nowMs, out);
        Member member =
                steps.reconcile(group, Objects.requireNonNull(group.member(memberId)), request.topicPartitions(), out);
        out.startTimer(Timers.session(group.id(), memberId), config.sessionTimeoutMs());

        ConsumerGroupHeartbeatResponseData response = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(memberId)
                .setMemberEpoch(member.epoch())
                .setHeartbeatIntervalMs(intervalMs(group, member, soft, config, nowMs));
        if (isFull(request) || !member.progress().assigned().hasSamePartitions(had)) {
            response.setAssignment(assignment(member.progress().assigned()));
        }
        out.reply(call.requestId(), response);
    }

    private static boolean isTakenOver(Member holder, String memberId) {
        return !holder.id().equals(memberId) || holder.epoch() == Progress.STATIC_LEFT;
    }

    private static ConsumerGroupMemberMetadata.Member details(
            @Nullable Member before, ConsumerGroupHeartbeatRequestData request, GroupCall call) {
        ConsumerGroupMemberMetadata.Member old = (before == null ? Member.create("") : before).details();
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
        return request.memberEpoch() == Progress.JOINING
                || (request.rebalanceTimeoutMs() != -1
                        && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
                        && request.topicPartitions() != null);
    }

    private static int intervalMs(
            ConsumerGroup group, Member member, SoftState soft, ConsumerGroupRules config, long nowMs) {
        boolean settled = member.progress().isReconciledTo(group.epoch())
                && SoftState.isOver(soft.changedAtMs, nowMs, SETTLING_MS);
        int often = Math.max(config.rebalanceHeartbeatIntervalMs(), group.size() * MS_PER_MEMBER);
        return settled ? config.heartbeatIntervalMs() : Math.min(config.heartbeatIntervalMs(), often);
    }

    private static ConsumerGroupHeartbeatResponseData.Assignment assignment(Ownership owned) {
        List<ConsumerGroupHeartbeatResponseData.TopicPartitions> topics = owned.partitions().entrySet().stream()
                .map(entry -> new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                        .setTopicId(entry.getKey())
                        .setPartitions(Arrays.asList(entry.getValue().keySet().toArray(Integer[]::new))))
                .toList();
        return new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(topics);
    }
}
