package dev.weir.metadata;

import dev.weir.metadata.record.MetadataRecord;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All of the cluster's metadata at one place of the metadata log. Immutable and persistent: a changed image shares all that
 * did not change, so identity tells what did. The controller makes it; every verticle may keep one.
 *
 * @param clusterId of the cluster; the same for ever
 * @param position of the last record in it
 * @param brokers the registered ones, by id
 * @param topics all of them
 * @param configs the dynamic settings
 * @param features the level of each feature that is on
 * @param nextProducerId the first producer id that nobody has been given
 */
public record ClusterImage(
        String clusterId,
        LogPosition position,
        PSortedMap<Integer, BrokerImage> brokers,
        TopicsImage topics,
        ConfigsImage configs,
        PSortedMap<String, Short> features,
        long nextProducerId) {

    /** The image before the first record. */
    public static ClusterImage empty(String clusterId) {
        return new ClusterImage(
                clusterId,
                LogPosition.NONE,
                TreePMap.empty(),
                TopicsImage.EMPTY,
                ConfigsImage.EMPTY,
                TreePMap.empty(),
                0);
    }

    /**
     * This image with one more record in it; its position stays. Costs in proportion to the record, not to the image.
     *
     * @throws IllegalStateException where the record does not fit, such as a change of a topic that is not there: the log
     *     holds what no controller decided
     */
    public ClusterImage apply(MetadataRecord record) {
        return Replay.apply(this, record);
    }

    public Optional<BrokerImage> broker(int id) {
        return Optional.ofNullable(brokers.get(id));
    }

    public Optional<TopicImage> topic(String name) {
        return topics.find(name);
    }

    public Optional<TopicImage> topic(Uuid id) {
        return topics.find(id);
    }

    /** Whether the broker is registered, unfenced and not leaving. */
    public boolean isActive(int brokerId) {
        BrokerImage broker = brokers.get(brokerId);
        return broker != null && broker.active();
    }

    /** Whether the broker is registered and has the directory that its replica of a partition is in. */
    public boolean isOnline(int brokerId, PartitionImage partition) {
        BrokerImage broker = brokers.get(brokerId);
        return broker != null && broker.hasOnline(partition);
    }

    /** This image, said to be that of another place in the log. */
    public ClusterImage at(LogPosition newPosition) {
        return new ClusterImage(clusterId, newPosition, brokers, topics, configs, features, nextProducerId);
    }

    ClusterImage withBrokers(PSortedMap<Integer, BrokerImage> newBrokers) {
        return new ClusterImage(clusterId, position, newBrokers, topics, configs, features, nextProducerId);
    }

    ClusterImage withTopics(TopicsImage newTopics) {
        return new ClusterImage(clusterId, position, brokers, newTopics, configs, features, nextProducerId);
    }

    ClusterImage withConfigs(ConfigsImage newConfigs) {
        return new ClusterImage(clusterId, position, brokers, topics, newConfigs, features, nextProducerId);
    }

    ClusterImage withFeatures(PSortedMap<String, Short> newFeatures) {
        return new ClusterImage(clusterId, position, brokers, topics, configs, newFeatures, nextProducerId);
    }

    ClusterImage withNextProducerId(long newNextProducerId) {
        return new ClusterImage(clusterId, position, brokers, topics, configs, features, newNextProducerId);
    }
}
