package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;

/** What a broker's coming and going means for the partitions. Looks at every partition of the image. */
final class BrokerPartitions {
    private final ConfigRules rules;

    BrokerPartitions(ConfigRules rules) {
        this.rules = rules;
    }

    /** Takes the broker out of every ISR, the last of each excepted, and elects leaders where it led. */
    List<MetadataRecord> left(ClusterImage image, int brokerId) {
        IntPredicate acceptable = broker -> broker != brokerId && image.isActive(broker);
        List<MetadataRecord> records = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
                PartitionImage partition = entry.getValue();
                if (partition.isr().contains(brokerId)) {
                    List<Integer> isr = partition.isr().stream()
                            .filter(broker -> broker != brokerId)
                            .toList();
                    elect(image, topic, entry.getKey(), isr, acceptable, records);
                }
            }
        }
        return records;
    }

    /** Elects leaders of the partitions that have none, now that the broker may lead. */
    List<MetadataRecord> came(ClusterImage image, int brokerId) {
        IntPredicate acceptable = broker -> broker == brokerId || image.isActive(broker);
        List<MetadataRecord> records = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
                if (!entry.getValue().hasLeader()) {
                    elect(image, topic, entry.getKey(), entry.getValue().isr(), acceptable, records);
                }
            }
        }
        return records;
    }

    /**
     * Lets the broker lead on, each partition in a new leader epoch, where it led before or nobody does; nobody leads what is in
     * none of its log directories.
     */
    List<MetadataRecord> ledAgain(ClusterImage image, int brokerId, Collection<Uuid> logDirs) {
        List<MetadataRecord> records = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            topic.partitions().forEach((id, partition) -> {
                boolean free = !partition.hasLeader() || partition.leader() == brokerId;
                boolean online = DirectoryId.isOnline(partition.directoryOf(brokerId), logDirs);
                if (free && partition.isr().contains(brokerId) && (online || partition.hasLeader())) {
                    records.add(PartitionChangeRecord.of(topic.id(), id)
                            .withLeader(online ? brokerId : PartitionImage.NO_LEADER));
                }
            });
        }
        return records;
    }

    private void elect(
            ClusterImage image,
            TopicImage topic,
            int partitionId,
            List<Integer> isr,
            IntPredicate acceptable,
            List<MetadataRecord> records) {
        PartitionImage partition = topic.partition(partitionId).orElseThrow();
        LeaderElection.decide(
                        topic.id(),
                        partitionId,
                        partition,
                        isr,
                        broker -> acceptable.test(broker) && image.isOnline(broker, partition),
                        () -> rules.allowsUncleanElection(image, topic.name()))
                .ifPresent(records::add);
    }
}
