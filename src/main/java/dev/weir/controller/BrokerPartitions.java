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
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;

/** What a broker's coming and going means for the partitions. Looks at every partition of the image. Stateless. */
final class BrokerPartitions {
    private final ConfigRules rules;

    BrokerPartitions(ConfigRules rules) {
        this.rules = rules;
    }

    /** Takes a broker out of every ISR and elects leaders where it led. Its logs have all that they had. */
    List<MetadataRecord> left(ClusterImage image, int brokerId) {
        IntPredicate others = broker -> broker != brokerId && image.isActive(broker);
        return decide(image, partition -> partition.isr().contains(brokerId), change -> change.active(others)
                .without(brokerId));
    }

    /**
     * Takes a broker out of every ISR and every ELR, after a stop that was not clean: its logs may end below what is committed. Where
     * it led, the leader epoch rises, also if nobody else can lead, so that its former records are not taken for its new ones.
     */
    List<MetadataRecord> uncleanRestart(ClusterImage image, int brokerId) {
        return uncleanRestart(image, brokerId, partition -> true);
    }

    /** The same for those partitions only that have other replicas. */
    List<MetadataRecord> uncleanRestartAmongOthers(ClusterImage image, int brokerId) {
        return uncleanRestart(image, brokerId, partition -> partition.replicas().size() > 1);
    }

    private List<MetadataRecord> uncleanRestart(ClusterImage image, int brokerId, Predicate<PartitionImage> which) {
        IntPredicate others = broker -> broker != brokerId && image.isActive(broker);
        return decide(
                image,
                which.and(partition ->
                        partition.isr().contains(brokerId) || partition.elr().contains(brokerId)),
                change -> change.active(others).withoutRecordsOf(brokerId));
    }

    /**
     * Takes a broker out of the ISR and the ELR of what is in log directories that have failed: what they had may not be whole any
     * more.
     */
    List<MetadataRecord> withoutLogDirs(ClusterImage image, int brokerId, Collection<Uuid> failed) {
        return uncleanRestart(image, brokerId, partition -> failed.contains(partition.directoryOf(brokerId)));
    }

    /** Takes a broker that is gone for good out of every ISR and every ELR; nobody waits for it to lead again. */
    List<MetadataRecord> gone(ClusterImage image, int brokerId) {
        return uncleanRestart(image, brokerId);
    }

    /** Elects leaders of the partitions that have none, now that the broker may lead. */
    List<MetadataRecord> came(ClusterImage image, int brokerId) {
        IntPredicate withIt = broker -> broker == brokerId || image.isActive(broker);
        return decide(image, partition -> !partition.hasLeader(), change -> change.active(withIt));
    }

    /** Elects leaders of the partitions that have none, though somebody can lead: a decision before was cut short, or refused it. */
    List<MetadataRecord> leaderless(ClusterImage image) {
        return decide(image, partition -> !partition.hasLeader(), change -> change);
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

    private List<MetadataRecord> decide(
            ClusterImage image, Predicate<PartitionImage> which, UnaryOperator<PartitionChange> wanted) {
        List<MetadataRecord> records = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            TopicRules ofTopic = null;
            for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
                if (which.test(entry.getValue())) {
                    ofTopic = ofTopic == null ? TopicRules.of(rules, image, topic.name()) : ofTopic;
                    PartitionChange change =
                            PartitionChange.of(image, topic.id(), entry.getKey(), entry.getValue(), ofTopic);
                    wanted.apply(change.election(ofTopic.election())).record().ifPresent(records::add);
                }
            }
        }
        return records;
    }
}
