package dev.weir.group.record;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code __consumer_offsets} with its fields typed. A null value is a tombstone. {@link GroupRecordCodec} turns
 * it into a {@link CoordinatorRecord} and back.
 */
public sealed interface GroupRecord {

    /** The group that the record belongs to. */
    String groupId();

    /** An offset committed for one partition. */
    record OffsetCommit(
            String groupId,
            String topic,
            int partition,
            @Nullable CommittedOffset value) implements GroupRecord {}

    /** The generation of a classic group, with its members and their assignments. */
    record ClassicGroupMetadata(String groupId, @Nullable ClassicGroupSnapshot value) implements GroupRecord {}

    /** The epoch of a consumer group and the hash of the metadata of its topics. */
    record ConsumerGroupEpoch(String groupId, @Nullable Epoch value) implements GroupRecord {
        public record Epoch(int epoch, long metadataHash) {}
    }

    /** Written by older brokers only; read, and removed by a tombstone. */
    record ConsumerGroupPartitionMetadata(String groupId, boolean present) implements GroupRecord {}

    /** What a member of a consumer group says of itself. */
    record ConsumerGroupMemberMetadata(
            String groupId, String memberId, @Nullable Member value) implements GroupRecord {
        /**
         * @param rebalanceTimeoutMs -1 where the member gave none
         * @param classic what a member that speaks the classic protocol said when it joined; null for others
         */
        public record Member(
                @Nullable String instanceId,
                @Nullable String rackId,
                String clientId,
                String clientHost,
                List<String> subscribedTopicNames,
                @Nullable String subscribedTopicRegex,
                int rebalanceTimeoutMs,
                @Nullable String serverAssignor,
                @Nullable ClassicMemberMetadata classic) {}

        public record ClassicMemberMetadata(int sessionTimeoutMs, List<ClassicProtocol> supportedProtocols) {}
    }

    /** The epoch of a consumer group's target assignment. */
    record ConsumerGroupTargetEpoch(
            String groupId, @Nullable TargetEpoch value) implements GroupRecord {
        /** @param assignmentTimestampMs when it was computed, milliseconds since 1970; 0 where unknown */
        public record TargetEpoch(int assignmentEpoch, long assignmentTimestampMs) {}
    }

    /** What a member of a consumer group is to own in the end; null is a tombstone, an empty list owns nothing. */
    record ConsumerGroupTargetAssignment(
            String groupId, String memberId, @Nullable List<TopicPartitions> value) implements GroupRecord {}

    /** What a member of a consumer group owns now. */
    record ConsumerGroupCurrentAssignment(
            String groupId, String memberId, @Nullable Current value) implements GroupRecord {
        public record Current(
                int memberEpoch,
                int previousMemberEpoch,
                byte state,
                List<TopicPartitions> assigned,
                List<TopicPartitions> pendingRevocation) {}
    }

    /** The topics that a regular expression stood for. */
    record ConsumerGroupRegex(
            String groupId, String regex, @Nullable Resolved value) implements GroupRecord {
        /**
         * @param version of the metadata that it was resolved against
         * @param timestampMs when it was resolved, milliseconds since 1970
         */
        public record Resolved(List<String> topics, long version, long timestampMs) {}
    }

    /** A record type that this version does not know (share and streams groups): skipped on replay. */
    record Unknown(String groupId, short type) implements GroupRecord {}

    /** A protocol that a classic member supports, most wanted first where in a list. */
    record ClassicProtocol(String name, byte[] metadata) {}

    /**
     * Partitions of one topic.
     *
     * @param assignmentEpochs the member epoch at which each partition was assigned, in the order of {@code partitions};
     *     null where not kept (always so in a target assignment)
     */
    record TopicPartitions(
            Uuid topicId,
            List<Integer> partitions,
            @Nullable List<Integer> assignmentEpochs) {
        public TopicPartitions(Uuid topicId, List<Integer> partitions) {
            this(topicId, partitions, null);
        }
    }
}
