package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.config.LogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.partition.LogSyncs.Done;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.FollowerMessages.Entry;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.logdirs.DirectoryCheckpoints;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.SyncTask;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;

/** One broker with a replica of one partition: the parts of its shard over a disk in memory. Syncs run at once, or when told. */
final class ReplicaNode implements ShardEvents, ShardContext {
    final int id;
    final InMemoryLogFiles files = new InMemoryLogFiles();
    private final LogConfig config;
    private final List<Runnable> later = new ArrayList<>();
    /** Whether checkpoints that are asked for are written when {@link #runLater} is called. */
    boolean holdsCheckpoints;
    /** Whether syncs run when {@link #runLater} is called. */
    boolean holdsSyncs;
    /** Whether a checkpoint that is asked for is only said to be written. */
    boolean forgetsCheckpoints;

    int failures;
    boolean up;
    /** Whether the power has failed in the middle of something. */
    boolean powerFailed;

    long nowMs = 1_700_000_000_000L;
    ShardState shard;
    AppendPath appends;
    FetchPath fetches;
    ReplicaFetches replicaFetches;
    private InSyncReplicas inSync;
    FollowerPath followers;
    LogLifecycle lifecycle;
    Housekeeping housekeeping;
    LogQueries logs;
    private LogSyncs syncs;
    private List<LogDirAtStart> logDirs;
    private long tickets;

