package dev.weir.group.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GroupMetadataKey} and {@code GroupMetadataValue}, versions 0 to 4; version 3 is written. */
final class ClassicRecordCodec {
    private static final short NEWEST = 4;
    private static final short WRITTEN = 3;

    private ClassicRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord.ClassicGroupMetadata record) {
        byte[] key = new FieldWriter(4 + record.groupId().length())
                .int16(GroupRecordCodec.GROUP_METADATA)
                .string(record.groupId())
                .toBytes();
        ClassicGroupSnapshot value = record.value();
        return new CoordinatorRecord(key, value == null ? null : value(value));
    }

    private static byte[] value(ClassicGroupSnapshot value) {
        return new FieldWriter(64 + 256 * value.members().size())
                .int16(WRITTEN)
                .string(value.protocolType())
                .int32(value.generation())
                .nullableString(value.protocol())
                .nullableString(value.leader())
                .int64(value.currentStateTimestampMs())
                .array(value.members(), ClassicRecordCodec::member)
                .toBytes();
    }

    private static void member(FieldWriter out, ClassicGroupSnapshot.Member member) {
        out.string(member.memberId())
                .nullableString(member.groupInstanceId())
                .string(member.clientId())
                .string(member.clientHost())
                .int32(member.rebalanceTimeoutMs())
                .int32(member.sessionTimeoutMs())
                .bytes(member.subscription())
                .bytes(member.assignment());
    }

    static GroupRecord decode(FieldReader key, @Nullable FieldReader value) {
        return new GroupRecord.ClassicGroupMetadata(key.string(), value == null ? null : snapshot(value));
    }

    private static ClassicGroupSnapshot snapshot(FieldReader in) {
        short version = GroupRecordCodec.version(in, NEWEST, "GroupMetadataValue");
        boolean compact = version >= 4;
        String protocolType = compact ? in.compactString() : in.string();
        int generation = in.int32();
        String protocol = compact ? in.compactNullableString() : in.nullableString();
        String leader = compact ? in.compactNullableString() : in.nullableString();
        long stateTimestampMs = version >= 2 ? in.int64() : -1;
        List<ClassicGroupSnapshot.Member> members =
                compact ? in.compactArray(r -> member(r, version)) : in.array(r -> member(r, version));
        return new ClassicGroupSnapshot(protocolType, generation, protocol, leader, stateTimestampMs, members);
    }

    private static ClassicGroupSnapshot.Member member(FieldReader in, short version) {
        boolean compact = version >= 4;
        String memberId = compact ? in.compactString() : in.string();
        String instanceId = compact ? in.compactNullableString() : version >= 3 ? in.nullableString() : null;
        String clientId = compact ? in.compactString() : in.string();
        String clientHost = compact ? in.compactString() : in.string();
        int rebalanceTimeoutMs = version >= 1 ? in.int32() : -1;
        int sessionTimeoutMs = in.int32();
        byte[] subscription = compact ? in.compactBytes() : in.bytes();
        byte[] assignment = compact ? in.compactBytes() : in.bytes();
        if (compact) {
            in.skipTags();
        }
        return new ClassicGroupSnapshot.Member(
                memberId,
                instanceId,
                clientId,
                clientHost,
                version >= 1 ? rebalanceTimeoutMs : sessionTimeoutMs,
                sessionTimeoutMs,
                subscription,
                assignment);
    }
}
