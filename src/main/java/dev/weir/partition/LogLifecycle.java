package dev.weir.partition;

import dev.weir.config.LogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.storage.LogCorruptException;
import dev.weir.storage.LogIoException;
import dev.weir.storage.OpenFileCache;
import dev.weir.storage.OpenOptions;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.ProducerStateManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens, creates and removes the partitions of one shard as the metadata says. Owned by the shard. */
final class LogLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(LogLifecycle.class);

    private static final long LEFTOVER_MS = 60_000;

    private final ShardOptions options;
    private final ShardState shard;
    private final AppendPath appends;
    private final OpenFileCache files;
    private final LongUnaryOperator random;
    private final Supplier<UUID> ids;
    private final List<Doomed> doomed = new ArrayList<>();

    LogLifecycle(
            ShardOptions options,
            ShardState shard,
            AppendPath appends,
            OpenFileCache files,
            LongUnaryOperator random,
            Supplier<UUID> ids) {
        this.options = options;
        this.shard = shard;
        this.appends = appends;
        this.files = files;
        this.random = random;
        this.ids = ids;
    }

    /** Opens every partition of this shard that the image places on this broker. */
    void openAll(long nowMs, Runnable onOpened) {
        ClusterImage image = shard.image();
        Map<TopicPartition, List<LogHome>> found = new HashMap<>();
        for (LogHome home : options.homes()) {
            home.found().forEach(f -> found.computeIfAbsent(f.partition(), k -> new ArrayList<>())
                    .add(home));
        }
        for (TopicImage topic : image.topics().byId().values()) {
            topic.partitions().forEach((index, partition) -> {
                PartitionKey key = new PartitionKey(topic.id(), index);
                if (isMine(key, partition)) {
                    List<LogHome> homes = found.getOrDefault(new TopicPartition(topic.name(), index), List.of());
                    if (homes.isEmpty()) {
                        openOrCreate(key, topic, partition, nowMs);
                    } else {
                        open(key, topic, partition, homes.get(0), asFound(homes.get(0), topic, index, nowMs), nowMs);
                    }
                    onOpened.run();
                }
            });
        }
    }

    private OpenOptions asFound(LogHome home, TopicImage topic, int index, long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), index);
        return new OpenOptions(
                home.clean(),
                home.recoveryPoints().getOrDefault(name, -1L),
                home.logStartOffsets().getOrDefault(name, -1L),
                home.cleanedOffsets().getOrDefault(name, -1L),
                nowMs,
                random);
    }

    /** How many partitions {@link #openAll} will open. */
    int count() {
        int count = 0;
        for (TopicImage topic : shard.image().topics().byId().values()) {
            for (Map.Entry<Integer, PartitionImage> partition :
                    topic.partitions().entrySet()) {
                if (isMine(new PartitionKey(topic.id(), partition.getKey()), partition.getValue())) {
                    count++;
                }
            }
        }
        return count;
    }

    /** Follows the metadata; the partitions whose readers should look again are handed to the shard. */
    void apply(ImageChange change, long nowMs) {
        // What is staged was accepted before the change, which may answer it; its buffers then go back to their
        // senders.
        appends.writeStaged(nowMs);
        shard.image(change.after());
        for (Uuid topicId : change.changedTopics()) {
            Optional<TopicImage> topic = change.after().topic(topicId);
            for (int index : change.changedPartitions(topicId)) {
                PartitionKey key = new PartitionKey(topicId, index);
                if (key.shard(options.shards()) == options.shard()) {
                    apply(key, topic, nowMs);
                }
            }
        }
        if (!change.changedConfigs().isEmpty()) {
            reconfigure();
        }
    }

    /** A directory has recovered: tries again to open what could not be used in it. */
    void reopen(Uuid directoryId, long nowMs) {
        retry(offline -> offline.home().id().equals(directoryId), nowMs);
    }

    /** Tries again to open what waits for another topic's directory to go. */
    void retryBlocked(long nowMs) {
        retry(Offline::blocked, nowMs);
    }

    private void retry(Predicate<Offline> which, long nowMs) {
        for (Map.Entry<PartitionKey, Offline> entry :
                Map.copyOf(shard.offline()).entrySet()) {
            PartitionKey key = entry.getKey();
            Optional<TopicImage> topic = shard.image().topic(key.topicId());
            Optional<PartitionImage> image = topic.flatMap(t -> t.partition(key.partition()));
            if (which.test(entry.getValue()) && topic.isPresent() && image.isPresent()) {
                openOrCreate(key, topic.get(), image.get(), nowMs);
            }
        }
    }

    /** Unlinks what was deleted long enough ago. */
    void removeDoomed(long nowMs) {
        List<Doomed> due = doomed.stream().filter(d -> d.dueMs <= nowMs).toList();
        doomed.removeAll(due);
        for (Doomed gone : due) {
            try {
                gone.home.directory().removeDeleted(gone.path);
            } catch (IOException e) {
                LOG.warn("Cannot remove {}, will try again: {}", gone.path, e.getMessage());
                doomed.add(new Doomed(gone.home, gone.path, nowMs + options.retryMs()));
            }
        }
    }

    private boolean isMine(PartitionKey key, PartitionImage partition) {
        return key.shard(options.shards()) == options.shard()
                && partition.replicas().contains(options.brokerId());
    }

    private void apply(PartitionKey key, Optional<TopicImage> topic, long nowMs) {
        Optional<PartitionImage> image = topic.flatMap(t -> t.partition(key.partition()));
        Partition partition = shard.find(key);
        if (image.isPresent() && topic.isPresent() && isMine(key, image.get())) {
            if (partition == null) {
                openOrCreate(key, topic.get(), image.get(), nowMs);
            } else {
                partition.update(image.get());
                shard.afterProgress(partition, nowMs);
            }
        } else if (partition != null) {
            remove(partition, nowMs);
        } else {
            shard.remove(key);
        }
    }

    private void reconfigure() {
        for (Partition partition : shard.partitions()) {
            LogConfig now =
                    options.configs().apply(shard.image(), partition.name().topic());
            if (!now.equals(partition.config())) {
                partition.log.updateConfig(now);
            }
        }
    }

    /** Opens a partition that may or may not be on disk already, or parks it while another topic's directory is in its place. */
    private void openOrCreate(PartitionKey key, TopicImage topic, PartitionImage image, long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), key.partition());
        Offline before = shard.offline().get(key);
        for (LogHome home : options.homes()) {
            Optional<Uuid> there = topicIdAt(home, name);
            if (there.isPresent() && !there.get().equals(topic.id())) {
                setAsideLeftover(home, name, there.get(), before, nowMs);
                long since = before == null ? nowMs : before.sinceMs();
                shard.addOffline(key, new Offline(name, home, -1, since, true));
                return;
            }
            if (there.isPresent()) {
                long start = before == null ? -1 : before.logStartOffset();
                long cleaned = home.cleanedOffsets().getOrDefault(name, -1L);
                open(key, topic, image, home, new OpenOptions(false, -1, start, cleaned, nowMs, random), nowMs);
                return;
            }
        }
        open(key, topic, image, emptiest(), OpenOptions.fresh(nowMs), nowMs);
    }

    private static Optional<Uuid> topicIdAt(LogHome home, TopicPartition name) {
        try {
            return home.directory().readTopicId(home.directory().partitionPath(name));
        } catch (IOException | LogCorruptException e) {
            LOG.warn("Cannot tell whose directory {} in {} is: {}", name, home.path(), e.getMessage());
            return Optional.empty();
        }
    }

    /** The owner of a deleted topic's directory takes it away soon; one that nobody owns any more is set aside. */
    private void setAsideLeftover(
            LogHome home, TopicPartition name, Uuid leftover, @Nullable Offline before, long nowMs) {
        boolean abandoned = before != null && nowMs - before.sinceMs() > LEFTOVER_MS;
        if (!abandoned || shard.image().topic(leftover).isPresent()) {
            return;
        }
        try {
            Path aside = home.directory()
                    .markStray(
                            home.directory().partitionPath(name),
                            ids.get().toString().replace("-", ""));
            LOG.warn("{} was left by a deleted topic; it is set aside as {}", name, aside);
        } catch (IOException e) {
            LOG.error("Cannot set aside {} in {}", name, home.path(), e);
        }
    }

    private void open(
            PartitionKey key, TopicImage topic, PartitionImage image, LogHome home, OpenOptions how, long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), key.partition());
        Offline offline = new Offline(name, home, how.logStartOffset(), nowMs, false);
        try {
            Path path = home.directory().partitionPath(name);
            LogConfig config = options.configs().apply(shard.image(), topic.name());
            ProducerStateManager producers = options.producers().create(name);
            PartitionLog log = PartitionLog.open(files, path, name, config, how, producers);
            if (home.directory().readTopicId(path).isEmpty()) {
                home.directory().writeTopicId(path, topic.id());
            }
            boolean atStart = how.cleanShutdown() || how.recoveryPoint() >= 0;
            long checkpointed = atStart ? home.highWatermarks().getOrDefault(name, 0L) : 0;
            ReplicationState replication = new ReplicationState(options.brokerId(), checkpointed);
            replication.clamp(log.logStartOffset(), log.logEndOffset());
            long cleaned = atStart ? home.cleanedOffsets().getOrDefault(name, -1L) : -1;
            Partition partition = new Partition(key, home, log, producers, replication, cleaned, shard.deadlines());
            shard.add(partition);
            partition.update(image);
            shard.afterProgress(partition, nowMs);
        } catch (LogCorruptException e) {
            LOG.error("{} is offline: {}", name, e.getMessage());
            shard.addOffline(key, offline);
        } catch (IOException e) {
            LOG.error("{} is offline, the disk failed", name, e);
            shard.addOffline(key, offline);
            shard.writeFailed(home, new LogIoException("cannot open " + name, e));
        } catch (RuntimeException e) {
            LOG.error("{} is offline, it could not be opened", name, e);
            shard.addOffline(key, offline);
        }
    }

    /** Kafka's rule: the directory with the fewest partitions. */
    private LogHome emptiest() {
        Map<Uuid, Integer> counts = new HashMap<>();
        shard.partitions().forEach(p -> counts.merge(p.home.id(), 1, Integer::sum));
        Comparator<LogHome> byCount = Comparator.comparing(home -> counts.getOrDefault(home.id(), 0));
        Comparator<LogHome> writableFirst = Comparator.comparing(home -> !shard.isWritable(home));
        return options.homes().stream()
                .min(writableFirst.thenComparing(byCount))
                .orElseThrow();
    }

    private void remove(Partition partition, long nowMs) {
        shard.remove(partition.key);
        try {
            Path path = partition.delete(ids.get().toString().replace("-", ""));
            doomed.add(
                    new Doomed(partition.home, path, nowMs + partition.config().fileDeleteDelayMs()));
        } catch (IOException e) {
            LOG.error("Cannot delete {}", partition.name(), e);
        }
        shard.afterProgress(partition, nowMs);
    }

    private record Doomed(LogHome home, Path path, long dueMs) {}
}
