package dev.weir.group.record;

import dev.weir.group.record.GroupRecord.TopicPartitions;
import dev.weir.protocol.FieldWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the values of the consumer group protocol's records, all in version 0. */
final class ConsumerValueWriter {
    private static final short VERSION = 0;

    private ConsumerValueWriter() {}

    static byte[] epoch(GroupRecord.ConsumerGroupEpoch.Epoch value) {
        FieldWriter out = value(32).int32(value.epoch());
        return taggedLong(out, value.metadataHash()).toBytes();
    }

    static byte[] partitionMetadata() {
        return value(4).compactArray(List.of(), (w, i) -> {}).noTags().toBytes();
    }

    static byte[] targetEpoch(GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch value) {
        FieldWriter out = value(32).int32(value.assignmentEpoch());
        return taggedLong(out, value.assignmentTimestampMs()).toBytes();
    }

    static byte[] member(GroupRecord.ConsumerGroupMemberMetadata.Member value) {
        FieldWriter out = value(128)
                .compactNullableString(value.instanceId())
                .compactNullableString(value.rackId())
                .compactString(value.clientId())
                .compactString(value.clientHost())
                .compactArray(value.subscribedTopicNames(), FieldWriter::compactString)
                .compactNullableString(value.subscribedTopicRegex())
                .int32(value.rebalanceTimeoutMs())
                .compactNullableString(value.serverAssignor());
        GroupRecord.ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata classic = value.classic();
        return (classic == null ? out.noTags() : out.oneTag(0, classic(classic))).toBytes();
    }

    private static FieldWriter classic(GroupRecord.ConsumerGroupMemberMetadata.ClassicMemberMetadata classic) {
        return new FieldWriter(128)
                .int8(1)
                .int32(classic.sessionTimeoutMs())
                .compactArray(classic.supportedProtocols(), (w, p) -> w.compactString(p.name())
                        .compactBytes(p.metadata())
                        .noTags())
                .noTags();
    }

    static byte[] target(List<TopicPartitions> value) {
        return value(32)
                .compactArray(value, (w, t) -> w.uuid(t.topicId())
                        .compactInts(t.partitions())
                        .noTags())
                .noTags()
                .toBytes();
    }

    static byte[] current(GroupRecord.ConsumerGroupCurrentAssignment.Current value) {
        return value(64)
                .int32(value.memberEpoch())
                .int32(value.previousMemberEpoch())
                .int8(value.state())
                .compactArray(value.assigned(), ConsumerValueWriter::owned)
                .compactArray(value.pendingRevocation(), ConsumerValueWriter::owned)
                .noTags()
                .toBytes();
    }

    private static void owned(FieldWriter out, TopicPartitions topic) {
        out.uuid(topic.topicId()).compactInts(topic.partitions());
        List<Integer> epochs = topic.assignmentEpochs();
        if (epochs == null) {
            out.noTags();
        } else {
            out.oneTag(0, new FieldWriter(1 + 4 * epochs.size()).compactInts(epochs));
        }
    }

    static byte[] regex(GroupRecord.ConsumerGroupRegex.Resolved value) {
        return value(64)
                .compactArray(value.topics(), FieldWriter::compactString)
                .int64(value.version())
                .int64(value.timestampMs())
                .noTags()
                .toBytes();
    }

    private static FieldWriter value(int expectedSize) {
        return new FieldWriter(expectedSize).int16(VERSION);
    }

    private static FieldWriter taggedLong(FieldWriter out, long value) {
        return value == 0 ? out.noTags() : out.oneTag(0, new FieldWriter(8).int64(value));
    }
}
