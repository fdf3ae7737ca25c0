package dev.weir.group.record;

import dev.weir.group.record.GroupRecord.ClassicProtocol;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.TopicPartitions;
import dev.weir.protocol.FieldReader;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Reads the values of the consumer group protocol's records, after their version. */
final class ConsumerValueReader {
    private ConsumerValueReader() {}

    static GroupRecord.ConsumerGroupEpoch.Epoch epoch(FieldReader in) {
        return new GroupRecord.ConsumerGroupEpoch.Epoch(in.int32(), taggedLong(in));
    }

    static GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch targetEpoch(FieldReader in) {
        return new GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch(in.int32(), taggedLong(in));
    }

    static ConsumerGroupMemberMetadata.Member member(FieldReader in) {
        return new ConsumerGroupMemberMetadata.Member(
                in.compactNullableString(),
                in.compactNullableString(),
                in.compactString(),
                in.compactString(),
                in.compactArray(FieldReader::compactString),
                in.compactNullableString(),
                in.int32(),
                in.compactNullableString(),
                in.tag(0, ConsumerValueReader::classic));
    }

    private static ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata classic(FieldReader in) {
        if (in.int8() < 0) {
            return null;
        }
        int sessionTimeoutMs = in.int32();
        List<ClassicProtocol> protocols = in.compactArray(r -> {
            ClassicProtocol protocol = new ClassicProtocol(r.compactString(), r.compactBytes());
            r.skipTags();
            return protocol;
        });
        in.skipTags();
        return new ConsumerGroupMemberMetadata.ClassicMemberMetadata(sessionTimeoutMs, protocols);
    }

    static List<TopicPartitions> target(FieldReader in) {
        List<TopicPartitions> topics = in.compactArray(r -> {
            TopicPartitions topic = new TopicPartitions(r.uuid(), r.compactInts());
            r.skipTags();
            return topic;
        });
        in.skipTags();
        return topics;
    }

    static GroupRecord.ConsumerGroupCurrentAssignment.Current current(FieldReader in) {
        var current = new GroupRecord.ConsumerGroupCurrentAssignment.Current(
                in.int32(),
                in.int32(),
                in.int8(),
                in.compactArray(ConsumerValueReader::owned),
                in.compactArray(ConsumerValueReader::owned));
        in.skipTags();
        return current;
    }

    private static TopicPartitions owned(FieldReader in) {
        Uuid topicId = in.uuid();
        List<Integer> partitions = in.compactInts();
        return new TopicPartitions(topicId, partitions, in.tag(0, FieldReader::compactNullableInts));
    }

    static GroupRecord.ConsumerGroupRegex.Resolved regex(FieldReader in) {
        var resolved = new GroupRecord.ConsumerGroupRegex.Resolved(
                in.compactArray(FieldReader::compactString), in.int64(), in.int64());
        in.skipTags();
        return resolved;
    }

    private static long taggedLong(FieldReader in) {
        Long value = in.tag(0, FieldReader::int64);
        return value == null ? 0 : value;
    }
}
