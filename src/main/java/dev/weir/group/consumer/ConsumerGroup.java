package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.core.Group;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The durable state of one group that speaks the consumer protocol (KIP-848). Owned by {@link ConsumerGroups}; only replayed
 * records change it. Invariants: {@code targetEpoch <= epoch}; every partition has at most one owner.
 *
 * <p>The group epoch counts changes of members, subscriptions and topics. The target epoch follows it when the assignor has
 * run; each member's epoch follows the target epoch as the member gives up and receives partitions.
 */
public final class ConsumerGroup implements Group {
    /** As Kafka's tools show it. */
    public static final String TYPE = "consumer";

    private final String id;
    private int epoch;
    private long metadataHash;
    private int targetEpoch;
    private long targetTimestampMs;
    private boolean hasOldPartitionMetadata;
    private final Map<String, Member> members = new TreeMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final Map<String, Assignment> targets = new HashMap<>();
    private final Map<Uuid, Map<Integer, String>> owners = new HashMap<>();
    private final Subscriptions subscriptions = new Subscriptions();
    private final TopicView topics;

    /** @param topics tells the ids of topics that commits know by name */
    ConsumerGroup(String id, TopicView topics) {
        this.id = id;
        this.topics = topics;
    }

    String id() {
        return id;
    }

    /** 0 before the first member has joined. */
    int epoch() {
        return epoch;
    }

    long metadataHash() {
        return metadataHash;
    }

    int targetEpoch() {
        return targetEpoch;
    }

    /** When the target was computed, milliseconds since 1970; 0 where unknown. */
    long targetTimestampMs() {
        return targetTimestampMs;
    }

    /** Whether the log has a record of a retired type for this group, to be removed with the next change. */
    boolean hasOldPartitionMetadata() {
        return hasOldPartitionMetadata;
    }

