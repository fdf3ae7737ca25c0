package dev.weir.controller;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;

/**
 * The CreateTopics request for topics that nobody asked for by name: those that the broker keeps for itself, each with its
 * own shape, and those that are created when a client first uses them, with the broker's defaults. Immutable.
 */
public final class InternalTopics {
    private static final int USE_DEFAULT = -1;

    private final Map<String, Shape> shapes;

    /**
     * What an internal topic looks like.
     *
     * @param partitions how many
     * @param replicationFactor of each; -1 where the controller knows how many replicas internal topics have
     * @param configs its settings
     */
    public record Shape(int partitions, short replicationFactor, Map<String, String> configs) {
        public Shape {
            configs = Map.copyOf(configs);
        }
    }

    public InternalTopics(Map<String, Shape> shapes) {
        this.shapes = Map.copyOf(shapes);
    }

    /** The shape of {@code __consumer_offsets}. */
    public static Shape consumerOffsets(int partitions, int segmentBytes) {
        return new Shape(
                partitions,
                (short) USE_DEFAULT,
                Map.of(
                        "cleanup.policy", "compact",
                        "compression.type", "producer",
                        "segment.bytes", Integer.toString(segmentBytes)));
    }

    /** The shape of {@code __transaction_state}. */
    public static Shape transactionState(int partitions, int minInsyncReplicas, int segmentBytes) {
        return new Shape(
                partitions,
                (short) USE_DEFAULT,
                Map.of(
                        "cleanup.policy", "compact",
                        "compression.type", "uncompressed",
                        "min.insync.replicas", Integer.toString(minInsyncReplicas),
                        "unclean.leader.election.enable", "false",
                        "segment.bytes", Integer.toString(segmentBytes)));
    }

    /** Whether clients may not create or change this topic's records themselves. */
    public static boolean isInternal(String topic) {
        return Topic.isInternal(topic);
    }

    /** The request that creates these topics. */
    public CreateTopicsRequestData creationOf(Set<String> topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        topics.forEach(topic -> request.topics().add(creationOf(topic)));
        return request;
    }

    private CreatableTopic creationOf(String topic) {
        Shape shape = shapes.get(topic);
        if (shape == null) {
            return new CreatableTopic()
                    .setName(topic)
                    .setNumPartitions(USE_DEFAULT)
                    .setReplicationFactor((short) USE_DEFAULT);
        }
        CreatableTopic creatable = new CreatableTopic()
                .setName(topic)
                .setNumPartitions(shape.partitions())
                .setReplicationFactor(shape.replicationFactor());
        shape.configs().forEach((name, value) -> creatable
                .configs()
                .add(new CreatableTopicConfig().setName(name).setValue(value)));
        return creatable;
    }
}
