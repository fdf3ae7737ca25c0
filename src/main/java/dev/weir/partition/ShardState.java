package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.LogIoException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What the parts of one shard share: its partitions, its deadlines, and which log directories take writes. */
final class ShardState implements ReplicaRules {
    private final Map<PartitionKey, Partition> partitions = new HashMap<>();
    private final Map<PartitionKey, Offline> offline = new HashMap<>();
    private final Set<PartitionKey> absent = new HashSet<>();
    /** Logs that were given up while a sync of them ran: none is opened again before that has ended. */
    private final Set<PartitionKey> syncing = new HashSet<>();
    /** What the leaders of logs that were given up knew; until those are open again. */
    private final Map<PartitionKey, ReplicationState.Legacy> legacies = new HashMap<>();

    /** Logs that were cut, of which the checkpoints on the disk may still say too much: nothing may be appended to them. */
    private final Set<PartitionKey> uncheckpointed = new HashSet<>();

    private final Map<Uuid, DirectoryHealth> health = new HashMap<>();
    private final Deadlines deadlines = new Deadlines();
    private final IsrCounts isrCounts = new IsrCounts();
    private final ShardEvents events;
    private final int brokerId;
    private final Function<ClusterImage, BrokerConfig> settingsOf;
    private ClusterImage image;
    private BrokerConfig settings;

    /**
     * @param brokerId this broker
     * @param settingsOf the broker's settings with what an image alters
     * @param events told what happens
     */
    ShardState(int brokerId, ClusterImage image, Function<ClusterImage, BrokerConfig> settingsOf, ShardEvents events) {
        this.brokerId = brokerId;
        this.image = image;
        this.settingsOf = settingsOf;
        this.settings = settingsOf.apply(image);
        this.events = events;
    }

    @Nullable
    Partition find(PartitionKey key) {
        return partitions.get(key);
    }

    Collection<Partition> partitions() {
        return partitions.values();
    }

    void add(Partition partition) {
        offline.remove(partition.key);
        absent.remove(partition.key);
        legacies.remove(partition.key);
        partitions.put(partition.key, partition);
    }

    @Nullable
    Partition remove(PartitionKey key) {
        offline.remove(key);
        absent.remove(key);
        legacies.remove(key);
        return partitions.remove(key);
    }

    /** As {@link #remove}, of a partition that is to be opened again: what its leader knew is kept. */
    @Nullable
    Partition takeOut(PartitionKey key) {
        ReplicationState.Legacy before = legacies.get(key);
        Partition partition = remove(key);
        ReplicationState.Legacy legacy = partition != null && partition.isLeader()
                ? partition.replication().legacy()
                : before;
        if (legacy != null) {
            legacies.put(key, legacy);
        }
        return partition;
    }

    /** A partition whose log cannot be used; it is opened again when its directory has recovered, or at the next start. */
    void addOffline(PartitionKey key, Offline why) {
        absent.remove(key);
        offline.put(key, why);
    }

    /** A partition whose log must be opened again to be used; everything that waits for it is told. */
    void takeOffline(Partition partition, String why, long nowMs) {
        takeOut(partition.key);
        if (partition.isSyncing()) {
            syncing.add(partition.key);
        }
        addOffline(
                partition.key,
                new Offline(
                        partition.name(),
                        partition.logDir,
                        KnownOffsets.of(partition),
                        true,
                        nowMs,
                        Offline.Why.UNUSABLE));
        partition.takeOffline(why);
        afterProgress(partition, nowMs);
    }

    /** Whether a sync of a log that was given up still runs; it could fail for what is written anew. */
    boolean isSyncing(PartitionKey key) {
        return syncing.contains(key);
    }

    /** That sync has ended. */
    void syncEnded(PartitionKey key, boolean failed) {
        syncing.remove(key);
        if (failed) {
            offline.computeIfPresent(key, (k, given) -> given.withFailedSync());
        }
    }

    /** A log was cut: nothing may be appended to it, by whatever role, until {@link #checkpointed}. */
    void awaitCheckpoint(PartitionKey key) {
        uncheckpointed.add(key);
    }

    /** The checkpoints on the disk say of a log what is true after its cut. */
    void checkpointed(PartitionKey key) {
        uncheckpointed.remove(key);
    }

    boolean awaitsCheckpoint(PartitionKey key) {
        return uncheckpointed.contains(key);
    }

    Map<PartitionKey, Offline> offline() {
        return offline;
    }

    /** A partition whose log is in a log directory that is not here. */
    void addAbsent(PartitionKey key) {
        absent.add(key);
    }

    Set<PartitionKey> absent() {
        return absent;
    }

    /** Whether a partition is this broker's and cannot be used. */
    boolean isOffline(PartitionKey key) {
        return offline.containsKey(key) || absent.contains(key);
    }