    /** Nothing comes to the disk any more. Carries no stack trace: simulations make many. */
    private static final class PowerFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PowerFailure() {
            super("the power has failed", null, false, false);
        }
    }

    ReplicaNode(int id, LogConfig config) {
        this.id = id;
        this.config = config;
    }

    /** Comes up with what is on the disk. */
    void start(ClusterImage image) {
        logDirs = new FoundLogs(image, id, UUID::randomUUID).settle(List.of(read()));
        shard = new ShardState(id, image, now -> BrokerConfig.defaults(), this);
        appends = new AppendPath(shard);
        FetchReader reader = new FetchReader(shard);
        fetches = new FetchPath(shard, reader);
        inSync = new InSyncReplicas(id, shard, () -> {});
        replicaFetches = new ReplicaFetches(shard, reader, inSync, new RecordDeletions(shard));
        followers = new FollowerPath(shard, new CutCheckpoints(shard, this));
        DirectoryLoads loads = new DirectoryLoads(logDirs);
        ShardOptions options = new ShardOptions(
                id,
                0,
                1,
                logDirs,
                List.of(),
                loads,
                16,
                1_000,
                now -> BrokerConfig.defaults(),
                (now, name) -> config,
                name -> new ProducerStateManager());
        Placement placement = new Placement(logDirs, options.failed(), loads, shard);
        LogOpener opener =
                new LogOpener(options, shard, placement, new OpenFileCache(files, 16), bound -> 0, UUID::randomUUID);
        DeletedLogs deleted = new DeletedLogs(options.retryMs());
        LogMoves moves = new LogMoves(options, shard, appends, opener, placement, deleted, this);
        logs = new LogQueries(shard, moves);
        lifecycle = new LogLifecycle(options, shard, appends, opener, placement, deleted, moves, this);
        housekeeping = new Housekeeping(shard, appends, lifecycle, deleted, moves);
        syncs = new LogSyncs(shard, this);
        lifecycle.openAll(nowMs, () -> {});
        up = true;
    }

    private LogDirAtStart read() {
        try {
            LogDirAtStart read = LogDirAtStart.read(LogDirectory.open(files, Path.of("/logs")), new Uuid(500, id));
            read.directory().removeCleanShutdownMarker();
            return read;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Reads on in the metadata. */
    void apply(List<MetadataRecord> records) {
        lifecycle.apply(ImageChange.of(shard.image(), records, LogPosition.NONE), nowMs);
    }

    /** The power fails. */
    void crash(RandomGenerator random) {
        up = false;
        later.clear();
        files.onOperation((operation, path) -> {});
        powerFailed = false;
        files.crash(random);
    }

    /** The power fails after so many operations on files; what happens until {@link #crash} comes to nothing. */
    void failAfter(int operations) {
        int[] left = {operations};
        files.onOperation((operation, path) -> {
            if (left[0]-- <= 0) {
                powerFailed = true;
                throw new PowerFailure();
            }
        });
    }

    /** The process ends and the system lives. */
    void kill() {
        up = false;
        later.clear();
        files.onOperation((operation, path) -> {});
        files.kill();
    }

    Partition partition() {
        Partition partition = shard.find(ShardFixture.KEY);
        if (partition == null) {
            throw new AssertionError("the replica of " + id + " is not there");
        }
        return partition;
    }

    /** Whether it is up and its log can be used. */
    boolean isUsable() {
        return up && !powerFailed && shard.find(ShardFixture.KEY) != null;
    }

    /** The disk of a node that is down is replaced by an empty one. */
    void emptyDisk() {
        Path directory = Path.of("/logs/orders-0");
        files.list(directory).forEach(name -> files.remove(directory.resolve(name)));
        files.list(Path.of("/logs")).stream()
                .filter(name -> name.endsWith("checkpoint"))
                .forEach(name -> files.remove(Path.of("/logs", name)));
    }

    boolean isLeader() {
        return up && shard.find(ShardFixture.KEY) != null && partition().isLeader();
    }

    Answer<AppendResult> append(int acks, ByteBuffer batch) {
        Answer<AppendResult> answer = new Answer<>();
        appends.append(
                new AppendRequest(
                        List.of(new AppendRequest.Entry(ShardFixture.KEY, -1, batch)),
                        (short) acks,
                        30_000,
                        ShardFixture.NEWEST,
                        AppendRequest.Origin.CLIENT),
                nowMs,
                answer::take);
        appends.writeStaged(nowMs);
        return answer;
    }

    /** Reads as that follower does. */
    FetchAnswer fetchedBy(int replica, long offset, int maxBytes, int leaderEpoch, int lastEpoch) {
        Answer<FetchAnswer> answer = new Answer<>();
        FetchQuery.Entry entry = new FetchQuery.Entry(ShardFixture.KEY, offset, maxBytes, leaderEpoch, lastEpoch);
        replicaFetches.fetch(
                new ReplicaFetch(
                        -1,
                        ReplicaFetch.Stage.ONCE,
                        replica,
                        ShardMetadata.brokerEpoch(replica),
                        List.of(new ReplicaFetch.Entry(entry, 0, ReplicaFetch.NO_HIGH_WATERMARK)),
                        List.of(),
                        maxBytes,
                        1,
                        0,
                        tickets++),
                nowMs,
                given -> answer.take(
                        given.news().stream().map(ReplicaFetch.News::answer).toList()));
        return answer.only();
    }

    /** A turn of one step, which must be answered at once. */
    Outcome follow(int epoch, Step step) {
        return followLater(epoch, step).only();
    }

    Answer<Outcome> followLater(int epoch, Step step) {
        Answer<Outcome> answer = new Answer<>();
        followers.take(new FollowerTurn(List.of(new Entry(ShardFixture.KEY, epoch, step))), nowMs, answer::take);
        return answer;
    }

    void checkpoint() {
        new DirectoryCheckpoints(logDirs).write(List.of(logs.checkpoints(true)), DirectoryCheckpoints.all(logDirs));
    }

    void sync() throws IOException {
        partition().log.flush();
    }

    /** Does what was held back. */
    void runLater() {
        List<Runnable> all = List.copyOf(later);
        later.clear();
        all.forEach(Runnable::run);
    }

    @Override
    public void run(SyncTask task, Done done) {
        Runnable sync = () -> {
            IOException failure = null;
            try {
                task.run();
            } catch (IOException e) {
                failure = e;
            }
            done.ended(failure, nowMs);
        };
        if (holdsSyncs) {
            later.add(sync);
        } else {
            sync.run();
        }
    }

    @Override
    public long monotonicMs() {
        return nowMs;
    }

    @Override
    public void turnAfter(long ms) {}

    @Override
    public void after(long ms, Runnable action) {
        later.add(action);
    }

    @Override
    public void writeCheckpoints(LogDirAtStart logDir, Consumer<Boolean> done) {
        Runnable write = () -> {
            if (forgetsCheckpoints) {
                done.accept(true);
                return;
            }
            done.accept(new DirectoryCheckpoints(logDirs)
                    .write(List.of(logs.checkpoints(true)), DirectoryCheckpoints.all(logDirs))
                    .isEmpty());
        };
        if (holdsCheckpoints) {
            later.add(write);
        } else {
            write.run();
        }
    }

    @Override
    public void assign(PartitionKey key, LogDirAtStart logDir, Consumer<Boolean> done) {
        done.accept(true);
    }

    @Override
    public void writeFailed(LogDirAtStart where, LogIoException failure) {
        failures++;
    }

    @Override
    public void placed(Partition partition) {}

    @Override
    public void lost(PartitionKey key, Runnable done) {
        done.run();
    }

    @Override
    public void shortened(PartitionKey key, Offline offline, long recoveryPoint, long now) {
        lifecycle.shortened(key, offline, recoveryPoint, now);
    }

    @Override
    public void progressed(Partition partition, long now) {
        fetches.wake(partition);
        replicaFetches.wake(partition);
        syncs.afterProgress(partition, now);
        followers.progressed(partition);
    }

    @Override
    public void givenUp(Partition partition, String why, long now) {
        lifecycle.reopen(partition, why, now);
    }
}
