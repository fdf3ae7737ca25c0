package dev.weir.group.record;

import dev.weir.group.record.GroupRecord.ConsumerGroupMemberMetadata;
import dev.weir.group.record.GroupRecord.TopicPartitions;
import java.util.List;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataValue;
import org.jspecify.annotations.Nullable;

/** The values of the consumer group protocol's records as Kafka's generated classes, which write them. */
final class ConsumerValueWriter {
    private ConsumerValueWriter() {}

    static ConsumerGroupMetadataValue epoch(GroupRecord.ConsumerGroupEpoch.Epoch value) {
        return new ConsumerGroupMetadataValue().setEpoch(value.epoch()).setMetadataHash(value.metadataHash());
    }

    static ConsumerGroupTargetAssignmentMetadataValue targetEpoch(
            GroupRecord.ConsumerGroupTargetEpoch.TargetEpoch value) {
        return new ConsumerGroupTargetAssignmentMetadataValue()
                .setAssignmentEpoch(value.assignmentEpoch())
                .setAssignmentTimestamp(value.assignmentTimestampMs());
    }

    static ConsumerGroupMemberMetadataValue member(ConsumerGroupMemberMetadata.Member value) {
        return new ConsumerGroupMemberMetadataValue()
                .setInstanceId(value.instanceId())
                .setRackId(value.rackId())
                .setClientId(value.clientId())
                .setClientHost(value.clientHost())
                .setSubscribedTopicNames(value.subscribedTopicNames())
                .setSubscribedTopicRegex(value.subscribedTopicRegex())
                .setRebalanceTimeoutMs(value.rebalanceTimeoutMs())
                .setServerAssignor(value.serverAssignor())
                .setClassicMemberMetadata(classic(value.classic()));
    }

    private static ConsumerGroupMemberMetadataValue.@Nullable ClassicMemberMetadata classic(
            ConsumerGroupMemberMetadata.@Nullable ClassicMemberMetadata classic) {
        if (classic == null) {
            return null;
        }
        return new ConsumerGroupMemberMetadataValue.ClassicMemberMetadata()
                .setSessionTimeoutMs(classic.sessionTimeoutMs())
                .setSupportedProtocols(classic.supportedProtocols().stream()
                        .map(protocol -> new ConsumerGroupMemberMetadataValue.ClassicProtocol()
                                .setName(protocol.name())
                                .setMetadata(protocol.metadata()))
                        .toList());
    }

    static ConsumerGroupTargetAssignmentMemberValue target(List<TopicPartitions> value) {
        return new ConsumerGroupTargetAssignmentMemberValue()
                .setTopicPartitions(value.stream()
                        .map(topic -> new ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                                .setTopicId(topic.topicId())
                                .setPartitions(topic.partitions()))
                        .toList());
    }

    static ConsumerGroupCurrentMemberAssignmentValue current(GroupRecord.ConsumerGroupCurrentAssignment.Current value) {
        return new ConsumerGroupCurrentMemberAssignmentValue()
                .setMemberEpoch(value.memberEpoch())
                .setPreviousMemberEpoch(value.previousMemberEpoch())
                .setState(value.state())
                .setAssignedPartitions(owned(value.assigned()))
                .setPartitionsPendingRevocation(owned(value.pendingRevocation()));
    }

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> owned(List<TopicPartitions> topics) {
        return topics.stream()
                .map(topic -> new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                        .setTopicId(topic.topicId())
                        .setPartitions(topic.partitions())
                        .setAssignmentEpochs(topic.assignmentEpochs()))
                .toList();
    }

    static ConsumerGroupRegularExpressionValue regex(GroupRecord.ConsumerGroupRegex.Resolved value) {
        return new ConsumerGroupRegularExpressionValue()
                .setTopics(value.topics())
                .setVersion(value.version())
                .setTimestamp(value.timestampMs());
    }
}
