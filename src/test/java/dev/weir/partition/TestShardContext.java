package dev.weir.partition;

import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.LogSyncs.Done;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.SyncTask;
import dev.weir.storage.file.LogIoException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The context of a shard in tests: syncs, turns, checkpoints and news for the metadata, which go on when told. */
abstract class TestShardContext implements ShardEvents, ShardContext {
    final List<LogIoException> writeFailures = new ArrayList<>();
    final Map<PartitionKey, Uuid> placed = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    /** Whether checkpoints that are asked for are to be written later. */
    boolean holdsCheckpoints;
    /** Whether the metadata is to be told later of logs that are lost. */
    boolean holdsLost;
    /** Whether the metadata is told something newer in place of that. */
    boolean missesLost;
    /** How often it was to be told of one. */
    int timesLost;

    int turns;
    /** How long to wait before the last turn that was asked for. */
    long turnAfterMs;

    final Deque<Running> running = new ArrayDeque<>();
    long nowMs = 1_700_000_000_000L;

    private record Running(SyncTask task, Done done) {}

    /** Far from {@link #nowMs}, as the clocks are. */
    @Override
    public long monotonicMs() {
        return nowMs - 1_700_000_000_000L;
    }

    /** The shard whose context this is. */
    abstract ShardFixture fixture();

    @Override
    public void run(SyncTask task, Done done) {
        running.add(new Running(task, done));
    }

    @Override
    public void turnAfter(long ms) {
        turns++;
        turnAfterMs = ms;
    }

    @Override
    public void after(long ms, Runnable action) {
        fixture().shard.deadlines().schedule(nowMs + ms, action);
    }

    @Override
    public void writeCheckpoints(LogDirAtStart where, Consumer<Boolean> done) {
        if (holdsCheckpoints) {
            held.add(() -> writeCheckpoints(where, done));
            return;
        }
        done.accept(fixture().checkpoint(where));
    }

    void release() {
        holdsCheckpoints = false;
        holdsLost = false;
        List<Runnable> all = List.copyOf(held);
        held.clear();
        all.forEach(Runnable::run);
    }

    /** Does one thing that waits; answers whether there was any. */
    boolean goOn() {
        if (turns > 0) {
            turns--;
            fixture().moves.turn(nowMs);
        } else if (running.isEmpty()) {
            return false;
        } else {
            runSync();
        }
        return true;
    }

    /** Does all that waits, without an end to it only for a mistake. */
    void drive() {
        int steps = 0;
        while (goOn()) {
            if (steps++ > 100_000) {
                throw new AssertionError("it does not come to an end");
            }
        }
    }

    /** Runs one sync that was started, and hands its outcome in; with a failure, all that it would sync is lost. */
    void finishSync(@Nullable IOException failure) {
        if (failure != null) {
            fixture().files.onOperation((operation, path) -> {
                fixture().files.onOperation((again, other) -> {});
                throw failure;
            });
        }
        runSync();
    }

    /** Runs one sync that was started, on the disk as it is, and hands its outcome in. */
    void runSync() {
        Running next = running.remove();
        IOException cause = null;
        try {
            next.task.run();
        } catch (IOException e) {
            cause = e;
        }
        next.done.ended(cause, nowMs);
    }

    @Override
    public void writeFailed(LogDirAtStart where, LogIoException failure) {
        writeFailures.add(failure);
    }

    @Override
    public void assign(PartitionKey key, LogDirAtStart to, Consumer<Boolean> done) {
        tell(key, to.id());
        done.accept(true);
    }

    @Override
    public void lost(PartitionKey key, Runnable done) {
        timesLost++;
        Runnable told = () -> {
            if (!missesLost) {
                tell(key, DirectoryId.LOST);
            }
            done.run();
        };
        if (holdsLost) {
            held.add(told);
        } else {
            told.run();
        }
    }

    private void tell(PartitionKey key, Uuid directory) {
        placed.put(key, directory);
        List<Uuid> directories = fixture()
                .shard
                .image()
                .topics()
                .partition(key.topicId(), key.partition())
                .map(p -> p.replicas().stream()
                        .map(broker -> broker == ShardFixture.BROKER ? directory : p.directoryOf(broker))
                        .toList())
                .orElse(List.of());
        PartitionChangeRecord change =
                PartitionChangeRecord.of(key.topicId(), key.partition()).withDirectories(directories);
        boolean leads = fixture()
                .shard
                .image()
                .topics()
                .partition(key.topicId(), key.partition())
                .filter(p -> p.leader() == ShardFixture.BROKER)
                .isPresent();
        // As the controller: nobody leads what is lost.
        fixture()
                .shard
                .image(fixture()
                        .shard
                        .image()
                        .apply(directory.equals(DirectoryId.LOST) && leads ? change.withLeader(-1) : change));
    }

    @Override
    public void placed(Partition partition) {
        assign(partition.key, partition.logDir, ignored -> {});
    }

    @Override
    public void shortened(PartitionKey key, Offline offline, long recoveryPoint, long now) {
        fixture().lifecycle.shortened(key, offline, recoveryPoint, now);
    }

    @Override
    public void progressed(Partition partition, long now) {
        fixture().fetches.wake(partition);
        fixture().replicaFetches.wake(partition);
        fixture().syncs.afterProgress(partition, now);
        fixture().inSync.look(partition, now);
        fixture().deletions.look(partition.key);
    }

    @Override
    public void givenUp(Partition partition, String why, long now) {
        fixture().lifecycle.reopen(partition, why, now);
    }
}
