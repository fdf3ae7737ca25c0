package dev.weir.group.classic;

import dev.weir.group.core.GroupCall;
import dev.weir.group.record.ClassicGroupSnapshot;
import dev.weir.group.record.GroupRecord.ClassicProtocol;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member of a classic group. Owned by {@link ClassicMembers}, which keeps its counters right when a request waits. */
public final class ClassicMember {
    private static final byte[] NOTHING = {};

    /** A request whose answer is owed. */
    public record Waiting(long requestId, short apiVersion) {
        static Waiting of(GroupCall call) {
            return new Waiting(call.requestId(), call.apiVersion());
        }
    }

    public final String memberId;
    public final @Nullable String instanceId;
    public final String clientId;
    public final String clientHost;
    public int rebalanceTimeoutMs;
    public int sessionTimeoutMs;
    public List<ClassicProtocol> protocols;
    public byte[] assignment = NOTHING;

    /** Set until the first join is answered: a member that does not know its id cannot send heartbeats. */
    boolean isNew;

    @Nullable
    public Waiting awaitingJoin;

    @Nullable
    public Waiting awaitingSync;

    public ClassicMember(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            List<ClassicProtocol> protocols) {
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocols = protocols;
    }

    static ClassicMember of(ClassicGroupSnapshot.Member stored, @Nullable String protocol) {
        ClassicMember member = new ClassicMember(
                stored.memberId(),
                stored.groupInstanceId(),
                stored.clientId(),
                stored.clientHost(),
                stored.rebalanceTimeoutMs(),
                stored.sessionTimeoutMs(),
                List.of(new ClassicProtocol(protocol == null ? "" : protocol, stored.subscription())));
        member.assignment = stored.assignment();
        return member;
    }

    /** A waiting request keeps the session; a newcomer's does not, or dead newcomers would pile up. */
    boolean keepsSessionByWaiting() {
        return !isNew && (awaitingJoin != null || awaitingSync != null);
    }

    public boolean supports(String protocol) {
        return protocols.stream().anyMatch(p -> p.name().equals(protocol));
    }

    /** What the member said along with this protocol; empty where it does not support it. */
    public byte[] metadata(@Nullable String protocol) {
        return protocols.stream()
                .filter(p -> p.name().equals(protocol))
                .findFirst()
                .map(ClassicProtocol::metadata)
                .orElse(NOTHING);
    }

    boolean hasSameProtocols(List<ClassicProtocol> others) {
        if (protocols.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            if (!protocols.get(i).name().equals(others.get(i).name())
                    || !Arrays.equals(protocols.get(i).metadata(), others.get(i).metadata())) {
                return false;
            }
        }
        return true;
    }
}
