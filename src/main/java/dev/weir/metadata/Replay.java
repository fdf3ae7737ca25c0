package dev.weir.metadata;

import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.ClearElrRecord;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.ProducerIdsRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.metadata.record.UnregisterBrokerRecord;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** What each record changes in the image. */
final class Replay {
    private Replay() {}

    static ClusterImage apply(ClusterImage image, MetadataRecord record) {
        return switch (record.type()) {
            case REGISTER_BROKER -> register(image, (RegisterBrokerRecord) record);
            case UNREGISTER_BROKER -> unregister(image, (UnregisterBrokerRecord) record);
            case BROKER_REGISTRATION_CHANGE -> changeBroker(image, (BrokerRegistrationChangeRecord) record);
            case TOPIC -> createTopic(image, (TopicRecord) record);
            case REMOVE_TOPIC -> removeTopic(image, ((RemoveTopicRecord) record).topicId());
            case PARTITION -> setPartition(image, (PartitionRecord) record);
            case PARTITION_CHANGE -> changePartition(image, (PartitionChangeRecord) record);
            case CONFIG -> image.withConfigs(image.configs().with((ConfigRecord) record));
            case FEATURE_LEVEL -> setFeature(image, (FeatureLevelRecord) record);
            case PRODUCER_IDS -> image.withNextProducerId(((ProducerIdsRecord) record).nextProducerId());
            case CLEAR_ELR -> clearElr(image, (ClearElrRecord) record);
            case NO_OP -> image;
        };
    }

    private static ClusterImage register(ClusterImage image, RegisterBrokerRecord record) {
        return image.withBrokers(image.brokers().plus(record.brokerId(), BrokerImage.of(record)));
    }

    private static ClusterImage unregister(ClusterImage image, UnregisterBrokerRecord record) {
        BrokerImage broker = registration(image, record.brokerId(), record.brokerEpoch(), record);
        return image.withBrokers(image.brokers().minus(broker.id()));
    }

    private static ClusterImage changeBroker(ClusterImage image, BrokerRegistrationChangeRecord record) {
        BrokerImage broker = registration(image, record.brokerId(), record.brokerEpoch(), record);
        return image.withBrokers(image.brokers().plus(broker.id(), broker.with(record)));
    }

    private static ClusterImage createTopic(ClusterImage image, TopicRecord record) {
        if (image.topics().byName().containsKey(record.name())
                || image.topics().byId().containsKey(record.topicId())) {
            throw misfit(record, "such a topic is there already");
        }
        return image.withTopics(image.topics().with(TopicImage.empty(record.name(), record.topicId())));
    }

    private static ClusterImage removeTopic(ClusterImage image, Uuid topicId) {
        TopicImage topic = topic(image, topicId, new RemoveTopicRecord(topicId));
        return image.withTopics(image.topics().without(topic))
                .withConfigs(image.configs().withoutTopic(topic.name()));
    }

    private static ClusterImage setPartition(ClusterImage image, PartitionRecord record) {
        TopicImage topic = topic(image, record.topicId(), record);
        return image.withTopics(image.topics().replacing(topic.with(record.partitionId(), PartitionImage.of(record))));
    }

    private static ClusterImage changePartition(ClusterImage image, PartitionChangeRecord record) {
        TopicImage topic = topic(image, record.topicId(), record);
        Optional<PartitionImage> old = topic.partition(record.partitionId());
        PartitionImage changed = old.orElseThrow(() -> misfit(record, "there is no such partition"))
                .with(record);
        return image.withTopics(image.topics().replacing(topic.with(record.partitionId(), changed)));
    }

    /** A topic that is gone is passed over, as in Kafka. */
    private static ClusterImage clearElr(ClusterImage image, ClearElrRecord record) {
        TopicsImage topics = image.topics();
        Collection<TopicImage> touched = record.topicName().isEmpty()
                ? topics.byId().values()
                : topics.find(record.topicName()).stream().toList();
        for (TopicImage topic : touched) {
            TopicImage cleared = withoutElr(topic);
            topics = cleared == topic ? topics : topics.replacing(cleared);
        }
        return image.withTopics(topics);
    }

    private static TopicImage withoutElr(TopicImage topic) {
        TopicImage cleared = topic;
        for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
            PartitionImage partition = entry.getValue();
            if (!partition.elr().isEmpty() || !partition.lastKnownElr().isEmpty()) {
                PartitionChangeRecord nobody = PartitionChangeRecord.of(topic.id(), entry.getKey())
                        .withElr(List.of())
                        .withLastKnownElr(List.of());
                cleared = cleared.with(entry.getKey(), partition.with(nobody));
            }
        }
        return cleared;
    }

    private static ClusterImage setFeature(ClusterImage image, FeatureLevelRecord record) {
        return image.withFeatures(
                record.level() == 0
                        ? image.features().minus(record.name())
                        : image.features().plus(record.name(), record.level()));
    }

    private static TopicImage topic(ClusterImage image, Uuid topicId, MetadataRecord record) {
        return image.topic(topicId).orElseThrow(() -> misfit(record, "there is no such topic"));
    }

    private static BrokerImage registration(ClusterImage image, int id, long epoch, MetadataRecord record) {
        return image.broker(id)
                .filter(broker -> broker.epoch() == epoch)
                .orElseThrow(() -> misfit(record, "there is no such registration"));
    }

    private static IllegalStateException misfit(MetadataRecord record, String reason) {
        return new IllegalStateException("cannot apply " + record + ": " + reason);
    }
}
