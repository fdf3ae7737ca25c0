package dev.weir.partition;

import dev.weir.config.LogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens, creates and removes the partitions of one shard as the metadata says. Owned by the shard. */
final class LogLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(LogLifecycle.class);

    private final ShardOptions options;
    private final ShardState shard;
    private final AppendPath appends;
    private final LogOpener opener;
    private final Placement placement;
    private final DeletedLogs deleted;
    private final LogMoves moves;
    private final AbsentLogs absent;
    private final LostLogs lost;
    private final ShardContext context;
    /** Names of deleted logs that the checkpoints may still tell of; a new log of that name would be taken for the old one. */
    private final Map<TopicPartition, Integer> forgetting = new HashMap<>();

    LogLifecycle(
            ShardOptions options,
            ShardState shard,
            AppendPath appends,
            LogOpener opener,
            Placement placement,
            DeletedLogs deleted,
            LogMoves moves,
            ShardContext context) {
        this.options = options;
        this.shard = shard;
        this.appends = appends;
        this.opener = opener;
        this.placement = placement;
        this.deleted = deleted;
        this.moves = moves;
        this.context = context;
        this.absent = new AbsentLogs(options, shard);
        this.lost = new LostLogs(options, shard);
    }

    /** Opens every partition of this shard that the image places on this broker. */
    void openAll(long nowMs, Runnable onOpened) {
        ClusterImage image = shard.image();
        Map<TopicPartition, List<LogDirAtStart>> found = new HashMap<>();
        for (LogDirAtStart logDir : options.logDirs()) {
            logDir.found().forEach(f -> found.computeIfAbsent(f.partition(), k -> new ArrayList<>())
                    .add(logDir));
        }
        for (TopicImage topic : image.topics().byId().values()) {
            topic.partitions().forEach((index, partition) -> {
                PartitionKey key = new PartitionKey(topic.id(), index);
                if (isMine(key, partition)) {
                    List<LogDirAtStart> logDirs =
                            found.getOrDefault(new TopicPartition(topic.name(), index), List.of());
                    if (!logDirs.isEmpty()) {
                        LogDirAtStart logDir = logDirs.get(0);
                        KnownOffsets known = KnownOffsets.checkpointed(logDir, new TopicPartition(topic.name(), index));
                        opener.openFound(key, topic, partition, logDir, known, nowMs);
                    } else if (!absent.isAbsent(key, topic, partition)) {
                        opener.openOrCreate(key, topic, partition, nowMs);
                    }
                    onOpened.run();
                }
            });
        }
        absent.report();
        tellLost();
        moves.resume(options.logDirs(), nowMs);
    }

    /** Makes the metadata say which partitions cannot be used. */
    void tellLost() {
        lost.tell();
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
        // A role and the settings of one image belong together: who must be in sync may change with who is.
        List<Partition> reconfigured = reconfigure(change.changedConfigs());
        for (Uuid topicId : change.changedTopics()) {
            Optional<TopicImage> topic = change.after().topic(topicId);
            for (int index : change.changedPartitions(topicId)) {
                PartitionKey key = new PartitionKey(topicId, index);
                if (key.shard(options.shards()) == options.shard()) {
                    apply(key, topic, nowMs);
                }
            }
        }
        for (Partition partition : reconfigured) {
            if (!partition.isEnded() && partition.progress()) {
                shard.afterProgress(partition, nowMs);
            }
        }
        if (!change.changedConfigs().isEmpty()) {
            makeAbandoned(nowMs);
        }
    }

    /** A directory has recovered: tries again to open what could not be used in it. */
    void reopen(Uuid directoryId, long nowMs) {
        retry(offline -> offline.logDir().id().equals(directoryId), nowMs);
    }

    /** Tries again to open what waits for another topic's directory to go, or was not opened for want of memory. */
    void retryBlocked(long nowMs) {
        retry(
                offline -> offline.isDueAgain(nowMs) || (offline.blocked() && !forgetting.containsKey(offline.name())),
                nowMs);
    }

    private void retry(Predicate<Offline> which, long nowMs) {
        for (Map.Entry<PartitionKey, Offline> entry :
                Map.copyOf(shard.offline()).entrySet()) {
            if (!shard.isSyncing(entry.getKey()) && which.test(entry.getValue())) {
                openOrCreate(entry.getKey(), nowMs);
                lost.tellCut(entry.getKey());
            }
        }
    }

    /** Opens a partition as the metadata has it now; one that is gone from there is left alone. */
    private void openOrCreate(PartitionKey key, long nowMs) {
        shard.image().topic(key.topicId()).ifPresent(topic -> topic.partition(key.partition())
                .ifPresent(image -> opener.openOrCreate(key, topic, image, nowMs)));
    }

    /**
     * Nobody knows which of a log's bytes above the recovery point are on the disk, or in the log at all: everything that waits
     * for it is told, and it is opened again, with each batch checked, before it is used any more. After a failed sync each is
     * written again as well.
     */
    void reopen(Partition partition, String why, long nowMs) {
        PartitionKey key = partition.key;
        if (shard.find(key) == partition) {
            LOG.error("{} is opened again from offset {} on: {}", partition.name(), partition.log.recoveryPoint(), why);
            shard.takeOffline(partition, why, nowMs);
        }
        Offline offline = shard.offline().get(key);
        if (offline != null) {
            retry(other -> other == offline, nowMs);
        }
    }

    /**
     * A log ends below the recovery point in the checkpoint of its directory. If it were written to now, a crash could leave a part
     * of that, and the next start would take all of it for synced. So it waits until the checkpoint says where it ends.
     */
    void shortened(PartitionKey key, Offline offline, long recoveryPoint, long nowMs) {
        LOG.warn(
                "{} ends at {}, below its recovery point {}: it waits for the checkpoint of {}",
                offline.name(),
                recoveryPoint,
                offline.known().recoveryPoint(),
                offline.logDir().path());
        Offline waiting = offline.with(Offline.Why.SHORTENED, recoveryPoint);
        shard.addOffline(key, waiting);
        context.writeCheckpoints(offline.logDir(), written -> {
            if (shard.offline().get(key) != waiting) {
                return;
            }
            if (written) {
                Offline shorter = waiting.with(Offline.Why.UNUSABLE, recoveryPoint);
                shard.addOffline(key, shorter);
                retry(other -> other == shorter, nowMs);
            } else {
                shard.addOffline(
                        key,
                        offline.with(Offline.Why.BROKEN_OFF, offline.known().recoveryPoint()));
                tellLost();
            }
        });
    }

    private boolean isMine(PartitionKey key, PartitionImage partition) {
        return key.shard(options.shards()) == options.shard()
                && partition.replicas().contains(options.brokerId());
    }

    private void apply(PartitionKey key, Optional<TopicImage> topic, long nowMs) {
        Optional<PartitionImage> image = topic.flatMap(t -> t.partition(key.partition()));
        Partition partition = shard.find(key);
        if (image.isPresent() && topic.isPresent() && isMine(key, image.get())) {
            boolean isLost = image.get().directoryOf(options.brokerId()).equals(DirectoryId.LOST);
            if (partition != null) {
                follow(partition, image.get(), nowMs);
                if (isLost && !partition.isEnded()) {
                    partition.cutIsTold();
                    shard.placed(partition);
                }
            } else if (forgetting.containsKey(new TopicPartition(topic.get().name(), key.partition()))) {
                opener.block(key, topic.get(), nowMs);
            } else if (absent.isSpared(key, topic.get(), image.get())) {
                opener.openOrCreate(key, topic.get(), image.get(), nowMs);
            } else if (!isLost && !shard.absent().contains(key) && !shard.isSyncing(key)) {
                opener.openOrCreate(key, topic.get(), image.get(), nowMs);
                lost.tellCut(key);
            }
        } else if (partition != null) {
            remove(partition, nowMs);
        } else {
            moves.cancel(key, nowMs);
            shard.remove(key);
        }
    }

    /** Whoever cannot write that its epoch begins must not lead: the log is opened again when its directory has recovered. */
    private void follow(Partition partition, PartitionImage image, long nowMs) {
        try {
            partition.update(image, shard.monotonicMs());
            shard.afterProgress(partition, nowMs);
        } catch (IOException e) {
            LOG.error("{} is offline: it cannot begin the leader epoch {}", partition.name(), image.leaderEpoch(), e);
            shard.takeOffline(partition, "a leader epoch could not be written", nowMs);
            shard.writeFailed(
                    partition.logDir, new LogIoException("cannot begin a leader epoch of " + partition.name(), e));
        }
    }

    private List<Partition> reconfigure(Set<ConfigResource> changed) {
        boolean all = changed.stream().anyMatch(resource -> resource.type() == ConfigResource.Type.BROKER);
        Set<String> topics = changed.stream()
                .filter(resource -> resource.type() == ConfigResource.Type.TOPIC)
                .map(ConfigResource::name)
                .collect(Collectors.toSet());
        List<Partition> reconfigured = new ArrayList<>();
        for (Partition partition : all || !topics.isEmpty() ? shard.partitions() : List.<Partition>of()) {
            if (!all && !topics.contains(partition.name().topic())) {
                continue;
            }
            LogConfig now =
                    options.configs().apply(shard.image(), partition.name().topic());
            if (!now.equals(partition.config())) {
                partition.log.updateConfig(now);
                reconfigured.add(partition);
            }
        }
        return reconfigured;
    }

    private void makeAbandoned(long nowMs) {
        absent.abandoned().forEach(key -> openOrCreate(key, nowMs));
    }

    private void remove(Partition partition, long nowMs) {
        moves.cancel(partition.key, nowMs);
        shard.remove(partition.key);
        placement.release(partition.logDir);
        try {
            Path path = partition.delete(opener.newId(), shard.isPartition(partition.key));
            deleted.add(partition.logDir, path, nowMs + partition.config().fileDeleteDelayMs());
        } catch (IOException e) {
            LOG.error("Cannot delete {}", partition.name(), e);
        }
        forget(partition.name(), nowMs);
        shard.afterProgress(partition, nowMs);
    }

    /** The log may have been in each of the directories once; one that cannot be written takes no new log either. */
    private void forget(TopicPartition name, long nowMs) {
        forgetting.put(name, options.logDirs().size());
        for (LogDirAtStart logDir : options.logDirs()) {
            context.writeCheckpoints(logDir, written -> {
                if (forgetting.merge(name, -1, Integer::sum) <= 0) {
                    forgetting.remove(name);
                    retry(offline -> offline.blocked() && offline.name().equals(name), nowMs);
                }
            });
        }
    }
}
