package dev.weir.group.classic;

import dev.weir.group.core.Group;
import dev.weir.group.record.ClassicGroupSnapshot;
import dev.weir.group.record.CommittedOffset;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecord.ClassicProtocol;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A group whose members agree on a generation and whose leader assigns the partitions. {@link #apply} sets what is durable;
 * the members that come and go between two generations are known to this object only, and lost with it.
 *
 * <p>{@code generation} never falls while the group exists.
 */
public final class ClassicGroup implements Group {
    /** As Kafka's tools show it. */
    public static final String TYPE = "classic";

    public static final String CONSUMER = "consumer";

    public final ClassicMembers members = new ClassicMembers();
    private final String groupId;
    private ClassicState state = new ClassicState.Empty();
    private long stateSinceMs = -1;
    private @Nullable String protocolType;
    private int generation;
    private @Nullable String protocolName;
    private @Nullable Set<String> subscribedTopics;
    private @Nullable ClassicGroupSnapshot durable;

    /** Whether somebody came since an initial rebalance last waited. */
    boolean memberAdded;

    ClassicGroup(String groupId) {
        this.groupId = groupId;
    }

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String protocolType() {
        return protocolType == null ? "" : protocolType;
    }

    @Override
    public String stateName() {
        return state.name();
    }

    public ClassicState state() {
        return state;
    }

    void become(ClassicState next, long nowMs) {
        state = next;
        stateSinceMs = nowMs;
    }

    public int generation() {
        return generation;
    }

    @Nullable
    public String protocolName() {
        return protocolName;
    }

    /** The last snapshot that was written or loaded; null before the first. */
    @Nullable
    public ClassicGroupSnapshot durable() {
        return durable;
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public boolean isEmpty() {
        return state instanceof ClassicState.Empty;
    }

    /** Holds offsets only: no member was ever there. */
    boolean isSimple() {
        return isEmpty() && protocolType == null && members.pendingJoin().isEmpty();
    }

    /** Sets what the log says; the only way to Stable, and to Empty from elsewhere. */
    void apply(ClassicGroupSnapshot snapshot) {
        durable = snapshot;
        generation = snapshot.generation();
        protocolType = snapshot.protocolType().isEmpty() ? null : snapshot.protocolType();
        protocolName = snapshot.protocol();
        Set<String> named = Set.copyOf(snapshot.members().stream()
                .map(ClassicGroupSnapshot.Member::memberId)
                .toList());
        List.copyOf(members.all()).stream()
                .filter(m -> !named.contains(m.memberId))
                .forEach(m -> members.remove(m.memberId));
        for (ClassicGroupSnapshot.Member stored : snapshot.members()) {
            ClassicMember member = members.find(stored.memberId());
            if (member == null) {
                members.add(ClassicMember.of(stored, protocolName));
            } else {
                members.restore(member, stored, protocolName);
            }
        }
        String leader = snapshot.leader();
        if (leader != null && members.find(leader) != null) {
            members.setLeader(leader);
        }
        state = members.isEmpty() ? new ClassicState.Empty() : new ClassicState.Stable();
        stateSinceMs = snapshot.currentStateTimestampMs();
        subscribedTopics = SubscribedTopics.of(this);
    }

    /**
     * Whether no leader has assigned what the members have: the group was a consumer group, and is to rebalance since. The
     * coordinator that turned it back may be gone before that is done.
     */
    boolean isUnassigned() {
        return state instanceof ClassicState.Stable && durable != null && durable.leader() == null;
    }

    /** What the log is to say of this generation; the assignments are those that the members hold. */
    ClassicGroupSnapshot snapshot() {
        return new ClassicGroupSnapshot(
                protocolType(),
                generation,
                protocolName,
                members.leader(),
                stateSinceMs,
                members.all().stream()
                        .map(m -> new ClassicGroupSnapshot.Member(
                                m.memberId,
                                m.instanceId,
                                m.clientId,
                                m.clientHost,
                                m.rebalanceTimeoutMs,
                                m.sessionTimeoutMs,
                                m.metadata(protocolName),
                                m.assignment))
                        .toList());
    }

    void add(ClassicMember member, String type) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        members.add(member);
    }

    /** A member fits if it speaks the group's language; to an empty group any fits. */
    boolean accepts(String type, List<ClassicProtocol> protocols) {
        if (members.isEmpty()) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        return type.equals(protocolType) && members.allSupportOneOf(protocols);
    }

    /** Begins the next generation with the members that are there. */
    void nextGeneration(long nowMs) {
        generation++;
        protocolName = members.isEmpty() ? null : members.selectProtocol();
        members.pendingSync().clear();
        subscribedTopics = SubscribedTopics.of(this);
        become(members.isEmpty() ? new ClassicState.Empty() : new ClassicState.CompletingRebalance(), nowMs);
    }

    /** Whether the sender is who it says it is: known, and not replaced by another of its instance id. */
    Errors validateMember(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String current = members.memberIdOf(instanceId);
            if (current == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            if (!current.equals(memberId)) {
                return Errors.FENCED_INSTANCE_ID;
            }
        }
        return members.find(memberId) == null ? Errors.UNKNOWN_MEMBER_ID : Errors.NONE;
    }

    @Override
    public Errors validateOffsetCommit(Committer by) {
        boolean named = by.generationOrEpoch() >= 0 || !by.memberId().isEmpty() || by.groupInstanceId() != null;
        if (by.generationOrEpoch() < 0 && isEmpty()) {
            return Errors.NONE;
        }
        if (!named) {
            return by.transactional() || isEmpty() ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
        }
        Errors known = validateMember(by.memberId(), by.groupInstanceId());
        if (known != Errors.NONE) {
            return known;
        }
        if (by.generationOrEpoch() != generation) {
            return Errors.ILLEGAL_GENERATION;
        }
        return by.transactional() ? Errors.NONE : state.commit();
    }

    @Override
    public Errors validateOffsetFetch(@Nullable String memberId, int memberEpoch) {
        return Errors.NONE;
    }

    @Override
    public Errors validateOffsetDelete() {
        return isEmpty() || CONSUMER.equals(protocolType) ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    @Override
    public Errors validateDelete() {
        return isEmpty() ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    @Override
    public boolean isSubscribedTo(String topic) {
        return subscribedTopics == null ? CONSUMER.equals(protocolType) : subscribedTopics.contains(topic);
    }

    @Override
    public Optional<ToLongFunction<CommittedOffset>> expiryBase() {
        if (protocolType == null) {
            return Optional.of(CommittedOffset::commitTimestampMs);
        }
        if (isEmpty()) {
            long since = stateSinceMs;
            return Optional.of(offset -> since == -1 ? offset.commitTimestampMs() : since);
        }
        boolean knowsItsTopics = CONSUMER.equals(protocolType) && subscribedTopics != null;
        return knowsItsTopics && state instanceof ClassicState.Stable
                ? Optional.of(CommittedOffset::commitTimestampMs)
                : Optional.empty();
    }

    @Override
    public List<GroupRecord> tombstones() {
        return List.of(new GroupRecord.ClassicGroupMetadata(groupId, null));
    }
}
