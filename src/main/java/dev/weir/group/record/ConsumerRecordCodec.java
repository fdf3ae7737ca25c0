package dev.weir.group.record;

import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupEpoch;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupPartitionMetadata;
import dev.weir.group.record.GroupRecord.ConsumerGroupRegex;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetAssignment;
import dev.weir.group.record.GroupRecord.ConsumerGroupTargetEpoch;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupPartitionMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupPartitionMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataKey;
import org.jspecify.annotations.Nullable;

/** The keys and values of the consumer group protocol (KIP-848): which schema belongs to which record. */
final class ConsumerRecordCodec {
    /** The one version that these values have. */
    private static final short VERSION = 0;

    private ConsumerRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord record) {
        if (record instanceof ConsumerGroupEpoch r) {
            return record(
                    new ConsumerGroupMetadataKey().setGroupId(r.groupId()),
                    r.value() == null ? null : ConsumerValueWriter.epoch(r.value()));
        }
        if (record instanceof ConsumerGroupPartitionMetadata r) {
            return record(
                    new ConsumerGroupPartitionMetadataKey().setGroupId(r.groupId()),
                    r.present() ? new ConsumerGroupPartitionMetadataValue() : null);
        }
        if (record instanceof ConsumerGroupMemberMetadata r) {
            return record(
                    new ConsumerGroupMemberMetadataKey().setGroupId(r.groupId()).setMemberId(r.memberId()),
                    r.value() == null ? null : ConsumerValueWriter.member(r.value()));
        }
        if (record instanceof ConsumerGroupTargetEpoch r) {
            return record(
                    new ConsumerGroupTargetAssignmentMetadataKey().setGroupId(r.groupId()),
                    r.value() == null ? null : ConsumerValueWriter.targetEpoch(r.value()));
        }
        if (record instanceof ConsumerGroupTargetAssignment r) {
            return record(
                    new ConsumerGroupTargetAssignmentMemberKey()
                            .setGroupId(r.groupId())
                            .setMemberId(r.memberId()),
                    r.value() == null ? null : ConsumerValueWriter.target(r.value()));
        }
        if (record instanceof ConsumerGroupCurrentAssignment r) {
            return record(
                    new ConsumerGroupCurrentMemberAssignmentKey()
                            .setGroupId(r.groupId())
                            .setMemberId(r.memberId()),
                    r.value() == null ? null : ConsumerValueWriter.current(r.value()));
        }
        if (record instanceof ConsumerGroupRegex r) {
            return record(
                    new ConsumerGroupRegularExpressionKey()
                            .setGroupId(r.groupId())
                            .setRegularExpression(r.regex()),
                    r.value() == null ? null : ConsumerValueWriter.regex(r.value()));
        }
        throw new IllegalArgumentException("cannot be written: " + record);
    }

    static GroupRecord decode(short type, ByteBufferAccessor in, @Nullable ByteBufferAccessor value) {
        if (value != null) {
            GroupRecordCodec.version(value, VERSION, "the value of a record of type " + type);
        }
        return switch (type) {
            case GroupRecordCodec.CONSUMER_GROUP_METADATA -> {
                var key = new ConsumerGroupMetadataKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupEpoch(
                        key.groupId(), value == null ? null : ConsumerValueReader.epoch(value, VERSION));
            }
            case GroupRecordCodec.CONSUMER_GROUP_PARTITION_METADATA -> {
                var key = new ConsumerGroupPartitionMetadataKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupPartitionMetadata(key.groupId(), value != null);
            }
            case GroupRecordCodec.CONSUMER_GROUP_MEMBER_METADATA -> {
                var key = new ConsumerGroupMemberMetadataKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupMemberMetadata(
                        key.groupId(),
                        key.memberId(),
                        value == null ? null : ConsumerValueReader.member(value, VERSION));
            }
            case GroupRecordCodec.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA -> {
                var key = new ConsumerGroupTargetAssignmentMetadataKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupTargetEpoch(
                        key.groupId(), value == null ? null : ConsumerValueReader.targetEpoch(value, VERSION));
            }
            case GroupRecordCodec.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER -> {
                var key = new ConsumerGroupTargetAssignmentMemberKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupTargetAssignment(
                        key.groupId(),
                        key.memberId(),
                        value == null ? null : ConsumerValueReader.target(value, VERSION));
            }
            case GroupRecordCodec.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT -> {
                var key = new ConsumerGroupCurrentMemberAssignmentKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupCurrentAssignment(
                        key.groupId(),
                        key.memberId(),
                        value == null ? null : ConsumerValueReader.current(value, VERSION));
            }
            case GroupRecordCodec.CONSUMER_GROUP_REGULAR_EXPRESSION -> {
                var key = new ConsumerGroupRegularExpressionKey(in, GroupRecordCodec.KEY_VERSION);
                yield new ConsumerGroupRegex(
                        key.groupId(),
                        key.regularExpression(),
                        value == null ? null : ConsumerValueReader.regex(value, VERSION));
            }
            default -> throw new IllegalArgumentException("not a consumer group record: " + type);
        };
    }

    private static CoordinatorRecord record(ApiMessage key, @Nullable ApiMessage value) {
        return GroupRecordCodec.record(key, value, VERSION);
    }
}
