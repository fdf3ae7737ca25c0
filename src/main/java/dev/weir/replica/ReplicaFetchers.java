package dev.weir.replica;

import dev.weir.config.ReplicaFetchSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Which partitions of one shard follow whom, as the metadata says: a fetcher for each leader. A partition leaves its former fetcher
 * before the next one takes it. Pure: owned by the verticle of the shard's fetchers.
 */
final class ReplicaFetchers {
    private final int brokerId;
    private final int shard;
    private final int shards;
    private final ReplicaFetchSettings settings;
    private final Map<Integer, ReplicaFetcher> byLeader = new TreeMap<>();
    private final Map<PartitionKey, ReplicaFetcher> byPartition = new HashMap<>();
    private final ReplicaCounts counts = new ReplicaCounts();
    private ClusterImage image = ClusterImage.empty("");

    ReplicaFetchers(int brokerId, int shard, int shards, ReplicaFetchSettings settings) {
        this.brokerId = brokerId;
        this.shard = shard;
        this.shards = shards;
        this.settings = settings;
    }

    /** The newest metadata that these follow. */
    ClusterImage image() {
        return image;
    }

    /** The fetchers, by the ids of their leaders. */
    Collection<ReplicaFetcher> all() {
        return byLeader.values();
    }

    /** Follows a change. */
    void follow(ImageChange change) {
        image = change.after();
        for (Uuid topicId : change.changedTopics()) {
            Optional<TopicImage> topic = change.after().topic(topicId);
            for (int index : change.changedPartitions(topicId)) {
                PartitionKey key = new PartitionKey(topicId, index);
                if (key.shard(shards) == shard) {
                    String name = topic.map(TopicImage::name).orElse("");
                    follow(key, name, topic.flatMap(t -> t.partition(index)));
                }
            }
        }
    }

    /** Gives up fetchers that have nothing left to do. */
    void dropIdle() {
        byLeader.values().removeIf(ReplicaFetcher::isDone);
    }

    ReplicaStats stats() {
        return counts.stats(
                byLeader.values().stream().map(ReplicaFetcher::stats).toList());
    }

    private void follow(PartitionKey key, String topic, Optional<PartitionImage> partition) {
        Optional<PartitionImage> followed =
                partition.filter(p -> p.replicas().contains(brokerId) && p.hasLeader() && p.leader() != brokerId);
        ReplicaFetcher former = byPartition.get(key);
        if (former != null
                && followed.filter(p -> p.leader() == former.leaderId()).isEmpty()) {
            former.unfollow(key);
            byPartition.remove(key);
        }
        followed.ifPresent(p -> {
            ReplicaFetcher fetcher = byLeader.computeIfAbsent(
                    p.leader(), leader -> new ReplicaFetcher(brokerId, leader, settings, counts));
            fetcher.follow(key, new TopicPartition(topic, key.partition()), p.leaderEpoch(), p.directoryOf(brokerId));
            byPartition.put(key, fetcher);
        });
    }
}
