package dev.weir.group.record;

import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.jspecify.annotations.Nullable;

/** {@code GroupMetadataKey} and {@code GroupMetadataValue}, versions 0 to 4; version 3 is written. */
final class ClassicRecordCodec {
    private static final short NEWEST = 4;
    private static final short WRITTEN = 3;

    private ClassicRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord.ClassicGroupMetadata record) {
        GroupMetadataKey key = new GroupMetadataKey().setGroup(record.groupId());
        ClassicGroupSnapshot value = record.value();
        return GroupRecordCodec.record(key, value == null ? null : toGenerated(value), WRITTEN);
    }

    private static GroupMetadataValue toGenerated(ClassicGroupSnapshot value) {
        return new GroupMetadataValue()
                .setProtocolType(value.protocolType())
                .setGeneration(value.generation())
                .setProtocol(value.protocol())
                .setLeader(value.leader())
                .setCurrentStateTimestamp(value.currentStateTimestampMs())
                .setMembers(value.members().stream()
                        .map(ClassicRecordCodec::toGenerated)
                        .toList());
    }

    private static MemberMetadata toGenerated(ClassicGroupSnapshot.Member member) {
        return new MemberMetadata()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.groupInstanceId())
                .setClientId(member.clientId())
                .setClientHost(member.clientHost())
                .setRebalanceTimeout(member.rebalanceTimeoutMs())
                .setSessionTimeout(member.sessionTimeoutMs())
                .setSubscription(member.subscription())
                .setAssignment(member.assignment());
    }

    static GroupRecord decode(ByteBufferAccessor in, @Nullable ByteBufferAccessor value) {
        GroupMetadataKey key = new GroupMetadataKey(in, GroupRecordCodec.KEY_VERSION);
        return new GroupRecord.ClassicGroupMetadata(key.group(), value == null ? null : snapshot(value));
    }

    private static ClassicGroupSnapshot snapshot(ByteBufferAccessor in) {
        short version = GroupRecordCodec.version(in, NEWEST, "GroupMetadataValue");
        GroupMetadataValue value = new GroupMetadataValue(in, version);
        List<ClassicGroupSnapshot.Member> members =
                value.members().stream().map(member -> of(member, version)).toList();
        return new ClassicGroupSnapshot(
                value.protocolType(),
                value.generation(),
                value.protocol(),
                value.leader(),
                value.currentStateTimestamp(),
                members);
    }

    private static ClassicGroupSnapshot.Member of(MemberMetadata member, short version) {
        return new ClassicGroupSnapshot.Member(
                member.memberId(),
                member.groupInstanceId(),
                member.clientId(),
                member.clientHost(),
                // before version 1 the session timeout stood for both
                version >= 1 ? member.rebalanceTimeout() : member.sessionTimeout(),
                member.sessionTimeout(),
                member.subscription(),
                member.assignment());
    }
}