    public Collection<Member> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public String groupId() {
        return id;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String protocolType() {
        return "consumer";
    }

    @Override
    public String stateName() {
        return state().displayName();
    }

    @Override
    public boolean isSubscribedTo(String topic) {
        return subscriptions.contains(topic);
    }

    @Override
    public Errors validateOffsetCommit(Committer committer) {
        return OffsetAccess.mayCommit(this, committer);
    }

    @Override
    public Errors validateOffsetCommit(Committer committer, String topic, int partition) {
        return OffsetAccess.mayCommit(this, committer, topics.byName(topic), partition);
    }

    @Override
    public Errors validateOffsetFetch(@Nullable String memberId, int memberEpoch) {
        return OffsetAccess.mayFetch(this, memberId, memberEpoch);
    }

    /** Topics that are subscribed to are refused one by one. */
    @Override
    public Errors validateOffsetDelete() {
        return Errors.NONE;
    }

    @Override
    public Errors validateDelete() {
        return members.isEmpty() ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    /** An offset's retention counts from its commit; one of a subscribed topic stays. */
    @Override
    public Optional<ToLongFunction<CommittedOffset>> expiryBase() {
        return Optional.of(CommittedOffset::commitTimestampMs);
    }

    @Override
    public List<GroupRecord> tombstones() {
        return Tombstones.of(this);
    }

    @Nullable
    public Member member(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    Member staticMember(String instanceId) {
        String memberId = memberIdByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    Assignment target(String memberId) {
        return targets.getOrDefault(memberId, Assignment.EMPTY);
    }

    /** The members that the log holds a target for. */
    Collection<String> targetedMembers() {
        return Collections.unmodifiableCollection(targets.keySet());
    }

    /** Whether the log holds a target for this member, which may be an empty one. */
    boolean hasTarget(String memberId) {
        return targets.containsKey(memberId);
    }

    /** The member that owns a partition or has not confirmed to have given it up; null where it is free. */
    @Nullable
    String owner(Uuid topic, int partition) {
        return owners.getOrDefault(topic, Map.of()).get(partition);
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    State state() {
        if (members.isEmpty()) {
            return State.EMPTY;
        }
        if (epoch > targetEpoch) {
            return State.ASSIGNING;
        }
        return members.values().stream().allMatch(m -> m.progress().isReconciledTo(targetEpoch))
                ? State.STABLE
                : State.RECONCILING;
    }

    void replayEpoch(ConsumerGroupEpoch.Epoch value) {
        epoch = value.epoch();
        metadataHash = value.metadataHash();
    }

    void replayOldPartitionMetadata(boolean present) {
        hasOldPartitionMetadata = present;
    }

    void replayTargetEpoch(ConsumerGroupTargetEpoch.@Nullable TargetEpoch value) {
        targetEpoch = value == null ? -1 : value.assignmentEpoch();
        targetTimestampMs = value == null ? 0 : value.assignmentTimestampMs();
    }

    void replayTarget(String memberId, @Nullable Assignment target) {
        if (target == null) {
            targets.remove(memberId);
        } else {
            targets.put(memberId, target);
        }
    }

    void replayRegex(String regex, ConsumerGroupRegex.@Nullable Resolved resolved) {
        subscriptions.resolved(regex, resolved);
    }

    void replayDetails(String memberId, ConsumerGroupMemberMetadata.Member details) {
        put(memberOrNew(memberId).with(details));
    }

    void replayProgress(String memberId, Progress progress) {
        put(memberOrNew(memberId).with(progress));
    }

    /** The member's current assignment has been removed; the member itself goes with {@link #replayRemoval}. */
    void replayNoProgress(String memberId) {
        Member member = members.get(memberId);
        if (member != null) {
            put(member.with(Progress.GONE));
        }
    }

    void replayRemoval(String memberId) {
        Member member = members.remove(memberId);
        if (member != null) {
            release(member);
            unlinkInstance(member);
            subscriptions.replace(member.details(), null);
        }
    }

    private Member memberOrNew(String memberId) {
        Member member = members.get(memberId);
        return member == null ? Member.create(memberId) : member;
    }

    private void put(Member member) {
        Member before = members.put(member.id(), member);
        if (before != null) {
            release(before);
            if (!Objects.equals(before.instanceId(), member.instanceId())) {
                unlinkInstance(before);
            }
        }
        String instanceId = member.instanceId();
        if (instanceId != null) {
            memberIdByInstance.put(instanceId, member.id());
        }
        subscriptions.replace(before == null ? null : before.details(), member.details());
        claim(member.id(), member.progress().assigned());
        claim(member.id(), member.progress().revoking());
    }

    private void unlinkInstance(Member member) {
        String instanceId = member.instanceId();
        if (instanceId != null) {
            memberIdByInstance.remove(instanceId, member.id());
        }
    }

    private void claim(String memberId, Ownership owned) {
        owned.forEach((topic, partition) ->
                owners.computeIfAbsent(topic, t -> new HashMap<>()).put(partition, memberId));
    }

    private void release(Member member) {
        release(member.id(), member.progress().assigned());
        release(member.id(), member.progress().revoking());
    }

    private void release(String memberId, Ownership owned) {
        owned.forEach((topic, partition) -> owners.computeIfPresent(topic, (t, byPartition) -> {
            byPartition.remove(partition, memberId);
            return byPartition.isEmpty() ? null : byPartition;
        }));
    }

    /** The state of a group, under Kafka's names. */
    public enum State {
        /** No members. */
        EMPTY("Empty"),
        /** The target is older than the last change. */
        ASSIGNING("Assigning"),
        /** Some members do not have their target yet. */
        RECONCILING("Reconciling"),
        /** All members have their target. */
        STABLE("Stable");

        private final String displayName;

        State(String displayName) {
            this.displayName = displayName;
        }

        /** As it stands in responses. */
        public String displayName() {
            return displayName;
        }
    }
}
