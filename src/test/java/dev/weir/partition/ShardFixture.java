package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.ConfigRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.LogSyncs.Done;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.OffsetMessages.DeleteAnswer;
import dev.weir.partition.client.OffsetMessages.DeleteEntry;
import dev.weir.partition.client.OffsetMessages.DeleteRecords;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.logdirs.DirectoryCheckpoints;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.FailedLogDir;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.SyncTask;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InterceptedLogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** The parts of one shard over a disk in memory, driven by hand: time stands still and syncs run when told. */
public final class ShardFixture extends TestShardContext {
    static final int BROKER = 1;
    static final Uuid TOPIC = new Uuid(3, 1);
    static final PartitionKey KEY = new PartitionKey(TOPIC, 0);
    static final short NEWEST = 13;

    final InMemoryLogFiles files;
    private final InterceptedLogFiles.Mistake mistake;
    private final InterceptedLogFiles disk;
    final List<LogDirAtStart> logDirs;
    /** The first log directory. */
    final LogDirAtStart logDir;

    final ShardState shard;
    final AppendPath appends;
    final CountingReader reader;
    final FetchPath fetches;
    final ReplicaFetches replicaFetches;
    final OffsetQueries offsets;
    final RecordDeletions deletions;
    final LogQueries logs;
    final LogLifecycle lifecycle;
    final Housekeeping housekeeping;
    final LogSyncs syncs;
    final LogMoves moves;
    final InSyncReplicas inSync;
    LogConfig config;
    private BrokerConfig settings = BrokerConfig.defaults();

    ShardFixture(LogConfig config, Integer... replicas) {
        this(new InMemoryLogFiles(), config, ShardMetadata.image(replicas));
    }

    /** On a disk where something is forgotten. */
    ShardFixture(LogConfig config, InterceptedLogFiles.Mistake mistake) {
        this(new InMemoryLogFiles(), mistake, config, ShardMetadata.image(BROKER), false);
    }

    private ShardFixture(InMemoryLogFiles files, LogConfig config, ClusterImage image) {
        this(files, new InterceptedLogFiles.Mistake() {}, config, image, false);
    }

    private ShardFixture(
            InMemoryLogFiles files,
            InterceptedLogFiles.Mistake mistake,
            LogConfig config,
            ClusterImage image,
            boolean directoryFailed) {
        this(files, mistake, config, image, directoryFailed, List.of("/logs", "/other"));
    }

    private ShardFixture(
            InMemoryLogFiles files,
            InterceptedLogFiles.Mistake mistake,
            LogConfig config,
            ClusterImage image,
            boolean directoryFailed,
            List<String> directories) {
        this.files = files;
        this.mistake = mistake;
        this.disk = new InterceptedLogFiles(files, mistake);
        this.config = config;
        logDirs = new FoundLogs(image, BROKER, UUID::randomUUID)
                .settle(directories.stream()
                        .map(path -> read(path, path.equals("/logs") ? 1 : 2))
                        .toList());
        logDir = logDirs.get(0);
        shard = new ShardState(BROKER, image, now -> settings, this);
        inSync = new InSyncReplicas(BROKER, shard, () -> {});
        appends = new AppendPath(shard);
        reader = new CountingReader(shard);
        fetches = new FetchPath(shard, reader);
        deletions = new RecordDeletions(shard);
        replicaFetches = new ReplicaFetches(shard, reader, inSync, deletions);
        offsets = new OffsetQueries(shard);
        DirectoryLoads loads = new DirectoryLoads(logDirs);
        ShardOptions options = new ShardOptions(
                BROKER,
                0,
                1,
                logDirs,
                directoryFailed ? List.of(new FailedLogDir(Path.of("/failed"), "Input/output error")) : List.of(),
                loads,
                16,
                1_000,
                now -> settings,
                (now, name) -> this.config,
                name -> new ProducerStateManager());
        Placement placement = new Placement(logDirs, options.failed(), loads, shard);
        LogOpener opener =
                new LogOpener(options, shard, placement, new OpenFileCache(disk, 16), bound -> 0, UUID::randomUUID);
        DeletedLogs deleted = new DeletedLogs(options.retryMs());
        moves = new LogMoves(options, shard, appends, opener, placement, deleted, this);
        logs = new LogQueries(shard, moves);
        lifecycle = new LogLifecycle(options, shard, appends, opener, placement, deleted, moves, this);
        housekeeping = new Housekeeping(shard, appends, lifecycle, deleted, moves);
        syncs = new LogSyncs(shard, this);
        lifecycle.openAll(nowMs, () -> {});
    }

    @Override
    ShardFixture fixture() {
        return this;
    }

    LogDirAtStart logDir(int index) {
        return logDirs.get(index);
    }

    void checkpoint() {
        writeCheckpoints(logDirs);
    }

    /** Writes the checkpoints of one directory; returns whether that went well. */
    boolean checkpoint(LogDirAtStart where) {
        return writeCheckpoints(List.of(where)).isEmpty();
    }

