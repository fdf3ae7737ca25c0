package dev.weir.partition;

import dev.weir.config.LogConfig;
import dev.weir.metadata.PartitionImage;
import dev.weir.partition.ReplicationState.FollowerPosition;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.PartitionStats;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.SyncTask;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica on this broker: its log, its place in the replication, and who waits for it. Owned by its shard. It ends when
 * the metadata takes it away or the shard stops.
 */
final class Partition {
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);
    private static final AppendResult MOVED =
            AppendResult.unclear(Errors.NOT_LEADER_OR_FOLLOWER, "the partition has moved to another leader");

    final PartitionKey key;
    LogDirAtStart logDir;
    PartitionLog log;
    final ProducerStateManager producers;
    final AckQueue acks;
    final TopicCounters counters = new TopicCounters();
    private final ReplicationState replication;
    private final Set<FetchWait.Place> waits = new LinkedHashSet<>();
    private long dirtySinceMs = -1;
    private boolean syncing;
    private Errors ended = Errors.NONE;
    private long cleanedTo;

    Partition(
            PartitionKey key,
            LogDirAtStart logDir,
            PartitionLog log,
            ProducerStateManager producers,
            ReplicationState replication,
            long cleanedTo,
            Deadlines deadlines) {
        this.key = key;
        this.logDir = logDir;
        this.log = log;
        this.producers = producers;
        this.replication = replication;
        this.cleanedTo = cleanedTo;
        this.acks = new AckQueue(deadlines);
        producers.onHighWatermark(replication.highWatermark());
    }

    TopicPartition name() {
        return log.partition();
    }

    LogConfig config() {
        return log.config();
    }

    /**
     * Takes over leadership, epoch and in-sync replicas from the metadata; nothing may be staged.
     *
     * @throws IOException when the start of the epoch cannot be written: the partition must go offline, as it cannot lead
     */
    void update(PartitionImage image, long monotonicMs) throws IOException {
        boolean wasLeader = replication.isLeader();
        boolean elected = replication.update(PartitionRole.of(image), monotonicMs);
        if (wasLeader && !replication.isLeader()) {
            acks.failAbove(-1, MOVED);
        }
        if (elected) {
            acks.fail(ack -> !isInLog(ack), MOVED);
            log.beginEpoch(image.leaderEpoch());
            replication.beginEpochAt(log.logEndOffset());
        }
        progress();
    }

    /** Whether the offset that an append waits for is still of the leader epoch in which it was appended. */
    private boolean isInLog(PendingAppend.Ack ack) {
        return log.epochForOffset(ack.requiredOffset() - 1).orElse(-1) == ack.leaderEpoch();
    }

    /** NONE when this broker leads the partition in the epoch that the client knows (KIP-320). */
    Errors checkLeader(int clientEpoch) {
        if (ended != Errors.NONE) {
            return ended;
        }
        if (clientEpoch >= 0 && clientEpoch < replication.leaderEpoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (clientEpoch > replication.leaderEpoch()) {
            return Errors.UNKNOWN_LEADER_EPOCH;
        }
        return replication.isLeader() ? Errors.NONE : Errors.NOT_LEADER_OR_FOLLOWER;
    }

    /** NONE when this broker follows another one in this leader epoch. */
    Errors checkFollower(int epoch) {
        if (ended != Errors.NONE) {
            return ended;
        }
        if (epoch != replication.leaderEpoch()) {
            return epoch < replication.leaderEpoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
        }
        return replication.isLeader() || replication.leader() < 0 ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.NONE;
    }

    boolean isLeader() {
        return replication.isLeader();
    }

    int leaderEpoch() {
        return replication.leaderEpoch();
    }

    FetchAnswer.Leader leader() {
        return new FetchAnswer.Leader(replication.leader(), replication.leaderEpoch());
    }

    /** As {@link ReplicationState#cutIn}; the metadata is to hear of it while {@link #mustTellCut}. */
    void cutIn(int epoch) {
        replication.cutIn(epoch);
    }

    int cutEpoch() {
        return replication.cutEpoch();
    }

    boolean mustTellCut() {
        return !isEnded() && replication.awaitsEpoch();
    }

    /** The metadata takes the log for lost: whoever leads from now on does so in a newer epoch. */
    void cutIsTold() {
        replication.cutIn(-1);
    }

    long highWatermark() {
        return replication.highWatermark();
    }

    /** Offset below which no transaction is open; not below the log's start. */
    long lastStableOffset() {
        return producers.lastStableOffset(log.logStartOffset(), replication.highWatermark());
    }

    PartitionStats stats() {
        int inSync = replication.isr().size();
        int minIsr = replication.effectiveMinIsr(config().minInsyncReplicas());
        return new PartitionStats(
                name(),
                log.sizeInBytes(),
                log.logStartOffset(),
                highWatermark(),
                isLeader(),
                isLeader() && inSync < replication.replicationFactor(),
                isLeader() && inSync < minIsr,
                isLeader() && inSync == minIsr,
                counters.counts());
    }

    /** Whether a broker other than this one is assigned to replicate the partition. */
    boolean hasFollower(int replicaId) {
        return replication.hasFollower(replicaId);
    }

    /** As {@link ReplicationState#knowsLatest}. */
    boolean knowsLatest() {
        return replication.knowsLatest();
    }

    /** Where the log of every live replica begins, or below. */
    long lowWatermark() {
        return replication.lowWatermark(log.logStartOffset());
    }

    /** Where a consumer's view ends. */
    long consumerEnd(boolean readCommitted) {
        return readCommitted ? lastStableOffset() : replication.highWatermark();
    }

    boolean enoughReplicas() {
        return !replication.isUnderMinIsr(config().minInsyncReplicas());
    }

    ReplicationState replication() {
        return replication;
    }

    /**
     * Writes what is staged and tells whoever waits for it.
     *
     * @throws LogIoException when the disk refuses; what was not written is answered with KAFKA_STORAGE_ERROR and forgotten
     */
    void write(long nowMs) throws LogIoException {
        try {
            log.write();
        } catch (LogIoException e) {
            acks.failAbove(
                    log.logEndOffset(),
                    AppendResult.failed(Errors.KAFKA_STORAGE_ERROR, String.valueOf(e.getMessage())));
            throw e;
        } finally {
            if (!log.isInDoubt()) {
                producers.settle(log.logEndOffset());
                if (log.needsSync() && dirtySinceMs < 0) {
                    dirtySinceMs = nowMs;
                }
                progress();
            }
        }
    }

    /** A follower has asked for everything from here on; returns whether the high watermark has moved. */
    boolean followerFetched(FollowerFetch fetch) {
        FollowerPosition position = replication.followerAt(fetch, log.logEndOffset());
        if (position == FollowerPosition.LOST_COMMITTED) {
            LOG.error(
                    "{}: the in-sync replica on broker {} ends at {}, below the high watermark {}: it has lost records",
                    name(),
                    fetch.brokerId(),
                    fetch.fetchOffset(),
                    highWatermark());
        }
        return position != FollowerPosition.IGNORED && progress();
    }

    /**
     * As a follower: takes over the offsets of the leader. What the leader has deleted is deleted here too, but nothing above the
     * own high watermark.
     */
    void followOffsets(long leaderHighWatermark, long leaderStartOffset) throws IOException {
        if (replication.follow(leaderHighWatermark, log.logEndOffset())) {
            producers.onHighWatermark(replication.highWatermark());
        }
        log.advanceLogStartOffset(Math.min(leaderStartOffset, replication.highWatermark()));
    }

    /** Lets the high watermark and acknowledgements follow the log; returns whether the high watermark has moved. */
    boolean progress() {
        long localEnd = durableEnd();
        boolean moved = replication.advance(localEnd, config().minInsyncReplicas());
        if (moved) {
            producers.onHighWatermark(replication.highWatermark());
        }
        acks.settle(localEnd, replication.highWatermark(), enoughReplicas());
        return moved;
    }

    /** The waits of readers, to be looked at when something has moved. */
    List<FetchWait.Place> waits() {
        return waits.isEmpty() ? List.of() : List.copyOf(waits);
    }

    void addWait(FetchWait.Place wait) {
        waits.add(wait);
    }

    void removeWait(FetchWait.Place wait) {
        waits.remove(wait);
    }

    /** Where the last compaction ended, -1 when there was none. */
    long cleanedTo() {
        return cleanedTo;
    }

    void cleanedTo(long offset) {
        cleanedTo = offset;
    }

    /** The log goes on as a copy in another directory, at the same offsets. */
    void moveTo(LogDirAtStart target, PartitionLog copy, long cleaned) {
        logDir = target;
        log = copy;
        cleanedTo = cleaned;
        if (!isEnded()) {
            progress();
        }
    }

    /** The log was cut, or its start moved. */
    void clamp() {
        cleanedTo = Math.min(cleanedTo, log.logEndOffset());
        replication.clamp(log.logStartOffset(), log.logEndOffset());
        producers.onHighWatermark(replication.highWatermark());
        progress();
    }

    /** Whether records are promised to be synced before they are acknowledged. */
    boolean syncsBeforeAck() {
        return config().flushMessages() <= 1;
    }

    /** Whether a sync is due: at once where it is promised, else after a roll, by {@code flush.messages} and {@code flush.ms}. */
    boolean syncDue(long nowMs) {
        if (isEnded() || syncing || !log.needsSync()) {
            return false;
        }
        return syncsBeforeAck()
                || log.hasSealedUnsynced()
                || log.logEndOffset() - log.recoveryPoint() >= config().flushMessages()
                || (dirtySinceMs >= 0 && nowMs - dirtySinceMs >= config().flushMs());
    }

    /** Whether the clock alone will make something due: acknowledgements that expire, a sync by {@code flush.ms}. */
    boolean waitsForClock() {
        return !acks.isEmpty() || (!isEnded() && log.needsSync() && config().flushMs() < Long.MAX_VALUE);
    }

    void syncStarted() {
        syncing = true;
        dirtySinceMs = -1;
    }

    void syncEnded() {
        syncing = false;
        progress();
    }

    boolean isSyncing() {
        return syncing;
    }

    /** The log must be opened again to be used; everything that waits is told, and what is staged is dropped. */
    void takeOffline(String reason) {
        ended = Errors.KAFKA_STORAGE_ERROR;
        // Whoever is answered takes back the memory of what is staged.
        log.forgetStaged();
        if (!log.isInDoubt()) {
            acks.failAbove(log.logEndOffset(), AppendResult.failed(Errors.KAFKA_STORAGE_ERROR, reason));
        }
        acks.failAbove(-1, AppendResult.unclear(Errors.KAFKA_STORAGE_ERROR, reason));
        log.abandon();
    }

    /** Nothing is taken or read any more, since the broker stops. */
    void end() {
        ended = Errors.NOT_LEADER_OR_FOLLOWER;
    }

    /** Begins to close the log; nothing may be staged. Answers the sync to be run before {@link #endClose}, if any. */
    @Nullable
    SyncTask beginClose() throws IOException {
        end();
        return log.beginClose();
    }

    /** Closes the log; everything that waits is answered. */
    void endClose(@Nullable SyncTask last) {
        log.endClose(last);
        progress();
        acks.failAbove(-1, AppendResult.unclear(Errors.NOT_LEADER_OR_FOLLOWER, "the broker stops"));
    }

    /**
     * The metadata took the replica away: its log is renamed for removal, to the path answered, and nobody waits on.
     *
     * @param livesOn whether others have the partition still, so that clients are to look for them
     */
    Path delete(String uniqueId, boolean livesOn) throws IOException {
        ended = livesOn ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        acks.failAbove(-1, livesOn ? MOVED : AppendResult.unclear(ended, "the topic was deleted"));
        return log.delete(uniqueId);
    }

    /** Whether its log is not to be touched any more. */
    boolean isEnded() {
        return ended != Errors.NONE;
    }

    private long durableEnd() {
        return syncsBeforeAck() ? log.recoveryPoint() : log.logEndOffset();
    }
}
