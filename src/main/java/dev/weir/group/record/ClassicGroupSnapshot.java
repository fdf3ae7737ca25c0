package dev.weir.group.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable part of a classic group: its generation as the leader assigned it.
 *
 * @param protocolType for example {@code consumer}; empty for a group that only commits offsets
 * @param generation -1 before the first, 0 for a group that only commits offsets
 * @param protocol the assignor that was chosen; null where there are no members
 * @param leader the member id of the leader; null where there are no members, or where they have come from a consumer group
 *     and no leader has assigned anything yet
 * @param currentStateTimestampMs when the group came into its state, or -1
 */
public record ClassicGroupSnapshot(
        String protocolType,
        int generation,
        @Nullable String protocol,
        @Nullable String leader,
        long currentStateTimestampMs,
        List<Member> members) {

    /** A member with the metadata of the chosen protocol and what the leader assigned to it. */
    public record Member(
            String memberId,
            @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            byte[] subscription,
            byte[] assignment) {}
}