    private Set<Uuid> writeCheckpoints(List<LogDirAtStart> where) {
        return new DirectoryCheckpoints(where).write(List.of(logs.checkpoints(true)), DirectoryCheckpoints.all(where));
    }

    /** The shard as it comes up after the power has failed. */
    ShardFixture afterPowerFailure(RandomGenerator random) {
        files.onOperation((operation, path) -> {});
        files.crash(random);
        return again();
    }

    /** As {@link #afterPowerFailure(RandomGenerator)}, with only this directory there; the other has failed or is not mounted. */
    ShardFixture afterPowerFailure(RandomGenerator random, String only, boolean otherFailed) {
        files.onOperation((operation, path) -> {});
        files.crash(random);
        ShardFixture next = new ShardFixture(files, mistake, config, shard.image(), otherFailed, List.of(only));
        next.nowMs = Math.max(next.nowMs, nowMs);
        return next;
    }

    private ShardFixture again() {
        ShardFixture next = new ShardFixture(files, mistake, config, shard.image(), false);
        next.nowMs = Math.max(next.nowMs, nowMs);
        return next;
    }

    /** The shard as it comes up where the metadata says something else, and one of the directories may have failed. */
    ShardFixture after(boolean directoryFailed, MetadataRecord... records) {
        ClusterImage image = shard.image();
        for (MetadataRecord record : records) {
            image = image.apply(record);
        }
        files.kill();
        return new ShardFixture(files, mistake, config, image, directoryFailed);
    }

    /** The shard as it comes up after a clean stop. */
    ShardFixture afterStop() throws IOException {
        moves.close(nowMs);
        if (!close()) {
            throw new IOException("the shard was not closed in order");
        }
        // What was still to come must find the shard closed.
        while (goOn()) {
            nowMs++;
        }
        checkpoint();
        for (LogDirAtStart one : logDirs) {
            one.directory().markCleanShutdown(5);
        }
        files.kill();
        return again();
    }

    /** Closes all logs; answers whether all are synced. */
    boolean close() {
        AtomicBoolean clean = new AtomicBoolean();
        ShardClosing.close(shard.partitions(), this::runNow, clean::set);
        return clean.get();
    }

    private void runNow(SyncTask task, Done done) {
        try {
            task.run();
            done.ended(null, nowMs);
        } catch (IOException e) {
            done.ended(e, nowMs);
        }
    }

    /** Asks for a log to be in a directory. */
    Errors move(PartitionKey key, TopicPartition partition, String directory) {
        return moves.alter(new LogMessages.AlterLogDir(key, partition, directory), nowMs);
    }

    /** Alters a setting of the broker live. */
    void alter(String setting, String value) {
        settings = BrokerConfig.of(Map.of(setting, value));
        commit(new ConfigRecord(new ConfigResource(ConfigResource.Type.BROKER, ""), setting, value));
    }

    /** One replica, acknowledged when written. */
    static ShardFixture alone() {
        return new ShardFixture(config(Long.MAX_VALUE, 1), BROKER);
    }

    /** One replica, acknowledged when synced. */
    static ShardFixture synced() {
        ShardFixture fixture = new ShardFixture(config(1, 1), BROKER);
        // The new file names are synced first.
        fixture.finishSync(null);
        return fixture;
    }

    static LogConfig config(long flushMessages, int minInsyncReplicas) {
        return config(flushMessages, minInsyncReplicas, 1 << 20);
    }

    static LogConfig config(long flushMessages, int minInsyncReplicas, int segmentBytes) {
        return TestLogConfig.of(c -> {
            c.segmentBytes = segmentBytes;
            c.indexBytes = 1 << 16;
            c.retentionMs = -1;
            c.flushMessages = flushMessages;
            c.minInsyncReplicas = minInsyncReplicas;
        });
    }

    /** Commits a change of the metadata. */
    ImageChange commit(MetadataRecord... records) {
        ImageChange change = ImageChange.of(shard.image(), Arrays.asList(records), LogPosition.NONE);
        lifecycle.apply(change, nowMs);
        if (change.brokersChanged()) {
            inSync.brokersChanged(nowMs);
            replicaFetches.brokersChanged();
            deletions.lookAtAll();
        }
        replicaFetches.answerReady();
        return change;
    }

    /** Does what the controller does where a log has lost records: takes it for lost, and elects it where it is found. */
    void electAfterCut() {
        Partition partition = shard.find(KEY);
        if (partition != null && partition.mustTellCut()) {
            commit(PartitionChangeRecord.of(TOPIC, 0).withLeader(-1).withDirectories(List.of(DirectoryId.LOST)));
        }
        if (partition != null && !partition.isLeader()) {
            commit(PartitionChangeRecord.of(TOPIC, 0).withLeader(BROKER));
        }
    }

    Partition partition() {
        Partition partition = shard.find(KEY);
        if (partition == null) {
            throw new AssertionError("the partition is not here");
        }
        return partition;
    }

    /** Stages an append of one batch. */
    Answer<AppendResult> stage(int acks, ByteBuffer batch) {
        return stage(acks, 30_000, batch);
    }

