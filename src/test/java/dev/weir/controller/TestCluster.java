package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** Images and random sources with known content. */
final class TestCluster {
    static final String CLUSTER_ID = "cluster";
    static final ControllerSettings SETTINGS = new ControllerSettings(3, (short) 1, true, Feature.allSupported());

    private TestCluster() {}

    /** Brokers 1 to n, live, their epochs ten times their ids. */
    static ClusterImage ofBrokers(int count) {
        ClusterImage image =
                ClusterImage.empty(CLUSTER_ID).apply(new FeatureLevelRecord("metadata.version", (short) 25));
        for (int id = 1; id <= count; id++) {
            image = image.apply(broker(id, null, false));
        }
        return image;
    }

    static RegisterBrokerRecord broker(int id, @Nullable String rack, boolean fenced) {
        return new RegisterBrokerRecord(
                id,
                new Uuid(7L, id),
                id * 10L,
                List.of(new Endpoint("PLAINTEXT", "localhost", 9092, SecurityProtocol.PLAINTEXT)),
                List.of(),
                rack,
                fenced,
                false,
                List.of(dir(id)));
    }

    /** The one log directory of a broker. */
    static Uuid dir(int brokerId) {
        return new Uuid(500L, brokerId);
    }

    static ClusterImage apply(ClusterImage image, List<MetadataRecord> records) {
        ClusterImage now = image;
        for (MetadataRecord record : records) {
            now = now.apply(record);
        }
        return now;
    }

    /** The same with eligible leader replicas (KIP-966), and {@code min.insync.replicas} of 2 for all. */
    static ClusterImage withElr(ClusterImage image) {
        return image.apply(new FeatureLevelRecord(ElrRules.FEATURE, (short) 1))
                .apply(new ConfigRecord(
                        new ConfigResource(ConfigResource.Type.BROKER, ""), "min.insync.replicas", "2"));
    }

    /** Adds a topic of one partition that all the replicas are in sync with. */
    static ClusterImage withTopic(ClusterImage image, String name, Uuid id, Integer... replicas) {
        return image.apply(new TopicRecord(name, id)).apply(partition(id, 0, replicas));
    }

    /** A new partition, all its replicas in sync, the first leading. */
    static PartitionRecord partition(Uuid topic, int partition, Integer... replicas) {
        List<Integer> all = List.of(replicas);
        return new PartitionRecord(
                topic,
                partition,
                all,
                all,
                Collections.emptyList(),
                Collections.emptyList(),
                all.get(0),
                0,
                0,
                all.stream().map(TestCluster::dir).toList(),
                false);
    }

    /** Ids 900:1, 900:2 and so on; the same number each time. */
    static RandomSource random(int number) {
        return new RandomSource() {
            private long next = 1;

            @Override
            public Uuid newId() {
                return new Uuid(900L, next++);
            }

            @Override
            public int below(int bound) {
                return number % bound;
            }
        };
    }
}
