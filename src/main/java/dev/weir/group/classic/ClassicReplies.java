package dev.weir.group.classic;

import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What classic members are told of their group. */
public final class ClassicReplies {
    /** From this version on the protocol's name may be null in a response. */
    private static final short NULLABLE_PROTOCOL = 7;

    private ClassicReplies() {}

    /** The current generation; only the leader is told who the members are. */
    static JoinGroupResponseData joined(ClassicGroup group, ClassicMember member, short apiVersion) {
        boolean leader = group.members.isLeader(member.memberId);
        return joined(group, member.memberId, leader ? members(group) : List.of(), group.members.leader(), apiVersion);
    }

    static JoinGroupResponseData joined(
            ClassicGroup group,
            String memberId,
            List<JoinGroupResponseMember> members,
            @Nullable String leader,
            short apiVersion) {
        return new JoinGroupResponseData()
                .setMembers(members)
                .setMemberId(memberId)
                .setGenerationId(group.generation())
                .setProtocolName(protocolName(group.protocolName(), apiVersion))
                .setProtocolType(group.protocolType())
                .setLeader(leader == null ? "" : leader);
    }

    /** To a classic member of a consumer group, which leads nobody: its epoch is its generation, its first protocol is used. */
    public static JoinGroupResponseData joinedConsumerGroup(
            String memberId, int epoch, String protocol, short apiVersion) {
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(epoch)
                .setProtocolType(apiVersion < NULLABLE_PROTOCOL ? null : ClassicGroup.CONSUMER)
                .setProtocolName(protocol);
    }

    public static JoinGroupResponseData joinRefused(String memberId, Errors error, short apiVersion) {
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(-1)
                .setProtocolName(protocolName(null, apiVersion))
                .setErrorCode(error.code());
    }

    static List<JoinGroupResponseMember> members(ClassicGroup group) {
        return group.members.all().stream()
                .map(m -> new JoinGroupResponseMember()
                        .setMemberId(m.memberId)
                        .setGroupInstanceId(m.instanceId)
                        .setMetadata(m.metadata(group.protocolName())))
                .toList();
    }

    static SyncGroupResponseData synced(ClassicGroup group, ClassicMember member, Errors error) {
        return error == Errors.NONE
                ? new SyncGroupResponseData()
                        .setProtocolType(group.protocolType())
                        .setProtocolName(group.protocolName())
                        .setAssignment(member.assignment)
                : syncRefused(error);
    }

    public static SyncGroupResponseData syncRefused(Errors error) {
        return new SyncGroupResponseData().setErrorCode(error.code());
    }

    private static @Nullable String protocolName(@Nullable String name, short apiVersion) {
        return name == null && apiVersion < NULLABLE_PROTOCOL ? "" : name;
    }
}
