package dev.weir.partition;

import dev.weir.config.BrokerConfig;
import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.AppendRequest.Entry;
import dev.weir.partition.AppendRequest.Origin;
import dev.weir.partition.LogSyncs.Done;
import dev.weir.storage.InMemoryLogFiles;
import dev.weir.storage.LogDirectory;
import dev.weir.storage.LogIoException;
import dev.weir.storage.OpenFileCache;
import dev.weir.storage.ProducerStateManager;
import dev.weir.storage.SyncTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** The parts of one shard over a disk in memory, driven by hand: time stands still and syncs run when told. */
final class ShardFixture {
    static final int BROKER = 1;
    static final Uuid TOPIC = new Uuid(3, 1);
    static final PartitionKey KEY = new PartitionKey(TOPIC, 0);
    static final short NEWEST = 13;

    final InMemoryLogFiles files = new InMemoryLogFiles();
    final List<LogIoException> writeFailures = new ArrayList<>();
    final LogHome home;
    final ShardState shard;
    final AppendPath appends;
    final FetchPath fetches;
    final OffsetQueries offsets;
    final LogQueries logs;
    final LogLifecycle lifecycle;
    final Housekeeping housekeeping;
    final LogSyncs syncs;
    final Deque<Running> running = new ArrayDeque<>();
    LogConfig config;
    long nowMs = 1_700_000_000_000L;

    private record Running(SyncTask task, Done done) {}

    ShardFixture(LogConfig config, Integer... replicas) {
        this.config = config;
        ClusterImage image = ClusterImage.empty("cluster");
        for (MetadataRecord record : topic("orders", TOPIC, replicas)) {
            image = image.apply(record);
        }
        home = home();
        BrokerConfig settings = BrokerConfig.defaults();
        shard = new ShardState(
                image, now -> settings, (where, failure) -> writeFailures.add(failure), this::afterProgress);
        appends = new AppendPath(shard);
        fetches = new FetchPath(shard);
        offsets = new OffsetQueries(shard);
        logs = new LogQueries(shard);
        ShardOptions options = new ShardOptions(
                BROKER,
                0,
                1,
                List.of(home),
                16,
                1_000,
                now -> settings,
                (now, name) -> this.config,
                name -> new ProducerStateManager());
        lifecycle = new LogLifecycle(
                options, shard, appends, new OpenFileCache(files, 16), bound -> 0, () -> new UUID(1, 2));
        housekeeping = new Housekeeping(shard, appends, lifecycle);
        syncs = new LogSyncs(shard, (task, done) -> running.add(new Running(task, done)));
        lifecycle.openAll(nowMs, () -> {});
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
        return TestLogConfig.of(c -> {
            c.segmentBytes = 1 << 20;
            c.indexBytes = 1 << 16;
            c.retentionMs = -1;
            c.flushMessages = flushMessages;
            c.minInsyncReplicas = minInsyncReplicas;
        });
    }

    /** The records that create a topic of one partition, whose first replica leads. */
    static List<MetadataRecord> topic(String name, Uuid id, Integer... replicas) {
        return List.of(new TopicRecord(name, id), partition(id, 0, replicas[0], List.of(replicas)));
    }

    static PartitionRecord partition(Uuid topic, int leaderEpoch, int leader, List<Integer> replicas) {
        return new PartitionRecord(
                topic,
                0,
                replicas,
                replicas,
                List.of(),
                List.of(),
                leader,
                leaderEpoch,
                leaderEpoch,
                replicas.stream().map(id -> new Uuid(500, id)).toList(),
                false);
    }

    /** Commits a change of the metadata. */
    void commit(MetadataRecord... records) {
        lifecycle.apply(ImageChange.of(shard.image(), Arrays.asList(records), LogPosition.NONE), nowMs);
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
        return answer;
    }

    Answer<FetchAnswer> fetch(long offset, int minBytes, int maxWaitMs, long ticket) {
        Answer<FetchAnswer> answer = new Answer<>();
        fetches.fetch(query(offset, minBytes, maxWaitMs, ticket), nowMs, answer::take);
        return answer;
    }

    static FetchQuery query(long offset, int minBytes, int maxWaitMs, long ticket) {
        return new FetchQuery(
                List.of(new FetchQuery.Entry(KEY, offset, 1 << 20, -1, -1)),
                1 << 20,
                minBytes,
                maxWaitMs,
                false,
                -1,
                ticket);
    }

    /** Lets time pass and runs what is due. */
    void pass(long ms) {
        nowMs += ms;
        shard.deadlines().expire(nowMs);
    }

    /** Runs one sync that was started, and hands its outcome in; {@code failure} replaces the run. */
    void finishSync(@Nullable IOException failure) {
        Running next = running.remove();
        IOException cause = failure;
        if (cause == null) {
            try {
                next.task.run();
            } catch (IOException e) {
                cause = e;
            }
        }
        next.done.ended(cause, nowMs);
    }

    private void afterProgress(Partition partition, long now) {
        fetches.wake(partition);
        syncs.afterProgress(partition, now);
    }

    private LogHome home() {
        try {
            return new LogHome(
                    LogDirectory.open(files, Path.of("/logs")),
                    new Uuid(500, BROKER),
                    true,
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    List.of());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static TopicPartition name() {
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
            ByteBuffer bytes = partition().log.readBatches(0, 1 << 20);
            for (var batch : MemoryRecords.readableRecords(bytes).batches()) {
                batch.ensureValid();
                batch.forEach(record ->
                        values.add(StandardCharsets.UTF_8.decode(record.value()).toString()));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return values;
    }

    /** What came back, at most once. */
    static final class Answer<T> {
        private @Nullable List<T> values;

        void take(List<T> answer) {
            if (values != null) {
                throw new AssertionError("answered twice");
            }
            values = List.copyOf(answer);
        }

        boolean came() {
            return values != null;
        }

        T only() {
            if (values == null || values.size() != 1) {
                throw new AssertionError("not one answer: " + values);
            }
            return values.get(0);
        }
    }
}
