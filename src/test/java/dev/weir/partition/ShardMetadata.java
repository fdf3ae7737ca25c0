package dev.weir.partition;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/** The metadata that the tests of a shard need: images, and the records that make them. */
final class ShardMetadata {
    private ShardMetadata() {}

    /** An image of one topic with these replicas, whose brokers are registered. */
    static ClusterImage image(Integer... replicas) {
        ClusterImage image = ClusterImage.empty("cluster");
        for (int broker : replicas) {
            image = image.apply(registration(broker, brokerEpoch(broker)));
        }
        for (MetadataRecord record : topic("orders", ShardFixture.TOPIC, replicas)) {
            image = image.apply(record);
        }
        return image;
    }

    /** The epoch in which a broker of the image is registered. */
    static long brokerEpoch(int broker) {
        return 40L + broker;
    }

    static RegisterBrokerRecord registration(int broker, long epoch) {
        return new RegisterBrokerRecord(
                broker,
                new Uuid(9, epoch),
                epoch,
                List.of(),
                List.of(),
                null,
                false,
                false,
                List.of(new Uuid(500, broker)));
    }

    /** A setting of the topic of {@link #image}; its fixture decides on what comes of that. */
    static ConfigRecord minInsyncReplicas(int least) {
        return new ConfigRecord(
                new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                "min.insync.replicas",
                Integer.toString(least));
    }

    /** The records that create a topic of one partition, whose first replica leads. */
    static List<MetadataRecord> topic(String name, Uuid id, Integer... replicas) {
        return List.of(new TopicRecord(name, id), partition(id, 0, replicas[0], List.of(replicas)));
    }

    static PartitionRecord partition(Uuid topic, int leaderEpoch, int leader, List<Integer> replicas) {
        return new PartitionRecord(
                topic,
                0,
                replicas,
                replicas,
                List.of(),
                List.of(),
                leader,
                leaderEpoch,
                leaderEpoch,
                replicas.stream().map(id -> new Uuid(500, id)).toList(),
                false);
    }
}
