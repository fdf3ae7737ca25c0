package dev.weir.metadata;

import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.ProducerIdsRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.ArrayList;
import java.util.List;

/** Turns a whole image into the fewest records that make it, and back; its position goes into the snapshot's name. */
public final class ImageSnapshot {
    private static final int NO_BROKER = -1;

    private ImageSnapshot() {}

    /**
     * Records that make an equal image out of an empty one, in an order in which each can be applied. The level of {@code
     * kraft.version} is not among them: it is with the voters, in a control record.
     */
    public static List<MetadataRecord> toRecords(ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        image.features()
                .minus(Feature.KRAFT_VERSION.featureName())
                .forEach((name, level) -> records.add(new FeatureLevelRecord(name, level)));
        image.brokers().values().forEach(broker -> records.add(broker.toRecord()));
        image.topics().byName().values().forEach(topic -> {
            records.add(new TopicRecord(topic.name(), topic.id()));
            topic.partitions().forEach((id, partition) -> records.add(partition.toRecord(topic.id(), id)));
        });
        image.configs()
                .byResource()
                .forEach((resource, settings) ->
                        settings.forEach((name, value) -> records.add(new ConfigRecord(resource, name, value))));
        if (image.nextProducerId() > 0) {
            records.add(new ProducerIdsRecord(NO_BROKER, NO_BROKER, image.nextProducerId()));
        }
        return records;
    }

    /** The image that records of a snapshot make. */
    public static ClusterImage fromRecords(String clusterId, List<MetadataRecord> records, LogPosition position) {
        ClusterImage image = ClusterImage.empty(clusterId);
        for (MetadataRecord record : records) {
            image = image.apply(record);
        }
        return image.at(position);
    }
}
