package dev.weir.group.record;

import dev.weir.group.record.GroupRecord.ClassicProtocol;
import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.TopicPartitions;
import java.util.List;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataValue;
import org.jspecify.annotations.Nullable;

/** Reads the values of the consumer group protocol's records, after their version, by Kafka's generated classes. */
final class ConsumerValueReader {
    private ConsumerValueReader() {}

    static GroupRecord.ConsumerGroupEpoch.Epoch epoch(Readable in, short version) {
        var value = new ConsumerGroupMetadataValue(in, version);
        return new GroupRecord.ConsumerGroupEpoch.Epoch(value.epoch(), value.metadataHash());
    }

    static GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch targetEpoch(Readable in, short version) {
        var value = new ConsumerGroupTargetAssignmentMetadataValue(in, version);
        return new GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch(
                value.assignmentEpoch(), value.assignmentTimestamp());
    }

    static ConsumerGroupMemberMetadata.Member member(Readable in, short version) {
        var value = new ConsumerGroupMemberMetadataValue(in, version);
        return new ConsumerGroupMemberMetadata.Member(
                value.instanceId(),
                value.rackId(),
                value.clientId(),
                value.clientHost(),
                List.copyOf(value.subscribedTopicNames()),
                value.subscribedTopicRegex(),
                value.rebalanceTimeoutMs(),
                value.serverAssignor(),
                classic(value.classicMemberMetadata()));
    }

    private static ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata classic(
            ConsumerGroupMemberMetadataValue.@Nullable ClassicMemberMetadata classic) {
        if (classic == null) {
            return null;
        }
        List<ClassicProtocol> protocols = classic.supportedProtocols().stream()
                .map(protocol -> new ClassicProtocol(protocol.name(), protocol.metadata()))
                .toList();
        return new ConsumerGroupMemberMetadata.ClassicMemberMetadata(classic.sessionTimeoutMs(), protocols);
    }

    static List<TopicPartitions> target(Readable in, short version) {
        var value = new ConsumerGroupTargetAssignmentMemberValue(in, version);
        return value.topicPartitions().stream()
                .map(topic -> new TopicPartitions(topic.topicId(), List.copyOf(topic.partitions())))
                .toList();
    }

    static GroupRecord.ConsumerGroupCurrentAssignment.Current current(Readable in, short version) {
        var value = new ConsumerGroupCurrentMemberAssignmentValue(in, version);
        return new GroupRecord.ConsumerGroupCurrentAssignment.Current(
                value.memberEpoch(),
                value.previousMemberEpoch(),
                value.state(),
                owned(value.assignedPartitions()),
                owned(value.partitionsPendingRevocation()));
    }

    private static List<TopicPartitions> owned(List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics) {
        return topics.stream()
                .map(topic -> new TopicPartitions(
                        topic.topicId(), List.copyOf(topic.partitions()), epochs(topic.assignmentEpochs())))
                .toList();
    }

    private static @Nullable List<Integer> epochs(@Nullable List<Integer> epochs) {
        return epochs == null ? null : List.copyOf(epochs);
    }

    static GroupRecord.ConsumerGroupRegex.Resolved regex(Readable in, short version) {
        var value = new ConsumerGroupRegularExpressionValue(in, version);
        return new GroupRecord.ConsumerGroupRegex.Resolved(
                List.copyOf(value.topics()), value.version(), value.timestamp());
    }
}
