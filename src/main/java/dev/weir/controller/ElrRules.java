package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Whether a cluster keeps track of the replicas that are eligible to lead without being in sync (KIP-966), and what that asks of
 * {@code min.insync.replicas}: all brokers must agree on it, since who is eligible depends on when nothing is committed. So there
 * is one value for all brokers, in the metadata, and one for each topic that has its own. Stateless.
 */
final class ElrRules {
    /** The feature whose level 1 switches it on. */
    static final String FEATURE = Feature.ELIGIBLE_LEADER_REPLICAS_VERSION.featureName();

    private static final String MIN_ISR = TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");

    private ElrRules() {}

    /** Whether it is on. If not, the last member of an ISR stays in it, as before KIP-966. */
    static boolean areOn(ClusterImage image) {
        return Feature.ELIGIBLE_LEADER_REPLICAS_VERSION.level(image.features()) > 0;
    }

    /** Why a setting cannot be altered like this; {@link ApiError#NONE} if it can. */
    static ApiError check(ClusterImage image, ConfigRecord change) {
        if (!areOn(image)
                || change.resource().type() != ConfigResource.Type.BROKER
                || !change.name().equals(MIN_ISR)) {
            return ApiError.NONE;
        }
        if (!change.resource().equals(ALL_BROKERS)) {
            return new ApiError(
                    Errors.INVALID_CONFIG,
                    "Broker-level " + MIN_ISR + " cannot be altered while ELR is enabled. Set it for all brokers"
                            + " (--entity-default), or for a topic.");
        }
        return change.value() == null
                ? new ApiError(
                        Errors.INVALID_CONFIG,
                        "Cluster-level " + MIN_ISR
                                + " cannot be removed while ELR is enabled. Set it to another value.")
                : ApiError.NONE;
    }

    /** The records that go before a change of its level, in the same decision; none if it stays on, or off. */
    static List<MetadataRecord> before(ConfigRules rules, ClusterImage image, short level) {
        if ((level > 0) == areOn(image)) {
            return List.of();
        }
        return level > 0 ? whatItNeeds(rules, image) : whenSwitchedOff(image);
    }

    /** The records without which it cannot be on: a value for all brokers, and none for single ones. Empty if all is well. */
    static List<MetadataRecord> whatItNeeds(ConfigRules rules, ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        if (!image.configs().ofAllBrokers().containsKey(MIN_ISR)) {
            int given = rules.minInsyncReplicas(ClusterImage.empty(image.clusterId()), "");
            records.add(new ConfigRecord(ALL_BROKERS, MIN_ISR, Integer.toString(given)));
        }
        image.configs().byResource().forEach((resource, settings) -> {
            boolean ofOneBroker = resource.type() == ConfigResource.Type.BROKER && !resource.equals(ALL_BROKERS);
            if (ofOneBroker && settings.containsKey(MIN_ISR)) {
                records.add(new ConfigRecord(resource, MIN_ISR, null));
            }
        });
        return records;
    }

    /**
     * What altered settings mean for partitions, to be recorded before them: nobody is eligible who left an ISR that is large enough
     * now, and a reassignment that waited for more in sync may end. A partition without anybody in sync keeps those who are
     * eligible, as nothing is committed before one of them leads.
     */
    static List<MetadataRecord> consequences(ConfigRules rules, ClusterImage image, List<ConfigRecord> changes) {
        List<MetadataRecord> records = new ArrayList<>();
        if (!areOn(image) || changes.stream().noneMatch(change -> change.name().equals(MIN_ISR))) {
            return records;
        }
        ClusterImage after = image;
        for (ConfigRecord change : changes) {
            after = after.apply(change);
        }
        for (TopicImage topic : image.topics().byName().values()) {
            int minIsr = rules.minInsyncReplicas(after, topic.name());
            if (minIsr != rules.minInsyncReplicas(image, topic.name())) {
                TopicRules ofTopic = TopicRules.of(rules, after, topic.name());
                topic.partitions()
                        .forEach((id, partition) -> PartitionChange.of(image, topic.id(), id, partition, ofTopic)
                                .record()
                                .ifPresent(records::add));
            }
        }
        return records;
    }

    /** The records of the moment when it is switched off: whoever is eligible to lead is taken back into an ISR that is empty. */
    static List<MetadataRecord> whenSwitchedOff(ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            topic.partitions().forEach((id, partition) -> {
                PartitionChangeRecord record = withoutElr(PartitionChangeRecord.of(topic.id(), id), partition);
                if (!record.isEmpty()) {
                    records.add(record);
                }
            });
        }
        return records;
    }

    private static PartitionChangeRecord withoutElr(PartitionChangeRecord record, PartitionImage partition) {
        PartitionChangeRecord changed = record;
        if (partition.isr().isEmpty()) {
            List<Integer> best = partition.elr().isEmpty() ? partition.lastKnownElr() : partition.elr();
            changed = best.isEmpty() ? changed : changed.withIsr(best);
        }
        changed = partition.elr().isEmpty() ? changed : changed.withElr(List.of());
        return partition.lastKnownElr().isEmpty() ? changed : changed.withLastKnownElr(List.of());
    }
}
