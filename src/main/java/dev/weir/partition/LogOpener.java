package dev.weir.partition;

import dev.weir.config.LogConfig;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.directory.PartitionDirectory;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and creates logs of one shard: a partition goes to the shard either way, as one that serves or as one that is offline. */
final class LogOpener {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpener.class);

    private static final long LEFTOVER_MS = 60_000;

    private final ShardOptions options;
    private final ShardState shard;
    private final Placement placement;
    private final OpenFileCache files;
    private final LongUnaryOperator random;
    private final Supplier<UUID> ids;

    LogOpener(
            ShardOptions options,
            ShardState shard,
            Placement placement,
            OpenFileCache files,
            LongUnaryOperator random,
            Supplier<UUID> ids) {
        this.options = options;
        this.shard = shard;
        this.placement = placement;
        this.files = files;
        this.random = random;
        this.ids = ids;
    }

    /** 32 hexadecimal digits that no directory's name has yet. */
    String newId() {
        return ids.get().toString().replace("-", "");
    }

    /** Opens a partition that may or may not be on disk already, or parks it while another topic's directory is in its place. */
    void openOrCreate(PartitionKey key, TopicImage topic, PartitionImage image, long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), key.partition());
        Offline before = shard.offline().get(key);
        if (before != null && before.isShortened()) {
            return;
        }
        if (before != null && !before.blocked()) {
            openAgain(key, topic, image, before, nowMs);
            return;
        }
        for (LogDirAtStart logDir : options.logDirs()) {
            Optional<Uuid> there;
            try {
                there = logDir.directory().readTopicId(logDir.directory().partitionPath(name));
            } catch (IOException | LogCorruptException e) {
                if (before == null) {
                    LOG.error(
                            "{} is offline: it is unknown which topic {} in {} belongs to",
                            name,
                            name,
                            logDir.path(),
                            e);
                }
                long since = before == null ? nowMs : before.sinceMs();
                shard.addOffline(
                        key, new Offline(name, logDir, KnownOffsets.NOTHING, false, since, Offline.Why.BLOCKED));
                return;
            }
            if (there.isPresent() && !there.get().equals(topic.id())) {
                setAsideLeftover(logDir, name, there.get(), before, nowMs);
                long since = before == null ? nowMs : before.sinceMs();
                shard.addOffline(
                        key, new Offline(name, logDir, KnownOffsets.NOTHING, false, since, Offline.Why.BLOCKED));
                return;
            }
            if (there.isPresent()) {
                open(key, topic, image, logDir, false, true, KnownOffsets.found(logDir, name), nowMs);
                return;
            }
        }
        open(key, topic, image, placement.take(name), false, false, KnownOffsets.NOTHING, nowMs);
    }

    /** Parks a partition until its name is free. */
    void block(PartitionKey key, TopicImage topic, long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), key.partition());
        shard.addOffline(
                key,
                new Offline(name, options.logDirs().get(0), KnownOffsets.NOTHING, false, nowMs, Offline.Why.BLOCKED));
    }

    /** Opens a log that was found at start; one that is not in its place is waited for. */
    void openFound(
            PartitionKey key,
            TopicImage topic,
            PartitionImage image,
            LogDirAtStart logDir,
            KnownOffsets known,
            long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), key.partition());
        if (logDir.directory().holds(name)) {
            open(key, topic, image, logDir, logDir.clean(), true, known, nowMs);
            return;
        }
        shard.addOffline(key, new Offline(name, logDir, known, true, nowMs, Offline.Why.UNUSABLE));
        shard.writeFailed(logDir, new LogIoException(name + " is not in its place", new IOException()));
    }

    /** A log that was there must not be made anew where it is missing. */
    private void openAgain(PartitionKey key, TopicImage topic, PartitionImage image, Offline before, long nowMs) {
        LogDirAtStart logDir = before.logDir();
        try {
            if (before.exists() && !logDir.directory().holds(before.name()) && !completeMove(before, topic.id())) {
                LOG.error("{} is offline: it is not in {}", before.name(), logDir.path());
                return;
            }
        } catch (IOException | LogCorruptException e) {
            LOG.error("{} is offline: its move to {} cannot be completed", before.name(), logDir.path(), e);
            return;
        }
        open(key, topic, image, logDir, false, before.exists(), before.known(), nowMs);
    }

    private static boolean completeMove(Offline before, Uuid topicId) throws IOException, LogCorruptException {
        LogDirectory directory = before.logDir().directory();
        List<FoundCopies.Marked> complete = new ArrayList<>();
        for (PartitionDirectory found : directory.partitions()) {
            if (found.kind() == PartitionDirectory.Kind.FUTURE
                    && found.partition().equals(before.name())
                    && directory.readTopicId(found.path()).equals(Optional.of(topicId))) {
                directory
                        .readCopyMark(found.path())
                        .ifPresent(mark -> complete.add(new FoundCopies.Marked(found.path(), mark)));
            }
        }
        if (complete.isEmpty()) {
            return false;
        }
        Path path = Collections.max(complete, FoundCopies.NEWEST_COMPLETE).path();
        directory.removeCopyMark(directory.makeLive(path));
        return true;
    }

    /** A directory that a partition is copied to, with an empty log. */
    PartitionLog createFuture(Partition partition, LogDirAtStart logDir, long nowMs)
            throws IOException, LogCorruptException {
        Path path = makeFuture(partition.key, partition.name(), logDir, nowMs);
        return openFuture(partition, path, KnownOffsets.NOTHING, nowMs);
    }

    /** A directory for a partition to be copied to; of several that were left, the one with the greatest name is the newest. */
    Path makeFuture(PartitionKey key, TopicPartition name, LogDirAtStart logDir, long nowMs) throws IOException {
        String time = String.format(Locale.ROOT, "%012x", nowMs);
        Path path = logDir.directory().futurePath(name, time + newId().substring(time.length()));
        logDir.directory().createFuture(path, key.topicId());
        return path;
    }

    /** Opens a directory that a partition is copied to, as a clean stop has left it. */
    PartitionLog openFuture(Partition partition, Path path, KnownOffsets known, long nowMs)
            throws IOException, LogCorruptException {
        boolean clean = known.recoveryPoint() >= 0;
        return PartitionLog.open(
                files,
                path,
                partition.name(),
                partition.config(),
                known.options(clean, nowMs, random),
                options.producers().create(partition.name()));
    }

    /**
     * Opens a partition in a directory.
     *
     * @param clean whether the log was closed in order
     * @param exists whether there is a log, as opposed to one that is to be made
     */
    void open(
            PartitionKey key,
            TopicImage topic,
            PartitionImage image,
            LogDirAtStart logDir,
            boolean clean,
            boolean exists,
            KnownOffsets known,
            long nowMs) {
        TopicPartition name = new TopicPartition(topic.name(), key.partition());
        Offline offline = new Offline(name, logDir, known, exists, nowMs, Offline.Why.UNUSABLE);
        try {
            Path path = logDir.directory().partitionPath(name);
            LogConfig config = options.configs().apply(shard.image(), topic.name());
            ProducerStateManager producers = options.producers().create(name);
            PartitionLog log =
                    PartitionLog.open(files, path, name, config, known.options(clean, nowMs, random), producers);
            if (log.recoveryPoint() < known.recoveryPoint()) {
                log.abandon();
                shard.shortened(key, offline, log.recoveryPoint(), nowMs);
                return;
            }
            if (logDir.directory().readTopicId(path).isEmpty()) {
                logDir.directory().writeTopicId(path, topic.id());
            }
            ReplicationState replication = shard.newReplication(key, known.highWatermark());
            replication.clamp(log.logStartOffset(), log.logEndOffset());
            long cleaned = Math.min(known.cleaned(), log.logEndOffset());
            Partition partition = new Partition(key, logDir, log, producers, replication, cleaned, shard.deadlines());
            cut(partition, image, known);
            lead(partition, image);
            shard.add(partition);
            shard.placed(partition);
            shard.afterProgress(partition, nowMs);
        } catch (LogCorruptException e) {
            LOG.error("{} is offline: {}", name, e.getMessage());
            shard.addOffline(key, offline);
        } catch (IOException e) {
            LOG.error("{} is offline, the disk failed", name, e);
            shard.addOffline(key, offline);
            shard.writeFailed(logDir, new LogIoException("cannot open " + name, e));
        } catch (RuntimeException e) {
            LOG.error("{} is offline, it could not be opened", name, e);
            brokenOff(key, offline);
        } catch (Error e) {
            brokenOff(key, new Offline(name, logDir, known, exists, nowMs, Offline.Why.BROKEN_OFF));
            LOG.error("{} is offline, it could not be opened", name, e);
        }
    }

    /** Where the metadata takes the log for lost already, it will be led in a newer epoch anyway. */
    private void cut(Partition partition, PartitionImage image, KnownOffsets known) {
        long end = partition.log.logEndOffset();
        if (end < known.end()) {
            LOG.error("{} has lost the records from {} to {}", partition.name(), end, known.end());
        }
        if (!image.directoryOf(options.brokerId()).equals(DirectoryId.LOST)) {
            partition.cutIn(known.cutAt(end));
        }
    }

    private void brokenOff(PartitionKey key, Offline offline) {
        Partition half = shard.takeOut(key);
        shard.addOffline(key, offline);
        if (half != null) {
            half.takeOffline("the log could not be opened");
        }
    }

    private void lead(Partition partition, PartitionImage image) throws IOException {
        try {
            partition.update(image, shard.monotonicMs());
        } catch (IOException | RuntimeException e) {
            partition.log.abandon();
            throw e;
        }
    }

    /** The owner of a deleted topic's directory takes it away soon; one that nobody owns any more is set aside. */
    private void setAsideLeftover(
            LogDirAtStart logDir, TopicPartition name, Uuid leftover, @Nullable Offline before, long nowMs) {
        boolean abandoned = before != null && nowMs - before.sinceMs() > LEFTOVER_MS;
        if (!abandoned || shard.image().topic(leftover).isPresent()) {
            return;
        }
        try {
            Path aside = logDir.directory().markStray(logDir.directory().partitionPath(name), newId());
            LOG.warn("{} was left by a deleted topic; it is set aside as {}", name, aside);
        } catch (IOException e) {
            LOG.error("Cannot set aside {} in {}", name, logDir.path(), e);
        }
    }
}
