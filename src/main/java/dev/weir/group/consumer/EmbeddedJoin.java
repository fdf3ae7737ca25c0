package dev.weir.group.consumer;

import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.classic.ClassicReplies;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ClassicProtocol;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * JoinGroup of a classic member to a consumer group. The member takes part like the others, its assignment made by the broker:
 * each join is a step towards its target, its epoch is the generation it hears of, and it leads nobody.
 */
final class EmbeddedJoin {
    private static final short KNOWN_MEMBER_ID = 4;

    private final ConsumerContext context;
    private final Downgrade downgrade;
    private final GroupRules settings;
    private final TopicView topics;
    private final Supplier<String> ids;

    EmbeddedJoin(
            ConsumerContext context, Downgrade downgrade, GroupRules settings, TopicView topics, Supplier<String> ids) {
        this.context = context;
        this.downgrade = downgrade;
        this.settings = settings;
        this.topics = topics;
        this.ids = ids;
    }

    void handle(ConsumerGroup group, GroupCall call, JoinGroupRequestData request, long nowMs, GroupOutput out) {
        boolean isNewcomer = request.memberId().isEmpty();
        String memberId = isNewcomer ? ids.get() : request.memberId();
        List<ClassicProtocol> protocols = request.protocols().stream()
                .map(p -> new ClassicProtocol(p.name(), p.metadata()))
                .toList();
        Optional<ConsumerProtocolSubscription> subscription = protocols.isEmpty()
                ? Optional.empty()
                : EmbeddedProtocol.subscription(protocols.get(0).metadata());
        Errors error = validate(group, request, memberId, protocols);
        if (error == Errors.NONE && subscription.isEmpty()) {
            error = Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (error == Errors.NONE && group.member(memberId) == null && ownsSomething(subscription)) {
            error = Errors.UNKNOWN_MEMBER_ID;
        }
        if (error == Errors.NONE && isNewcomer && mustKnowItsId(request, call)) {
            error = Errors.MEMBER_ID_REQUIRED;
        }
        if (error == Errors.NONE && subscription.isPresent()) {
            join(group, call, request, memberId, subscription.get(), protocols, nowMs, out);
        } else {
            String known = error == Errors.MEMBER_ID_REQUIRED ? memberId : request.memberId();
            out.reply(call.requestId(), ClassicReplies.joinRefused(known, error, call.apiVersion()));
        }
    }

    /** A member that was removed for its silence must give up what it had before it can be a new one. */
    private static boolean ownsSomething(Optional<ConsumerProtocolSubscription> subscription) {
        return subscription.map(s -> !s.ownedPartitions().isEmpty()).orElse(false);
    }

    private static boolean mustKnowItsId(JoinGroupRequestData request, GroupCall call) {
        return request.groupInstanceId() == null && call.apiVersion() >= KNOWN_MEMBER_ID;
    }

    private Errors validate(
            ConsumerGroup group, JoinGroupRequestData request, String memberId, List<ClassicProtocol> protocols) {
        int timeoutMs = request.sessionTimeoutMs();
        if (timeoutMs < settings.minSessionTimeoutMs() || timeoutMs > settings.maxSessionTimeoutMs()) {
            return Errors.INVALID_SESSION_TIMEOUT;
        }
        Failure full = Checks.room(group, memberId, context.configOf(group.id()).maxSize());
        if (full != null) {
            return full.error();
        }
        if (!request.protocolType().equals(ClassicGroup.CONSUMER) || !isUnderstood(group, protocols)) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        String instanceId = request.groupInstanceId();
        if (instanceId == null || request.memberId().isEmpty()) {
            return Errors.NONE;
        }
        Failure fenced = Checks.instance(group.staticMember(instanceId), memberId, instanceId);
        return fenced == null ? Errors.NONE : fenced.error();
    }

    /** Classic members must have a protocol in common, or the group could never become a classic group. */
    private static boolean isUnderstood(ConsumerGroup group, List<ClassicProtocol> protocols) {
        return protocols.stream().map(ClassicProtocol::name).anyMatch(name -> group.members().stream()
                .map(member -> member.details().classic())
                .filter(Objects::nonNull)
                .allMatch(classic -> classic.supportedProtocols().stream()
                        .anyMatch(p -> p.name().equals(name))));
    }

    private void join(
            ConsumerGroup group,
            GroupCall call,
            JoinGroupRequestData request,
            String memberId,
            ConsumerProtocolSubscription subscription,
            List<ClassicProtocol> protocols,
            long nowMs,
            GroupOutput out) {
        ConsumerGroupRules config = context.configOf(group.id());
        SoftState soft = context.softStateOf(group.id());
        MemberSteps steps = context.steps();
        String instanceId = request.groupInstanceId();
        Member holder = instanceId == null ? null : group.staticMember(instanceId);
        boolean replacesConsumer = holder != null && !holder.id().equals(memberId) && !holder.isClassic();
        if (holder != null && !holder.id().equals(memberId)) {
            MemberSteps.takeOver(group, holder, memberId, out);
        }
        Member before = group.member(memberId);
        ConsumerGroupMemberMetadata.Member details = details(before, call, request, subscription, protocols);
        boolean changed = MemberSteps.describe(group, before, memberId, details, out);
        steps.refresh(group, soft, config, changed, nowMs, out);
        boolean downgrades = replacesConsumer && downgrade.mayDowngrade(group, List.of(), config);
        if (!downgrades) {
            steps.assign(group, config, nowMs, out);
        }
        Member member = steps.reconcile(
                group,
                Objects.requireNonNull(group.member(memberId)),
                EmbeddedProtocol.owned(subscription, topics),
                out);
        if (downgrades) {
            boolean settled = group.state() == ConsumerGroup.State.STABLE;
            downgrade.downgrade(group, List.of(), !settled, nowMs, out);
        } else {
            soft.awaited.remove(memberId);
            out.cancelTimer(Timers.join(group.id(), memberId));
            out.startTimer(Timers.session(group.id(), memberId), request.sessionTimeoutMs());
            out.startTimer(Timers.sync(group.id(), memberId), details.rebalanceTimeoutMs());
        }
        out.reply(
                call.requestId(),
                ClassicReplies.joinedConsumerGroup(
                        memberId, member.epoch(), protocols.get(0).name(), call.apiVersion()));
    }

    private static ConsumerGroupMemberMetadata.Member details(
            @Nullable Member before,
            GroupCall call,
            JoinGroupRequestData request,
            ConsumerProtocolSubscription subscription,
            List<ClassicProtocol> protocols) {
        ConsumerGroupMemberMetadata.Member old = (before == null ? Member.create("") : before).details();
        return new ConsumerGroupMemberMetadata.Member(
                request.groupInstanceId() == null ? old.instanceId() : request.groupInstanceId(),
                subscription.rackId() == null || subscription.rackId().isEmpty() ? old.rackId() : subscription.rackId(),
                call.clientId(),
                call.clientHost(),
                subscription.topics().stream().distinct().sorted().toList(),
                "",
                request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                old.serverAssignor(),
                new ConsumerGroupMemberMetadata.ClassicMemberMetadata(request.sessionTimeoutMs(), protocols));
    }
}
