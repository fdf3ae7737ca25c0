package dev.weir.metadata;

import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.ClearElrRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.NoOpRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.ProducerIdsRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.metadata.record.UnregisterBrokerRecord;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** Makes records that fit an image, from a seed. */
public final class RandomMetadata {
    private final Random random;
    private long nextUuid;

    public RandomMetadata(long seed) {
        random = new Random(seed);
        nextUuid = seed * 1_000_000;
    }

    public MetadataRecord next(ClusterImage image) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> createTopic();
            case 2, 3, 4 -> addPartition(image);
            case 5 -> changePartition(image);
            case 6 -> removeTopic(image);
            case 7 -> registerBroker();
            case 8 -> changeBroker(image);
            case 9, 10 -> config(image);
            default -> small(image);
        };
    }

    private MetadataRecord createTopic() {
        Uuid id = uuid();
        return new TopicRecord((random.nextBoolean() ? "topic." : "plain") + id.getLeastSignificantBits(), id);
    }

    private MetadataRecord addPartition(ClusterImage image) {
        TopicImage topic = anyTopic(image);
        if (topic == null) {
            return createTopic();
        }
        return new PartitionRecord(
                topic.id(),
                topic.partitionCount(),
                List.of(random.nextInt(3), 3),
                List.of(3),
                List.of(),
                List.of(),
                3,
                0,
                0,
                List.of(uuid(), uuid()),
                random.nextBoolean(),
                random.nextBoolean() ? List.of() : List.of(1, 2),
                random.nextBoolean() ? List.of() : List.of(4));
    }

    private MetadataRecord changePartition(ClusterImage image) {
        TopicImage topic = anyTopic(image);
        if (topic == null || topic.partitionCount() == 0) {
            return addPartition(image);
        }
        PartitionChangeRecord change = PartitionChangeRecord.of(topic.id(), random.nextInt(topic.partitionCount()));
        return switch (random.nextInt(4)) {
            case 0 -> change.withLeader(random.nextInt(3));
            case 1 -> change.withIsr(random.nextBoolean() ? List.of() : List.of(random.nextInt(3)));
            case 2 -> change.withElr(random.nextBoolean() ? List.of() : List.of(random.nextInt(3)));
            default -> change.withLastKnownElr(List.of(random.nextInt(3)));
        };
    }

    private MetadataRecord removeTopic(ClusterImage image) {
        TopicImage topic = anyTopic(image);
        return topic == null ? createTopic() : new RemoveTopicRecord(topic.id());
    }

    private MetadataRecord registerBroker() {
        return new RegisterBrokerRecord(
                random.nextInt(5),
                uuid(),
                random.nextInt(1000),
                List.of(new Endpoint("PLAINTEXT", "localhost", random.nextInt(65_536), SecurityProtocol.PLAINTEXT)),
                List.of(new FeatureRange("metadata.version", (short) 1, (short) 25)),
                random.nextBoolean() ? "rack" : null,
                random.nextBoolean(),
                random.nextBoolean(),
                List.of(uuid()));
    }

    private MetadataRecord changeBroker(ClusterImage image) {
        if (image.brokers().isEmpty()) {
            return registerBroker();
        }
        BrokerImage broker = image.brokers().values().iterator().next();
        return random.nextInt(4) == 0
                ? new UnregisterBrokerRecord(broker.id(), broker.epoch())
                : BrokerRegistrationChangeRecord.unfence(broker.id(), broker.epoch());
    }

    private MetadataRecord config(ClusterImage image) {
        TopicImage topic = anyTopic(image);
        ConfigResource resource = topic == null || random.nextBoolean()
                ? new ConfigResource(ConfigResource.Type.BROKER, random.nextBoolean() ? "" : "1")
                : new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        return new ConfigRecord(
                resource, "setting." + random.nextInt(4), random.nextInt(3) == 0 ? null : "value" + random.nextInt(9));
    }

    private MetadataRecord small(ClusterImage image) {
        return switch (random.nextInt(4)) {
            case 0 -> new FeatureLevelRecord("group.version", (short) random.nextInt(2));
            case 1 -> new ProducerIdsRecord(1, 2, image.nextProducerId() + 1000);
            case 2 -> clearElr(image);
            default -> new NoOpRecord();
        };
    }

    private MetadataRecord clearElr(ClusterImage image) {
        TopicImage topic = anyTopic(image);
        return new ClearElrRecord(topic == null || random.nextInt(8) == 0 ? "" : topic.name());
    }

    private @Nullable TopicImage anyTopic(ClusterImage image) {
        List<TopicImage> topics = List.copyOf(image.topics().byName().values());
        return topics.isEmpty() ? null : topics.get(random.nextInt(topics.size()));
    }

    private Uuid uuid() {
        return new Uuid(random.nextLong(), nextUuid++);
    }
}