    /** Where a partition's log is, or is to be. */
    Optional<LogDirAtStart> logDirOf(PartitionKey key) {
        Partition partition = partitions.get(key);
        return partition != null
                ? Optional.of(partition.logDir)
                : Optional.ofNullable(offline.get(key)).map(Offline::logDir);
    }

    int offlineCount() {
        return offline.size() + absent.size();
    }

    /** Whether the metadata knows a partition. */
    boolean isPartition(PartitionKey key) {
        return image.topics().partition(key.topicId(), key.partition()).isPresent();
    }

    /** Why a partition is not served here. */
    Errors errorForMissing(PartitionKey key) {
        if (isOffline(key)) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        return isPartition(key) ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.UNKNOWN_TOPIC_ID;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    ClusterImage image() {
        return image;
    }

    void image(ClusterImage newImage) {
        if (newImage.configs() != image.configs()) {
            settings = settingsOf.apply(newImage);
        }
        image = newImage;
    }

    /** The time on a clock that nobody sets, of no meaning but for differences. */
    long monotonicMs() {
        return events.monotonicMs();
    }

    /** The replication of a partition whose high watermark was last known to be there. */
    ReplicationState newReplication(PartitionKey key, long highWatermark) {
        ReplicationState replication = new ReplicationState(brokerId, highWatermark, this, isrCounts);
        ReplicationState.Legacy legacy = legacies.get(key);
        if (legacy != null) {
            replication.inherit(legacy);
        }
        return replication;
    }

    /** How often ISRs have changed. */
    IsrCounts isrCounts() {
        return isrCounts;
    }

    @Override
    public boolean isActive(int broker) {
        return image.isActive(broker);
    }

    @Override
    public boolean isActive(int broker, long brokerEpoch) {
        return image.isActive(broker) && epochOf(broker) == brokerEpoch;
    }

    @Override
    public boolean isAlive(int broker) {
        return image.broker(broker).filter(b -> !b.fenced()).isPresent();
    }

    @Override
    public long ownEpoch() {
        return epochOf(brokerId);
    }

    @Override
    public long lagMs() {
        return settings.inSync().lagMs();
    }

    private long epochOf(int broker) {
        return image.broker(broker).map(BrokerImage::epoch).orElse(NO_BROKER_EPOCH);
    }

    /** The broker's settings, altered ones included. */
    BrokerConfig settings() {
        return settings;
    }

    boolean isWritable(LogDirAtStart logDir) {
        return health.getOrDefault(logDir.id(), DirectoryHealth.WRITABLE).writable();
    }

    String whyReadOnly(LogDirAtStart logDir) {
        return health.getOrDefault(logDir.id(), DirectoryHealth.WRITABLE).reason();
    }

    void health(Uuid directoryId, DirectoryHealth newHealth) {
        health.put(directoryId, newHealth);
    }

    void writeFailed(LogDirAtStart logDir, LogIoException failure) {
        health.merge(logDir.id(), DirectoryHealth.WRITABLE.writeFailed(failure), (old, now) -> now);
        events.writeFailed(logDir, failure);
    }

    /** As {@link #writeFailed(LogDirAtStart, LogIoException)}, for an operation on a log. */
    void writeFailed(Partition partition, LogIoException failure, long nowMs) {
        writeFailed(partition.logDir, failure);
        giveUpWhereItMust(partition, nowMs);
    }

    /** Opens a log again that cannot go on as it is; nothing happens to any other. */
    void giveUpWhereItMust(Partition partition, long nowMs) {
        if (partition.log.mustBeOpenedAgain()) {
            boolean sync = partition.log.hasFailedSync();
            giveUp(partition, sync ? "a sync of the log failed" : "a change of the log was broken off", nowMs);
        }
    }

    /** Whatever waits for a log is told, and it is opened again. */
    void giveUp(Partition partition, String why, long nowMs) {
        events.givenUp(partition, why, nowMs);
    }

    /** A log has been opened, or moved: the metadata is to know where it is. */
    void placed(Partition partition) {
        boolean known = image.topics()
                .partition(partition.key.topicId(), partition.key.partition())
                .filter(p -> p.directoryOf(brokerId).equals(partition.logDir.id()))
                .isPresent();
        if (!known) {
            events.placed(partition);
        }
    }

    /** A log cannot be used, see {@link LostLogs}. */
    void lost(PartitionKey key, Runnable done) {
        events.lost(key, done);
    }

    /** A log is shorter than the checkpoint says, see {@link ShardEvents#shortened}. */
    void shortened(PartitionKey key, Offline offline, long recoveryPoint, long nowMs) {
        events.shortened(key, offline, recoveryPoint, nowMs);
    }

    void afterProgress(Partition partition, long nowMs) {
        events.progressed(partition, nowMs);
    }
}
