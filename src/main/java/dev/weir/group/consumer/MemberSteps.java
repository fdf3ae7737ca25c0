package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupPartitionMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.jspecify.annotations.Nullable;

/** The steps that joining, calling and leaving have in common; none of them can fail. */
final class MemberSteps {
    private final TopicView topics;
    private final Regexes regexes;
    private final Targets targets;

    MemberSteps(TopicView topics) {
        this.topics = topics;
        this.regexes = new Regexes(topics);
        this.targets = new Targets(topics);
    }

    /** Lets the process that restarts as a new member take the place, target and partitions of the one before. */
    static void takeOver(ConsumerGroup group, Member before, String memberId, GroupOutput out) {
        Assignment target = group.target(before.id());
        remove(group, before, out);
        out.write(new ConsumerGroupMemberMetadata(group.id(), memberId, before.details()));
        out.write(new ConsumerGroupTargetAssignment(group.id(), memberId, Targets.record(target)));
        out.write(new ConsumerGroupCurrentAssignment(
                group.id(), memberId, before.progress().takenOver().toRecord()));
    }

    /** Removes a member and its timers. */
    static void remove(ConsumerGroup group, Member member, GroupOutput out) {
        out.write(new ConsumerGroupCurrentAssignment(group.id(), member.id(), null));
        out.write(new ConsumerGroupTargetAssignment(group.id(), member.id(), null));
        out.write(new ConsumerGroupMemberMetadata(group.id(), member.id(), null));
        Timers.cancelAll(group.id(), member.id(), out);
    }

    /**
     * Writes what a member says of itself where that is new.
     *
     * @param before null for a new member
     * @return whether what it subscribes to has changed, as far as that is known yet
     */
    static boolean describe(
            ConsumerGroup group,
            @Nullable Member before,
            String memberId,
            ConsumerGroupMemberMetadata.Member details,
            GroupOutput out) {
        if (before != null && Member.sameDetails(before.details(), details)) {
            return false;
        }
        String oldRegex = before == null ? "" : before.regex();
        List<String> oldNames = before == null ? List.of() : before.details().subscribedTopicNames();
        out.write(new ConsumerGroupMemberMetadata(group.id(), memberId, details));
        String regex = details.subscribedTopicRegex() == null ? "" : details.subscribedTopicRegex();
        boolean regexChanged = !regex.equals(oldRegex);
        if (regexChanged) {
            Regexes.drop(group, List.of(oldRegex), out);
        }
        boolean known = regex.isEmpty() || group.subscriptions().resolved().containsKey(regex);
        return !oldNames.equals(details.subscribedTopicNames()) || (regexChanged && known);
    }

    /** Resolves expressions and raises the group epoch where that, or what the caller has done, changes the target. */
    void refresh(
            ConsumerGroup group,
            SoftState soft,
            ConsumerGroupRules config,
            boolean changed,
            long nowMs,
            GroupOutput out) {
        boolean resolved = regexes.refresh(group, soft, config, nowMs, out);
        if (changed || resolved || soft.topicsChanged || group.epoch() == 0) {
            raiseEpoch(group, soft, changed || resolved || group.epoch() == 0, nowMs, out);
        }
    }

    /** The next step of a resolution; the epoch rises when it is done and has changed something. */
    void proceedWithRegexes(ConsumerGroup group, SoftState soft, long nowMs, GroupOutput out) {
        if (regexes.proceed(group, soft, nowMs, out)) {
            raiseEpoch(group, soft, true, nowMs, out);
        }
    }

    /** @param force whether the epoch rises even if the metadata of the topics is as it was */
    void raiseEpoch(ConsumerGroup group, SoftState soft, boolean force, long nowMs, GroupOutput out) {
        soft.topicsChanged = false;
        long hash = MetadataHash.of(group.subscriptions().names(), topics);
        if (!force && hash == group.metadataHash()) {
            return;
        }
        soft.changedAtMs = nowMs;
        out.write(new ConsumerGroupEpoch(group.id(), new ConsumerGroupEpoch.Epoch(group.epoch() + 1, hash)));
        if (group.hasOldPartitionMetadata()) {
            out.write(new ConsumerGroupPartitionMetadata(group.id(), false));
        }
    }

    /** Runs the assignor where it is due. */
    void assign(ConsumerGroup group, ConsumerGroupRules config, long nowMs, GroupOutput out) {
        if (Targets.isDue(group, config, nowMs)) {
            targets.assign(group, config, nowMs, out);
        }
    }

    /** Takes the member a step towards its target; returns the member as it is then. */
    Member reconcile(
            ConsumerGroup group,
            Member member,
            @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned,
            GroupOutput out) {
        Set<String> names = group.subscriptions().names(member);
        Predicate<Uuid> isSubscribed = id -> {
            TopicView.Topic topic = topics.byId(id);
            return topic != null && names.contains(topic.name());
        };
        Progress next = new Reconciler(group, member, isSubscribed, owned).next();
        if (next.equals(member.progress())) {
            return member;
        }
        out.write(new ConsumerGroupCurrentAssignment(group.id(), member.id(), next.toRecord()));
        Member moved = member.with(next);
        Timers.onProgress(group, moved, out);
        return moved;
    }
}
