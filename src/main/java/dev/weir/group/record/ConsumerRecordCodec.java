package dev.weir.group.record;

import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupPartitionMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import org.jspecify.annotations.Nullable;

/** The keys and values of the consumer group protocol (KIP-848): which schema belongs to which record. */
final class ConsumerRecordCodec {
    private ConsumerRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord record) {
        if (record instanceof ConsumerGroupEpoch r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_METADATA, r),
                    r.value() == null ? null : ConsumerValueWriter.epoch(r.value()));
        }
        if (record instanceof ConsumerGroupPartitionMetadata r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_PARTITION_METADATA, r),
                    r.present() ? ConsumerValueWriter.partitionMetadata() : null);
        }
        if (record instanceof ConsumerGroupMemberMetadata r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_MEMBER_METADATA, r).string(r.memberId()),
                    r.value() == null ? null : ConsumerValueWriter.member(r.value()));
        }
        if (record instanceof ConsumerGroupTargetEpoch r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA, r),
                    r.value() == null ? null : ConsumerValueWriter.targetEpoch(r.value()));
        }
        if (record instanceof ConsumerGroupTargetAssignment r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER, r)
                            .string(r.memberId()),
                    r.value() == null ? null : ConsumerValueWriter.target(r.value()));
        }
        if (record instanceof ConsumerGroupCurrentAssignment r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT, r)
                            .string(r.memberId()),
                    r.value() == null ? null : ConsumerValueWriter.current(r.value()));
        }
        if (record instanceof ConsumerGroupRegex r) {
            return record(
                    key(GroupRecordCodec.CONSUMER_GROUP_REGULAR_EXPRESSION, r).string(r.regex()),
                    r.value() == null ? null : ConsumerValueWriter.regex(r.value()));
        }
        throw new IllegalArgumentException("cannot be written: " + record);
    }

    static GroupRecord decode(short type, FieldReader key, @Nullable FieldReader value) {
        String groupId = key.string();
        if (value != null) {
            GroupRecordCodec.version(value, 0, "the value of a record of type " + type);
        }
        return switch (type) {
            case GroupRecordCodec.CONSUMER_GROUP_METADATA ->
                new ConsumerGroupEpoch(groupId, value == null ? null : ConsumerValueReader.epoch(value));
            case GroupRecordCodec.CONSUMER_GROUP_PARTITION_METADATA ->
                new ConsumerGroupPartitionMetadata(groupId, value != null);
            case GroupRecordCodec.CONSUMER_GROUP_MEMBER_METADATA ->
                new ConsumerGroupMemberMetadata(
                        groupId, key.string(), value == null ? null : ConsumerValueReader.member(value));
            case GroupRecordCodec.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA ->
                new ConsumerGroupTargetEpoch(groupId, value == null ? null : ConsumerValueReader.targetEpoch(value));
            case GroupRecordCodec.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER ->
                new ConsumerGroupTargetAssignment(
                        groupId, key.string(), value == null ? null : ConsumerValueReader.target(value));
            case GroupRecordCodec.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT ->
                new ConsumerGroupCurrentAssignment(
                        groupId, key.string(), value == null ? null : ConsumerValueReader.current(value));
            case GroupRecordCodec.CONSUMER_GROUP_REGULAR_EXPRESSION ->
                new ConsumerGroupRegex(groupId, key.string(), value == null ? null : ConsumerValueReader.regex(value));
            default -> throw new IllegalArgumentException("not a consumer group record: " + type);
        };
    }

    private static FieldWriter key(short type, GroupRecord record) {
        return new FieldWriter(64).int16(type).string(record.groupId());
    }

    private static CoordinatorRecord record(FieldWriter key, byte @Nullable [] value) {
        return new CoordinatorRecord(key.toBytes(), value);
    }
}
