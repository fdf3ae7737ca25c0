package dev.weir.partition;

import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions whose logs are in log directories that are not here: a disk that fails at start, or is not mounted. Such a
 * partition is offline. To create its log again in another directory would lose what it holds, so that is done only if the topic
 * allows losses ({@code unclean.leader.election.enable}), or if others have all of it: a leader is there, and this broker may not be
 * elected. Owned by the shard.
 */
final class AbsentLogs {
    private static final Logger LOG = LoggerFactory.getLogger(AbsentLogs.class);
    private static final int MOST_NAMED = 20;

    private final ShardOptions options;
    private final ShardState shard;

    AbsentLogs(ShardOptions options, ShardState shard) {
        this.options = options;
        this.shard = shard;
    }

    /** At start, for a partition that was found in no directory: whether it is offline for that. */
    boolean isAbsent(PartitionKey key, TopicImage topic, PartitionImage partition) {
        Uuid directory = partition.directoryOf(options.brokerId());
        // What the metadata was told last may not have come about, so a log may be in any directory that fails.
        boolean elsewhere = !options.failed().isEmpty() || !DirectoryId.isOnline(directory, options.directoryIds());
        if (!elsewhere && !hasCopy(topic.name(), key.partition())) {
            return false;
        }
        if (mayBeLost(topic)) {
            sayAnew(topic, key);
            return false;
        }
        if (mayBeCopied(partition)) {
            sayCopied(topic, key, partition);
            return false;
        }
        shard.addAbsent(key);
        return true;
    }

    /** Whether a partition that is absent need not be waited for any more, as the metadata has it now. */
    boolean isSpared(PartitionKey key, TopicImage topic, PartitionImage partition) {
        if (!shard.absent().contains(key) || !mayBeCopied(partition)) {
            return false;
        }
        sayCopied(topic, key, partition);
        return true;
    }

    /** While a directory has failed the log may be there, and come back with it. */
    private boolean mayBeCopied(PartitionImage partition) {
        int self = options.brokerId();
        return options.failed().isEmpty()
                && partition.hasLeader()
                && partition.leader() != self
                && !partition.isr().contains(self)
                && !partition.elr().contains(self);
    }

    /** Those that may be made anew since the last change of the configuration. */
    List<PartitionKey> abandoned() {
        List<PartitionKey> abandoned = new ArrayList<>();
        for (PartitionKey key : shard.absent()) {
            Optional<TopicImage> topic = shard.image().topic(key.topicId());
            if (topic.isPresent() && mayBeLost(topic.get())) {
                sayAnew(topic.get(), key);
                abandoned.add(key);
            }
        }
        return abandoned;
    }

    private static void sayAnew(TopicImage topic, PartitionKey key) {
        LOG.warn("{}-{} is created again, without its records", topic.name(), key.partition());
    }

    private static void sayCopied(TopicImage topic, PartitionKey key, PartitionImage partition) {
        LOG.warn(
                "{}-{} is created again and copied from broker {}: its log dir is gone",
                topic.name(),
                key.partition(),
                partition.leader());
    }

    /** Says once which they are. */
    void report() {
        if (shard.absent().isEmpty()) {
            return;
        }
        TreeSet<String> names = new TreeSet<>();
        TreeSet<String> directories = new TreeSet<>();
        for (PartitionKey key : shard.absent()) {
            shard.image().topic(key.topicId()).ifPresent(topic -> {
                names.add(topic.name() + "-" + key.partition());
                topic.partition(key.partition())
                        .map(p -> p.directoryOf(options.brokerId()))
                        .ifPresent(id -> directories.add(DirectoryId.isReserved(id) ? "unknown" : id.toString()));
            });
        }
        LOG.error(
                "{} partitions are offline: their logs are in none of the log directories found (the metadata names"
                        + " {}): {}{}. Bring the directory back and start again, or delete the topics; with"
                        + " unclean.leader.election.enable=true a topic is created again, without its records",
                names.size(),
                String.join(", ", directories),
                String.join(", ", names.stream().limit(MOST_NAMED).toList()),
                names.size() > MOST_NAMED ? " ..." : "");
    }

    /** A move that was under way says that there is a log somewhere, whatever the metadata was told already. */
    private boolean hasCopy(String topic, int partition) {
        TopicPartition name = new TopicPartition(topic, partition);
        return options.logDirs().stream()
                .flatMap(logDir -> logDir.futures().stream())
                .anyMatch(copy -> copy.partition().equals(name));
    }

    private boolean mayBeLost(TopicImage topic) {
        return options.configs().apply(shard.image(), topic.name()).uncleanLeaderElection();
    }
}