    Answer<AppendResult> stage(int acks, int timeoutMs, ByteBuffer batch) {
        Answer<AppendResult> answer = new Answer<>();
        appends.append(
                new AppendRequest(List.of(new Entry(KEY, -1, batch)), (short) acks, timeoutMs, NEWEST, Origin.CLIENT),
                nowMs,
                answer::take);
        return answer;
    }

    /** Appends one batch and writes it. */
    Answer<AppendResult> append(int acks, ByteBuffer batch) {
        Answer<AppendResult> answer = stage(acks, batch);
        appends.writeStaged(nowMs);
        replicaFetches.answerReady();
        return answer;
    }

    /** Deletes the records below an offset, -1 for the high watermark. */
    Answer<DeleteAnswer> delete(long offset, int timeoutMs) {
        Answer<DeleteAnswer> answer = new Answer<>();
        deletions.delete(new DeleteRecords(List.of(new DeleteEntry(KEY, offset)), timeoutMs), nowMs, answer::take);
        return answer;
    }

    Answer<FetchAnswer> fetch(long offset, int minBytes, int maxWaitMs, long ticket) {
        Answer<FetchAnswer> answer = new Answer<>();
        fetches.fetch(FetchQueries.query(offset, minBytes, maxWaitMs, ticket), nowMs, answer::take);
        return answer;
    }

    /** Fetches as a follower that names every epoch rightly. */
    Answer<FetchAnswer> follow(int replica, long offset, int maxWaitMs, long ticket) {
        return follow(
                replica,
                ShardMetadata.brokerEpoch(replica),
                FetchQueries.entry(offset, partition().leaderEpoch(), -1),
                maxWaitMs,
                ticket);
    }

    /** Fetches once as a follower whose log goes from one offset to another. */
    Answer<FetchAnswer> follow(int replica, long offset, long logStartOffset) {
        return follow(
                replica,
                ShardMetadata.brokerEpoch(replica),
                new ReplicaFetch.Entry(
                        FetchQueries.entry(offset, partition().leaderEpoch(), -1),
                        logStartOffset,
                        ReplicaFetch.NO_HIGH_WATERMARK),
                0,
                -1);
    }

    /** Fetches as a follower without a session. */
    Answer<FetchAnswer> follow(int replica, long brokerEpoch, FetchQuery.Entry entry, int maxWaitMs, long ticket) {
        return follow(
                replica,
                brokerEpoch,
                new ReplicaFetch.Entry(entry, 0, ReplicaFetch.NO_HIGH_WATERMARK),
                maxWaitMs,
                ticket);
    }

    private Answer<FetchAnswer> follow(
            int replica, long brokerEpoch, ReplicaFetch.Entry entry, int maxWaitMs, long ticket) {
        Answer<FetchAnswer> answer = new Answer<>();
        replicaFetches.fetch(
                new ReplicaFetch(
                        -1,
                        ReplicaFetch.Stage.ONCE,
                        replica,
                        brokerEpoch,
                        List.of(entry),
                        List.of(),
                        1 << 20,
                        1,
                        maxWaitMs,
                        ticket),
                nowMs,
                given -> answer.take(
                        given.news().stream().map(ReplicaFetch.News::answer).toList()));
        return answer;
    }

    /** Takes over where a follower is, as after a fetch that was in order. */
    boolean followerAt(int replica, long offset) {
        return partition()
                .followerFetched(
                        new FollowerFetch(replica, ShardMetadata.brokerEpoch(replica), offset, 0, monotonicMs()));
    }

    /** Lets time pass and runs what is due. */
    void pass(long ms) {
        nowMs += ms;
        shard.deadlines().expire(nowMs);
        replicaFetches.answerReady();
    }

    private LogDirAtStart read(String path, int id) {
        try {
            LogDirAtStart read = LogDirAtStart.read(LogDirectory.open(disk, Path.of(path)), new Uuid(500, id));
            read.directory().removeCleanShutdownMarker();
            return read;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public static TopicPartition name() {
        return new TopicPartition("orders", 0);
    }

    /** One batch of one record that no producer id belongs to. */
    ByteBuffer batch(String value) {
        return batch(value, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_SEQUENCE);
    }

    ByteBuffer batch(String value, long producerId, int sequence) {
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        producerId,
                        producerId < 0 ? (short) -1 : 0,
                        sequence,
                        -1,
                        false,
                        new SimpleRecord(nowMs, value.getBytes(StandardCharsets.UTF_8)))
                .buffer();
    }

    /** The values of all records written, every batch checked. */
    List<String> written() {
        List<String> values = new ArrayList<>();
        try {
            PartitionLog log = partition().log;
            long next = log.logStartOffset();
            while (next < log.logEndOffset()) {
                ByteBuffer bytes = log.readBatches(next, 1 << 20);
                for (var batch : MemoryRecords.readableRecords(bytes).batches()) {
                    batch.ensureValid();
                    batch.forEach(record -> values.add(
                            StandardCharsets.UTF_8.decode(record.value()).toString()));
                    next = batch.nextOffset();
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return values;
    }
}
