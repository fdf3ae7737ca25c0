package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord.ClassicProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.utils.Utils;

/** What classic consumers write into the opaque bytes of JoinGroup and read out of those of SyncGroup. */
final class EmbeddedProtocol {
    private EmbeddedProtocol() {}

    /** Empty where the bytes are not what a consumer writes. */
    static Optional<ConsumerProtocolSubscription> subscription(byte[] metadata) {
        try {
            return Optional.of(ConsumerProtocol.deserializeConsumerProtocolSubscription(ByteBuffer.wrap(metadata)));
        } catch (RuntimeException foreign) {
            // any client may send any bytes here, and the parser has no common type for what it throws at them
            return Optional.empty();
        }
    }

    /** Empty where the bytes are not what a consumer reads; no bytes are an assignment of nothing. */
    static Optional<ConsumerProtocolAssignment> assignment(byte[] bytes) {
        if (bytes.length == 0) {
            return Optional.of(new ConsumerProtocolAssignment());
        }
        try {
            return Optional.of(ConsumerProtocol.deserializeConsumerProtocolAssignment(ByteBuffer.wrap(bytes)));
        } catch (RuntimeException foreign) {
            return Optional.empty();
        }
    }

    /** Topics that do not exist are left out. */
    static Assignment byId(ConsumerProtocolAssignment assignment, TopicView topics) {
        Assignment.Builder builder = new Assignment.Builder();
        for (ConsumerProtocolAssignment.TopicPartition partitions : assignment.assignedPartitions()) {
            TopicView.Topic topic = topics.byName(partitions.topic());
            if (topic != null) {
                partitions.partitions().forEach(p -> builder.add(topic.id(), p));
            }
        }
        return builder.build();
    }

    /** What the member says it owns, as a heartbeat would say it. */
    static List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned(
            ConsumerProtocolSubscription subscription, TopicView topics) {
        List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned = new ArrayList<>();
        for (ConsumerProtocolSubscription.TopicPartition partitions : subscription.ownedPartitions()) {
            TopicView.Topic topic = topics.byName(partitions.topic());
            if (topic != null) {
                owned.add(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                        .setTopicId(topic.id())
                        .setPartitions(partitions.partitions()));
            }
        }
        return owned;
    }

    /**
     * The bytes of an assignment, in the version that the member's own bytes have.
     *
     * @param assigned feeds the partitions; topics that do not exist are left out
     */
    static byte[] assignment(Source assigned, List<ClassicProtocol> protocols, TopicView topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        assigned.forEach((topicId, partition) -> {
            TopicView.Topic topic = topics.byId(topicId);
            if (topic != null) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        });
        short version = version(protocols);
        return Utils.toArray(
                ConsumerProtocol.serializeAssignment(new ConsumerPartitionAssignor.Assignment(partitions), version));
    }

    private static short version(List<ClassicProtocol> protocols) {
        byte[] metadata = protocols.isEmpty() ? new byte[0] : protocols.get(0).metadata();
        return metadata.length < Short.BYTES ? 0 : ConsumerProtocol.deserializeVersion(ByteBuffer.wrap(metadata));
    }

    /** Feeds partitions to a visitor. */
    interface Source {
        void forEach(Assignment.Visitor visitor);
    }
}
