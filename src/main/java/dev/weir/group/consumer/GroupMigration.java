package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.classic.ClassicGroups;
import dev.weir.group.classic.ClassicMember;
import dev.weir.group.classic.ClassicMembers;
import dev.weir.group.classic.ClassicRebalance;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.ClassicGroupSnapshot;
import dev.weir.group.record.GroupRecord.ClassicGroupMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Changes groups between the protocols while they have members ({@code group.consumer.migration.policy}). The first
 * ConsumerGroupHeartbeat turns a classic group of consumers into a consumer group in which they go on as classic members;
 * when the last member that speaks the consumer protocol goes, it becomes a classic group again.
 */
final class GroupMigration implements Upgrade, Downgrade {
    private final GroupRules settings;
    private final ClassicGroups classic;
    private final ClassicRebalance rebalance;
    private final TopicView topics;

    GroupMigration(GroupRules settings, ClassicGroups classic, TopicView topics) {
        this.settings = settings;
        this.classic = classic;
        this.rebalance = new ClassicRebalance(settings);
        this.topics = topics;
    }

    @Override
    public @Nullable Failure mayUpgrade(String groupId, ConsumerGroupRules config) {
        ClassicGroup group = classic.find(groupId);
        if (group == null || group.members.isEmpty()) {
            return null;
        }
        if (!config.migration().upgrades()) {
            return cannotUpgrade(groupId, "online upgrade is disabled");
        }
        if (!group.protocolType().equals(ClassicGroup.CONSUMER)) {
            return cannotUpgrade(groupId, "the group does not use the consumer embedded protocol");
        }
        if (group.members.size() > config.maxSize()) {
            return cannotUpgrade(groupId, "the group size exceeds the consumer group maximum size");
        }
        if (group.members.size() == config.maxSize()) {
            return new Failure(
                    Errors.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of " + config.maxSize() + " members.");
        }
        String protocol = protocolOf(group);
        boolean understood = group.members.all().stream()
                .allMatch(
                        m -> EmbeddedProtocol.subscription(m.metadata(protocol)).isPresent()
                                && EmbeddedProtocol.assignment(m.assignment).isPresent());
        if (!understood) {
            return cannotUpgrade(groupId, "the embedded consumer protocol is malformed");
        }
        boolean custom = group.members.all().stream()
                .map(m -> EmbeddedProtocol.assignment(m.assignment))
                .flatMap(Optional::stream)
                .anyMatch(a -> a.userData() != null && a.userData().hasRemaining());
        return custom ? cannotUpgrade(groupId, "an unsupported custom assignor is in use") : null;
    }

    private static Failure cannotUpgrade(String groupId, String why) {
        return new Failure(
                Errors.GROUP_ID_NOT_FOUND,
                "Cannot upgrade classic group " + groupId + " to consumer group because " + why + ".");
    }

    private static String protocolOf(ClassicGroup group) {
        String chosen = group.protocolName();
        boolean usable = chosen != null && group.members.all().stream().allMatch(m -> m.supports(chosen));
        return usable && chosen != null ? chosen : group.members.selectProtocol();
    }

    @Override
    public void upgrade(String groupId, long nowMs, GroupOutput out) {
        ClassicGroup group = classic.find(groupId);
        if (group == null) {
            return;
        }
        rebalance.abandon(group, out);
        out.write(new ClassicGroupMetadata(groupId, null));
        if (group.members.isEmpty()) {
            return;
        }
        String protocol = protocolOf(group);
        int epoch = group.generation();
        for (ClassicMember member : group.members.all()) {
            out.write(new ConsumerGroupMemberMetadata(groupId, member.memberId, details(member, protocol)));
            out.startTimer(Timers.session(groupId, member.memberId), member.sessionTimeoutMs);
        }
        out.write(new ConsumerGroupEpoch(groupId, new ConsumerGroupEpoch.Epoch(epoch, 0)));
        Map<String, Assignment> targets = targets(group);
        Set<String> taken = new HashSet<>();
        targets.values().forEach(target -> target.forEach((topic, partition) -> taken.add(topic + "-" + partition)));
        for (ClassicMember member : group.members.all()) {
            Assignment target = targets.getOrDefault(member.memberId, Assignment.EMPTY);
            out.write(new ConsumerGroupTargetAssignment(groupId, member.memberId, Targets.record(target)));
            Assignment owned = withWhatItMayStillOwn(member, protocol, target, taken);
            out.write(new ConsumerGroupCurrentAssignment(groupId, member.memberId, current(epoch, owned)));
        }
        out.write(new ConsumerGroupTargetEpoch(groupId, new ConsumerGroupTargetEpoch.TargetEpoch(epoch, 0)));
    }

    /** What the leader has assigned to each; where it has assigned a partition twice, the first to have it keeps it. */
    private Map<String, Assignment> targets(ClassicGroup group) {
        Map<String, Assignment> targets = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (ClassicMember member : group.members.all()) {
            Assignment.Builder builder = new Assignment.Builder();
            EmbeddedProtocol.assignment(member.assignment)
                    .map(a -> EmbeddedProtocol.byId(a, topics))
                    .orElse(Assignment.EMPTY)
                    .forEach((topic, partition) -> {
                        if (taken.add(topic + "-" + partition)) {
                            builder.add(topic, partition);
                        }
                    });
            targets.put(member.memberId, builder.build());
        }
        return targets;
    }

    /**
     * A cooperative member keeps, until it fetches its new assignment, what it owned when it joined. Whether it has fetched
     * it is not always known, so what it named then and nobody has been assigned counts as its own until it says otherwise.
     */
    private Assignment withWhatItMayStillOwn(
            ClassicMember member, String protocol, Assignment target, Set<String> taken) {
        Assignment.Builder builder = new Assignment.Builder();
        target.forEach(builder::add);
        EmbeddedProtocol.subscription(member.metadata(protocol))
                .map(subscription -> EmbeddedProtocol.owned(subscription, topics))
                .orElse(List.of())
                .forEach(topic -> topic.partitions().forEach(partition -> {
                    if (taken.add(topic.topicId() + "-" + partition)) {
                        builder.add(topic.topicId(), partition);
                    }
                }));
        return builder.build();
    }

    private static ConsumerGroupCurrentAssignment.Current current(int epoch, Assignment target) {
        Ownership owned = Ownership.of(Targets.record(target), epoch);
        return new Progress(epoch, epoch, Progress.State.STABLE, owned, Ownership.NONE).toRecord();
    }

    private static ConsumerGroupMemberMetadata.Member details(ClassicMember member, String protocol) {
        ConsumerProtocolSubscription subscription =
                EmbeddedProtocol.subscription(member.metadata(protocol)).orElseGet(ConsumerProtocolSubscription::new);
        String rackId = subscription.rackId();
        return new ConsumerGroupMemberMetadata.Member(
                member.instanceId,
                rackId == null || rackId.isEmpty() ? null : rackId,
                member.clientId,
                member.clientHost,
                subscription.topics().stream().distinct().sorted().toList(),
                "",
                member.rebalanceTimeoutMs,
                null,
                new ConsumerGroupMemberMetadata.ClassicMemberMetadata(member.sessionTimeoutMs, member.protocols));
    }

    @Override
    public boolean mayDowngrade(ConsumerGroup group, Collection<Member> leaving, ConsumerGroupRules config) {
        List<Member> staying = staying(group, leaving);
        return config.migration().downgrades()
                && !staying.isEmpty()
                && staying.size() <= settings.maxSize()
                && staying.stream().allMatch(Member::isClassic)
                && hasCommonProtocol(staying);
    }

    private static boolean hasCommonProtocol(List<Member> members) {
        ClassicMembers all = new ClassicMembers();
        members.forEach(m -> all.add(classic(m)));
        return all.all().stream().anyMatch(m -> all.allSupportOneOf(m.protocols));
    }

    private static List<Member> staying(ConsumerGroup group, Collection<Member> leaving) {
        Set<String> gone = new HashSet<>(leaving.stream().map(Member::id).toList());
        return group.members().stream().filter(m -> !gone.contains(m.id())).toList();
    }

    @Override
    public void downgrade(
            ConsumerGroup group, Collection<Member> leaving, boolean mustRebalance, long nowMs, GroupOutput out) {
        ClassicMembers members = new ClassicMembers();
        for (Member member : staying(group, leaving)) {
            ClassicMember converted = classic(member);
            converted.assignment = EmbeddedProtocol.assignment(ownedBy(member)::forEach, converted.protocols, topics);
            members.add(converted);
        }
        String protocol = members.selectProtocol();
        List<ClassicGroupSnapshot.Member> stored = new ArrayList<>();
        for (ClassicMember m : members.all()) {
            stored.add(new ClassicGroupSnapshot.Member(
                    m.memberId,
                    m.instanceId,
                    m.clientId,
                    m.clientHost,
                    m.rebalanceTimeoutMs,
                    m.sessionTimeoutMs,
                    m.metadata(protocol),
                    m.assignment));
        }
        // without a leader: a coordinator that loads the record before the members have rejoined makes them do so
        @Nullable String leader = mustRebalance ? null : members.leader();
        group.members().forEach(m -> Timers.cancelAll(group.id(), m.id(), out));
        Tombstones.of(group).forEach(out::write);
        out.write(new ClassicGroupMetadata(
                group.id(),
                new ClassicGroupSnapshot(ClassicGroup.CONSUMER, group.epoch(), protocol, leader, nowMs, stored)));
        ClassicGroup born = classic.find(group.id());
        if (born != null) {
            members.all().forEach(m -> revive(born, m, out));
            if (mustRebalance) {
                rebalance.begin(born, nowMs, out);
            }
        }
    }

    /**
     * What the member may own now, not what it was to own in the end: the latter may be with another still. Where the two
     * differ, the members are made to rejoin.
     */
    private static Ownership ownedBy(Member member) {
        return new Ownership.Builder()
                .addAll(member.progress().assigned())
                .addAll(member.progress().revoking())
                .build();
    }

    /** The log keeps only the chosen protocol of a member; as long as the coordinator lives it knows them all. */
    private static void revive(ClassicGroup group, ClassicMember converted, GroupOutput out) {
        ClassicMember member = group.members.find(converted.memberId);
        if (member != null) {
            group.members.updateProtocols(member, converted.protocols);
            ClassicRebalance.restartSession(group, member, out);
        }
    }

    private static ClassicMember classic(Member member) {
        ConsumerGroupMemberMetadata.ClassicMemberMetadata classic =
                member.details().classic();
        return new ClassicMember(
                member.id(),
                member.instanceId(),
                member.details().clientId(),
                member.details().clientHost(),
                member.details().rebalanceTimeoutMs(),
                classic == null ? 0 : classic.sessionTimeoutMs(),
                classic == null ? List.of() : classic.supportedProtocols());
    }
}
