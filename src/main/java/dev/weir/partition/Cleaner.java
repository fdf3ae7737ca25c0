package dev.weir.partition;

import dev.weir.config.CleanerSettings;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.CleanedSegments;
import dev.weir.storage.CleanerSchedule;
import dev.weir.storage.CleaningBudget;
import dev.weir.storage.CleaningPlan;
import dev.weir.storage.CleaningRun;
import dev.weir.storage.DamagedSegmentException;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.file.IoThrottle;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.Pacer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compaction of one shard's logs, one log at a time: the shard plans and swaps, a thread of the cleaner pool reads and writes.
 * Owned by the shard.
 */
final class Cleaner {
    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    private final ShardState shard;
    private final IoThrottle throttle;
    private final CleanerSlots slots;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Set<PartitionKey> uncleanable = new HashSet<>();
    private boolean running;
    private boolean heldBack;

    /**
     * @param throttle bounds the I/O of all shards together
     * @param slots bounds how many compactions of all shards run at once
     */
    Cleaner(ShardState shard, IoThrottle throttle, CleanerSlots slots) {
        this.shard = shard;
        this.throttle = throttle;
        this.slots = slots;
    }

    /** A compaction to be run elsewhere. Its outcome is handed to {@link #finish} or {@link #fail}, on the shard's thread. */
    record Job(Partition partition, PartitionLog log, Callable<CleanedSegments> run) {
        /** Whether the log is still the one that is used. */
        boolean isCurrent(ShardState shard) {
            return shard.find(partition.key) == partition && partition.log == log;
        }
    }

    /** The next compaction that is due; it counts as running until its end is told. */
    Optional<Job> next(CleanerSettings settings, long nowMs) {
        throttle.rate(settings.maxBytesPerSecond());
        heldBack = false;
        if (running || !settings.enabled() || settings.threads() == 0 || stopped.get()) {
            return Optional.empty();
        }
        if (!slots.take(settings.threads())) {
            heldBack = true;
            return Optional.empty();
        }
        try {
            return choose(settings, nowMs);
        } finally {
            if (!running) {
                slots.giveBack();
            }
        }
    }

    /** Whether the last look for work ended because other shards compact as much as may be at once. */
    boolean isHeldBack() {
        return heldBack;
    }

    private Optional<Job> choose(CleanerSettings settings, long nowMs) {
        uncleanable.removeIf(key -> shard.find(key) == null);
        Map<CleaningPlan, Partition> due = new HashMap<>();
        for (Partition partition : shard.partitions()) {
            boolean cleanable = partition.config().compact() && !uncleanable.contains(partition.key);
            if (!partition.isEnded() && cleanable && shard.isWritable(partition.logDir)) {
                plan(partition, nowMs).ifPresent(plan -> due.put(plan, partition));
            }
        }
        Optional<CleaningPlan> chosen = CleanerSchedule.next(due.keySet());
        due.forEach((plan, partition) -> {
            if (!plan.equals(chosen.orElse(null))) {
                partition.log.abandonCleaning();
            }
        });
        return chosen.map(plan -> {
            Partition partition = Objects.requireNonNull(due.get(plan));
            running = true;
            Pacer pacer = Pacer.throttled(throttle, stopped::get);
            CleaningBudget budget = new CleaningBudget(
                    settings.dedupeBufferBytes() / settings.threads(),
                    settings.loadFactor(),
                    settings.ioBufferBytes() / settings.threads());
            // The memory is taken by the thread that runs it, not while it waits for one.
            return new Job(partition, partition.log, () -> new CleaningRun(plan, budget, pacer).run());
        });
    }

    /** Swaps the outcome in. */
    void finish(Job job, CleanedSegments cleaned, long nowMs) {
        ended();
        Partition partition = job.partition();
        if (!job.isCurrent(shard) || stopped.get()) {
            job.log().abandonCleaning();
            return;
        }
        try {
            partition.log.replaceSegments(cleaned, nowMs).ifPresent(partition::cleanedTo);
            LOG.info(
                    "Compacted {} up to offset {}: {} bytes read, {} written",
                    partition.name(),
                    cleaned.endOffset(),
                    cleaned.bytesRead(),
                    cleaned.bytesWritten());
        } catch (IOException e) {
            LOG.error("{} is offline: its compacted segments could not be put in place", partition.name(), e);
            // Only opening the log again tells which of its segments are there.
            shard.takeOffline(partition, "the disk failed while compacted segments were put in place", nowMs);
            shard.writeFailed(partition.logDir, new LogIoException("cannot compact " + partition.name(), e));
        } catch (RuntimeException | Error e) {
            LOG.error("The compacted segments of {} may not all be in place", partition.name(), e);
            shard.giveUpWhereItMust(partition, nowMs);
        }
        shard.afterProgress(partition, nowMs);
    }

    /** There is no outcome. */
    void fail(Job job, Throwable cause) {
        ended();
        job.log().abandonCleaning();
        if (stopped.get() || !job.isCurrent(shard)) {
            return;
        }
        Partition partition = job.partition();
        if (cause instanceof NoSuchFileException) {
            LOG.info("{} is compacted later: retention removed a segment meanwhile", partition.name());
        } else if (cause instanceof IOException failure && !(cause instanceof DamagedSegmentException)) {
            LOG.error("{} is compacted again when its disk works", partition.name(), cause);
            shard.writeFailed(partition.logDir, new LogIoException("cannot compact " + partition.name(), failure));
        } else {
            uncleanable.add(partition.key);
            LOG.error("{} is not compacted any more until the next start", partition.name(), cause);
        }
    }

    private void ended() {
        running = false;
        slots.giveBack();
    }

    /** Starts nothing any more and ends what runs. */
    void stop() {
        stopped.set(true);
    }

    private Optional<CleaningPlan> plan(Partition partition, long nowMs) {
        try {
            return partition.log.planCleaning(
                    partition.lastStableOffset(), partition.cleanedTo(), partition.producers.activeProducers(), nowMs);
        } catch (IOException e) {
            LOG.error("{} cannot be looked at for compaction", partition.name(), e);
            return Optional.empty();
        }
    }
}
