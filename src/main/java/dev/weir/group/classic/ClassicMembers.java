package dev.weir.group.classic;

import dev.weir.group.classic.ClassicMember.Waiting;
import dev.weir.group.record.ClassicGroupSnapshot;
import dev.weir.group.record.GroupRecord.ClassicProtocol;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members of one classic group, with what is counted of them.
 *
 * <p>Always so: {@code awaitingJoin} is the number of members whose join waits; {@code byInstance} maps each static member's
 * instance id to its one member id; {@code supporters} counts the members per protocol; a leader is a member; ids handed out
 * to newcomers are in {@code pendingJoin} and no members yet.
 */
public final class ClassicMembers {
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();
    private final Map<String, String> byInstance = new HashMap<>();
    private final Map<String, Integer> supporters = new HashMap<>();
    private final Set<String> pendingJoin = new HashSet<>();
    private final Set<String> pendingSync = new HashSet<>();
    private int awaitingJoin;
    private @Nullable String leader;

    public Collection<ClassicMember> all() {
        return Collections.unmodifiableCollection(members.values());
    }

    public int size() {
        return members.size();
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Nullable
    public ClassicMember find(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    public String memberIdOf(String instanceId) {
        return byInstance.get(instanceId);
    }

    @Nullable
    public String leader() {
        return leader;
    }

    void setLeader(@Nullable String memberId) {
        leader = memberId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leader);
    }

    public void add(ClassicMember member) {
        members.put(member.memberId, member);
        if (member.instanceId != null) {
            byInstance.put(member.instanceId, member.memberId);
        }
        count(member, 1);
        pendingJoin.remove(member.memberId);
        if (leader == null) {
            leader = member.memberId;
        }
    }

    /** Takes the member out; its waiting requests must have been answered before. */
    void remove(String memberId) {
        ClassicMember removed = members.remove(memberId);
        if (removed != null) {
            count(removed, -1);
            awaitJoin(removed, null);
            if (removed.instanceId != null) {
                byInstance.remove(removed.instanceId, memberId);
            }
            if (isLeader(memberId)) {
                leader = members.isEmpty() ? null : members.keySet().iterator().next();
            }
        }
        pendingJoin.remove(memberId);
        pendingSync.remove(memberId);
    }

    /** Puts a restarted static member in the place of its former self, leadership and assignment included. */
    void replace(ClassicMember former, ClassicMember member) {
        boolean wasLeader = isLeader(former.memberId);
        member.assignment = former.assignment;
        remove(former.memberId);
        add(member);
        if (wasLeader) {
            leader = member.memberId;
        }
    }

    public void updateProtocols(ClassicMember member, List<ClassicProtocol> protocols) {
        count(member, -1);
        member.protocols = protocols;
        count(member, 1);
    }

    /**
     * Sets what the log says of a member. Of its protocols the log has the chosen one; where that is as the member said, it
     * keeps the others too.
     */
    void restore(ClassicMember member, ClassicGroupSnapshot.Member stored, @Nullable String protocol) {
        member.assignment = stored.assignment();
        member.rebalanceTimeoutMs = stored.rebalanceTimeoutMs();
        member.sessionTimeoutMs = stored.sessionTimeoutMs();
        if (protocol == null) {
            return;
        }
        if (!member.supports(protocol) || !Arrays.equals(member.metadata(protocol), stored.subscription())) {
            updateProtocols(member, List.of(new ClassicProtocol(protocol, stored.subscription())));
        }
    }

    void awaitJoin(ClassicMember member, @Nullable Waiting waiting) {
        awaitingJoin += (waiting == null ? 0 : 1) - (member.awaitingJoin == null ? 0 : 1);
        member.awaitingJoin = waiting;
    }

    public int awaitingJoin() {
        return awaitingJoin;
    }

    boolean allJoined() {
        return members.size() == awaitingJoin && pendingJoin.isEmpty();
    }

    Set<String> pendingJoin() {
        return pendingJoin;
    }

    Set<String> pendingSync() {
        return pendingSync;
    }

    /** Makes a member that has joined the leader, where the leader has not; false where nobody has. */
    boolean electJoinedLeader() {
        ClassicMember current = leader == null ? null : members.get(leader);
        if (current == null || current.awaitingJoin != null) {
            return current != null;
        }
        for (ClassicMember member : members.values()) {
            if (member.awaitingJoin != null) {
                leader = member.memberId;
                return true;
            }
        }
        return false;
    }

    /** Whether at least one of these is a protocol that every member supports. */
    public boolean allSupportOneOf(List<ClassicProtocol> protocols) {
        return protocols.stream().anyMatch(p -> supporters.getOrDefault(p.name(), 0) == members.size());
    }

    /** The protocol that most members like best among those that all support; each votes for its first such. */
    public String selectProtocol() {
        Map<String, Long> votes = members.values().stream()
                .flatMap(m -> m.protocols.stream()
                        .map(ClassicProtocol::name)
                        .filter(name -> supporters.getOrDefault(name, 0) == members.size())
                        .limit(1))
                .collect(Collectors.groupingBy(name -> name, LinkedHashMap::new, Collectors.counting()));
        return votes.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .orElseThrow(() -> new IllegalStateException("members without a common protocol: " + supporters))
                .getKey();
    }

    int maxRebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(m -> m.rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    private void count(ClassicMember member, int by) {
        member.protocols.stream()
                .map(ClassicProtocol::name)
                .distinct()
                .forEach(name -> supporters.merge(name, by, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b)));
    }
}
