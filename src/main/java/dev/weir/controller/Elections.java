package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * The elections that one decision makes, as its records show. Immutable.
 *
 * @param counts by where the leader came from
 * @param unclean those that may have lost acknowledged records, in order
 */
record Elections(ControllerStats.Counts counts, List<Unclean> unclean) {
    /**
     * The election of a replica that may lack acknowledged records.
     *
     * @param topic its name
     * @param partition its number
     * @param leader from now on
     * @param wasLast whether it led last, before nobody did
     */
    record Unclean(String topic, int partition, int leader, boolean wasLast) {}

    private record Key(Uuid topicId, int partition) {}

    /** @param before the image on which the records were decided */
    static Elections in(ClusterImage before, List<MetadataRecord> records) {
        Map<Key, PartitionImage> changed = new HashMap<>();
        List<Unclean> unclean = new ArrayList<>();
        long inSync = 0;
        long eligible = 0;
        for (MetadataRecord record : records) {
            if (!(record instanceof PartitionChangeRecord change)) {
                continue;
            }
            Key key = new Key(change.topicId(), change.partitionId());
            TopicImage topic = before.topic(change.topicId()).orElse(null);
            PartitionImage was = changed.get(key);
            if (was == null && topic != null) {
                was = topic.partition(change.partitionId()).orElse(null);
            }
            if (topic == null || was == null) {
                continue;
            }
            PartitionImage now = was.with(change);
            changed.put(key, now);
            if (now.leader() == was.leader() || !now.hasLeader()) {
                continue;
            }
            if (was.elr().contains(now.leader())) {
                eligible++;
            } else if (was.isr().contains(now.leader()) || !now.recovering()) {
                inSync++;
            } else {
                boolean wasLast = was.lastKnownElr().contains(now.leader());
                unclean.add(new Unclean(topic.name(), change.partitionId(), now.leader(), wasLast));
            }
        }
        return new Elections(new ControllerStats.Counts(inSync, eligible, unclean.size()), List.copyOf(unclean));
    }
}
