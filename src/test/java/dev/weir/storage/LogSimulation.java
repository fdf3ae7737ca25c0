package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * One seeded life of a log: appends, syncs, trims, full disks, power failures at any step, restarts; after each step it is
 * compared with {@link LogModel}. Everything random comes from the seed.
 */
final class LogSimulation {
    private static final Path ROOT = Path.of("/data");
    private static final int STEPS = 70;

    /** The power goes off in the middle of an operation. */
    private static final class PowerFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Random random;
    private final InMemoryLogFiles memory = new InMemoryLogFiles();
    private final LogFiles files;
    private final LogModel model = new LogModel();
    private final LogFormatCheck format;
    private final List<String> history = new ArrayList<>();
    private LogDirectory directory;
    private LogConfig config;
    private PartitionLog log;
    private ProducerStateManager producers;
    private int epoch = 1;
    private long nowMs = 1_000_000;
    /** Everything below survives whatever happens. */
    private long promised;
    /** Log start that a checkpoint holds. */
    private long checkpointedStart;
    /** Whether an index may hold what is not so; it must not show in what is read. */
    private boolean damaged;

    LogSimulation(long seed, InterceptedLogFiles.Mistake mistake) throws Exception {
        this.random = new Random(seed);
        this.files = new InterceptedLogFiles(memory, mistake);
        this.config = randomConfig();
        this.directory = LogDirectory.open(files, ROOT);
        this.format = new LogFormatCheck(memory, directory.partitionPath(TestLogs.PARTITION));
        open(false);
    }

    void run() throws Exception {
        for (int step = 0; step < STEPS; step++) {
            try {
                step();
                check();
            } catch (PowerFailure e) {
                memory.onOperation((operation, path) -> {});
                powerFailure();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("at step " + step + " after " + recentHistory() + ": " + e.getMessage(), e);
            }
        }
        memory.onOperation((operation, path) -> {});
        cleanRestart();
    }

    private void step() throws Exception {
        nowMs += random.nextInt(2000);
        int choice = random.nextInt(100);
        if (choice < 37) {
            append();
        } else if (choice < 40) {
            failingSync();
        } else if (choice < 50) {
            sync();
        } else if (choice < 60) {
            read();
        } else if (choice < 63) {
            truncate();
        } else if (choice < 64) {
            restart();
        } else if (choice < 68) {
            deleteRecords();
        } else if (choice < 75) {
            retain();
        } else if (choice < 78) {
            search();
        } else if (choice < 81) {
            failingAppend();
        } else if (choice < 83) {
            note("roll");
            log.roll(nowMs);
            log.rollIfNeeded(nowMs);
        } else if (choice < 85) {
            note("configure");
            config = randomConfig();
            log.updateConfig(config);
        } else if (choice < 88) {
            note("checkpoint");
            checkpoint();
        } else if (choice < 92) {
            cleanRestart();
        } else if (choice < 94) {
            killed();
        } else if (choice < 95) {
            damageLog();
        } else if (choice < 97) {
            note("power failure");
            powerFailure();
        } else {
            note("power failure ahead");
            int operations = random.nextInt(12);
            int[] left = {operations};
            memory.onOperation((operation, path) -> {
                if (left[0]-- == 0) {
                    throw new PowerFailure();
                }
            });
        }
    }

    // ---- steps

    private void append() throws Exception {
        LogModel staged = model;
        List<ByteBuffer> buffers = stageRandom();
        note("append " + buffers.size());
        int stampedEpoch = epoch;
        try {
            log.write();
        } finally {
            // What a power failure leaves of it may be any whole part.
            buffers.forEach(b -> staged.append(b, stampedEpoch));
        }
    }

    private List<ByteBuffer> stageRandom() {
        if (random.nextInt(8) == 0) {
            epoch += 1 + random.nextInt(2);
        }
        List<ByteBuffer> buffers = new ArrayList<>();
        ProducerStateManager ahead = new ProducerStateManager();
        ahead.load(model.producerSnapshot());
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
            long next = log.nextOffset();
            for (int j = random.nextInt(3); j >= 0; j--) {
                MemoryRecords batch = randomBatch(next, ahead);
                ahead.onAppend(batch.batches().iterator().next());
                next = batch.batches().iterator().next().nextOffset();
                buffer.put(batch.buffer().duplicate());
            }
            log.stage(buffer.flip(), epoch, nowMs);
            buffers.add(buffer);
        }
        return buffers;
    }

    private MemoryRecords randomBatch(long base, ProducerStateManager known) {
        long timestamp = random.nextInt(15) == 0 ? nowMs - random.nextInt(50_000) : nowMs;
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(4)];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(
                    timestamp + random.nextInt(10),
                    TestLogs.key(base + i),
                    TestLogs.value(base + i, random.nextInt(120)));
        }
        long producer = random.nextInt(3);
        boolean open =
                known.producer(producer).map(ProducerEntry::inTransaction).orElse(false);
        int sequence = (int) base;
        return switch (random.nextInt(6)) {
            case 0 ->
                MemoryRecords.withIdempotentRecords(
                        base, Compression.NONE, producer + 10, (short) 0, sequence, -1, records);
            case 1 ->
                MemoryRecords.withTransactionalRecords(
                        base, Compression.NONE, producer, (short) 0, sequence, -1, records);
            case 2 ->
                open
                        ? MemoryRecords.withEndTransactionMarker(base, timestamp, -1, producer, (short) 0, marker())
                        : MemoryRecords.withRecords(base, Compression.NONE, -1, records);
            default -> MemoryRecords.withRecords(base, Compression.NONE, -1, records);
        };
    }

    private EndTransactionMarker marker() {
        return new EndTransactionMarker(random.nextBoolean() ? ControlRecordType.ABORT : ControlRecordType.COMMIT, 0);
    }

    /** The disk is full or fails; what was staged and not written must leave no trace. */
    private void failingAppend() throws Exception {
        note("failing append");
        boolean full = random.nextBoolean();
        int[] left = {random.nextInt(4)};
        if (full) {
            memory.setCapacity(memory.usedBytes() + random.nextInt(600));
        }
        memory.onOperation((operation, path) -> {
            if (!full && left[0]-- <= 0) {
                throw new IOException("Input/output error");
            }
        });
        List<ByteBuffer> buffers = stageRandom();
        long end = log.nextOffset();
        boolean failed = false;
        try {
            log.write();
        } catch (LogIoException e) {
            failed = true;
        } finally {
            memory.setCapacity(Long.MAX_VALUE);
            memory.onOperation((operation, path) -> {});
        }
        assertThat(failed || log.logEndOffset() == end).isTrue();
        buffers.forEach(b -> model.append(b, epoch));
        assertThat(model.endsBatchAt(log.logEndOffset())).isTrue();
        model.truncateTo(log.logEndOffset());
        if (log.hasFailedSync()) {
            reopenAfterFailedSync();
        } else {
            // Until the disk works again, what it would not take back may still be there after a crash.
            log.flush();
            promised = Math.max(promised, log.recoveryPoint());
        }
    }

    private void sync() throws Exception {
        note("sync");
        SyncTask task = log.beginSync();
        if (random.nextInt(3) == 0) {
            append();
        }
        task.run();
        promised = Math.max(promised, log.completeSync(task));
        assertThat(log.recoveryPoint()).isGreaterThanOrEqualTo(Math.min(task.targetOffset(), log.logEndOffset()));
    }

    /** A sync fails: nothing it was to make durable may count as durable, whatever later syncs say. */
    private void failingSync() throws Exception {
        note("failing sync");
        long before = log.recoveryPoint();
        SyncTask task = log.beginSync();
        int[] left = {random.nextInt(3)};
        memory.onOperation((operation, path) -> {
            if (left[0]-- <= 0) {
                throw new IOException("Input/output error");
            }
        });
        try {
            task.run();
        } catch (IOException e) {
            note("failed");
        } finally {
            memory.onOperation((operation, path) -> {});
        }
        promised = Math.max(promised, log.completeSync(task));
        if (log.hasFailedSync()) {
            assertThat(log.recoveryPoint()).isEqualTo(before);
            reopenAfterFailedSync();
        }
    }

    private void reopenAfterFailedSync() throws Exception {
        OpenOptions options = new OpenOptions(
                false, log.recoveryPoint(), log.logStartOffset(), nowMs, true, bound -> random.nextInt((int) bound));
        log.abandon();
        open(options);
        afterCrash();
    }

    private void truncate() throws Exception {
        long to = log.logStartOffset() + random.nextInt((int) (log.logEndOffset() - log.logStartOffset()) + 1);
        note("truncate " + to);
        long before = promised;
        promised = Math.min(promised, boundaryBelow(to));
        try {
            log.truncateTo(to, nowMs);
        } catch (PowerFailure e) {
            promised = Math.min(before, boundaryBelow(to));
            throw e;
        }
        model.truncateTo(to);
        epoch++;
        checkpoint();
    }

    private long boundaryBelow(long offset) {
        return model.batches().stream()
                .filter(b -> b.last() >= offset)
                .mapToLong(LogModel.Batch::base)
                .findFirst()
                .orElse(model.end());
    }

    private void restart() throws Exception {
        long at = log.logEndOffset() + random.nextInt(20);
        note("restart at " + at);
        promised = 0;
        log.truncateFullyAndStartAt(at, nowMs);
        model.restartAt(at);
        epoch++;
        checkpoint();
    }

    private void deleteRecords() throws Exception {
        long to = log.logStartOffset() + random.nextInt((int) (log.logEndOffset() - log.logStartOffset()) + 1);
        note("delete records below " + to);
        log.advanceLogStartOffset(to);
        model.startAt(Math.max(model.start(), to));
        if (random.nextBoolean()) {
            checkpoint();
        }
        log.deleteOldSegments(nowMs, log.logEndOffset());
        model.startAt(log.logStartOffset());
    }

    private void retain() throws Exception {
        note("retain");
        log.updateConfig(TestLogs.config(config.segmentBytes(), 100, config.indexBytes(), -1, random.nextInt(4000)));
        long before = log.logStartOffset();
        log.deleteOldSegments(nowMs, log.logEndOffset());
        log.updateConfig(config);
        assertThat(log.logStartOffset()).isGreaterThanOrEqualTo(before);
        model.startAt(log.logStartOffset());
        log.unlinkDeleted(nowMs + random.nextInt(100_000));
    }

    private void checkpoint() throws IOException {
        directory.writeLogStartOffsets(Map.of(TestLogs.PARTITION, log.logStartOffset()));
        checkpointedStart = log.logStartOffset();
        directory.writeRecoveryPoints(Map.of(TestLogs.PARTITION, log.recoveryPoint()));
    }

    // ---- restarts

    private void cleanRestart() throws Exception {
        note("clean restart");
        log.close();
        checkpoint();
        directory.markCleanShutdown();
        directory.close();
        if (!damaged) {
            format.check();
        }
        promised = model.end();
        if (random.nextBoolean()) {
            memory.crash(random);
        } else {
            memory.kill();
        }
        long start = model.start();
        open(directory().takeCleanShutdownMarker());
        assertThat(damaged || log.recovery().notes().isEmpty())
                .as(log.recovery().notes().toString())
                .isTrue();
        assertThat(log.logEndOffset()).isEqualTo(model.end());
        assertThat(log.logStartOffset()).isEqualTo(start);
        checkAll();
    }

    /** A bit flips, or a file is cut or vanishes, in what can be made anew from the log. */
    private void damageRepairable() throws Exception {
        Path partition = directory.partitionPath(TestLogs.PARTITION);
        List<String> names = memory.list(partition).stream()
                .filter(n -> n.endsWith("index") && !n.endsWith(".txnindex") || n.equals(FileNames.LEADER_EPOCHS))
                .toList();
        Path victim = partition.resolve(names.get(random.nextInt(names.size())));
        note("damage " + victim.getFileName());
        damaged = true;
        if (random.nextInt(4) == 0) {
            memory.remove(victim);
        } else {
            memory.damage(victim, random);
        }
    }

    /** A bit flips at the end of the log: what lies before it stays, the rest is gone and not served. */
    private void damageLog() throws Exception {
        SegmentInfo last = log.segments().get(log.segments().size() - 1);
        if (last.sizeInBytes() > 0 && last.baseOffset() >= log.recoveryPoint()) {
            note("damage the log");
            long before = model.end();
            checkpoint();
            memory.kill();
            flipBit(last);
            promised = Math.min(promised, last.baseOffset());
            open(directory().takeCleanShutdownMarker());
            assertThat(log.logEndOffset() < before || log.sizeInBytes() == 0).isTrue();
            afterCrash();
        }
    }

    /** Anywhere but in a leader epoch, which has no checksum and no other place that tells of it. */
    private void flipBit(SegmentInfo segment) throws IOException {
        byte[] bytes = memory.content(segment.log());
        List<Integer> starts = TestLogs.positions(ByteBuffer.wrap(bytes));
        int at;
        do {
            at = random.nextInt(bytes.length);
        } while (isEpoch(starts, at));
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        memory.put(segment.log(), bytes);
    }

    private static boolean isEpoch(List<Integer> starts, int at) {
        return starts.stream()
                .anyMatch(start -> at - start >= BatchLayout.LEADER_EPOCH && at - start < BatchLayout.MAGIC);
    }

    private void killed() throws Exception {
        note("kill");
        memory.kill();
        if (random.nextInt(3) == 0) {
            damageRepairable();
        }
        open(directory().takeCleanShutdownMarker());
        assertThat(log.recovery().bytesCut()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(model.end());
        afterCrash();
    }

    private void powerFailure() throws Exception {
        memory.crash(random);
        try {
            open(directory().takeCleanShutdownMarker());
        } catch (PowerFailure e) {
            memory.onOperation((operation, path) -> {});
            powerFailure();
            return;
        }
        afterCrash();
    }

    private LogDirectory directory() throws Exception {
        directory = LogDirectory.open(files, ROOT);
        return directory;
    }

    private void open(boolean clean) throws Exception {
        open(new OpenOptions(
                clean,
                directory.readRecoveryPoints().getOrDefault(TestLogs.PARTITION, -1L),
                directory.readLogStartOffsets().getOrDefault(TestLogs.PARTITION, -1L),
                nowMs,
                false,
                bound -> random.nextInt((int) bound)));
    }

    private void open(OpenOptions options) throws Exception {
        producers = new ProducerStateManager();
        log = PartitionLog.open(
                new OpenFileCache(files, 8 + random.nextInt(20)),
                directory.partitionPath(TestLogs.PARTITION),
                TestLogs.PARTITION,
                config,
                options,
                producers);
    }

    private void afterCrash() throws Exception {
        long end = log.logEndOffset();
        boolean startedOver = log.logStartOffset() == end;
        note("-> " + log.logStartOffset() + ".." + end);
        assertThat(end).as("nothing promised is lost").isGreaterThanOrEqualTo(promised);
        assertThat(startedOver || model.endsBatchAt(end))
                .as("ends between batches: %s", end)
                .isTrue();
        assertThat(log.logStartOffset()).isGreaterThanOrEqualTo(Math.min(checkpointedStart, end));
        if (startedOver && !model.endsBatchAt(end)) {
            model.restartAt(end);
        }
        model.truncateTo(end);
        assertThat(log.logStartOffset()).isLessThanOrEqualTo(Math.max(model.start(), end));
        model.startAt(log.logStartOffset());
        epoch++;
        if (startedOver && !Arrays.equals(producers.snapshot(end), model.producerSnapshot())) {
            model.restartAt(end);
        }
        checkpoint();
        checkAll();
    }

    // ---- comparison

    private void check() {
        assertThat(log.logEndOffset()).isEqualTo(model.end());
        assertThat(log.nextOffset()).isEqualTo(model.end());
        assertThat(log.logStartOffset()).isEqualTo(model.start());
        assertThat(log.recoveryPoint()).isLessThanOrEqualTo(log.logEndOffset());
    }

    private void checkAll() throws Exception {
        check();
        assertThat(producers.snapshot(model.end())).as("producer state").isEqualTo(model.producerSnapshot());
        long next = model.start();
        while (next < model.end()) {
            ByteBuffer read = log.readBatches(next, 1 + random.nextInt(3000));
            byte[] expected = model.bytes(next, model.end());
            assertPrefix(read, expected, next);
            next = TestLogs.lastOffset(read) + 1;
        }
        checkEpochs();
        assertThat(log.abortedTransactions(model.start(), model.end()))
                .isEqualTo(model.aborted(model.start(), model.end()));
    }

    private void checkEpochs() {
        for (LogModel.Batch batch : model.batches()) {
            if (batch.last() >= model.start()) {
                assertThat(log.epochForOffset(Math.max(model.start(), batch.base())))
                        .hasValue(batch.epoch());
                long end = model.batches().stream()
                        .filter(b -> b.epoch() > batch.epoch())
                        .mapToLong(LogModel.Batch::base)
                        .findFirst()
                        .orElse(model.end());
                assertThat(log.endOffsetForEpoch(batch.epoch())).isEqualTo(new EpochEndOffset(batch.epoch(), end));
            }
        }
    }

    private void read() throws Exception {
        note("read");
        for (int i = 0; i < 5; i++) {
            long from = model.start() + random.nextInt((int) (model.end() - model.start()) + 1);
            long bound = Math.min(model.end(), from + random.nextInt(100));
            int maxBytes = random.nextInt(3000);
            ReadResult result = log.read(from, maxBytes, bound, true);
            assertThat(result.error()).isEqualTo(Errors.NONE);
            byte[] expected = model.bytes(from, bound);
            assertThat(result.slice().isEmpty()).isEqualTo(expected.length == 0);
            ByteBuffer bytes = result.slice().toBuffer();
            assertPrefix(bytes, expected, from);
            if (bytes.remaining() > maxBytes) {
                assertThat(TestLogs.batches(bytes)).isEqualTo(1);
            }
            result.slice().release();
        }
    }

    private static void assertPrefix(ByteBuffer read, byte[] expected, long from) {
        byte[] bytes = new byte[read.remaining()];
        read.duplicate().get(bytes);
        assertThat(bytes.length).as("bytes read at %s", from).isLessThanOrEqualTo(expected.length);
        assertThat(bytes).as("batches from %s", from).isEqualTo(Arrays.copyOf(expected, bytes.length));
    }

    private void search() throws Exception {
        note("search");
        if (model.end() == model.start() || damaged) {
            return;
        }
        long timestamp = nowMs - random.nextInt(60_000);
        assertThat(log.offsetForTimestamp(timestamp).map(TimestampOffset::offset))
                .isEqualTo(TestLogs.firstAt(model, timestamp));
        long largest = model.batches().stream()
                .filter(b -> b.last() >= model.start())
                .mapToLong(LogModel.Batch::maxTimestamp)
                .max()
                .orElse(-1);
        assertThat(log.offsetOfMaxTimestamp().map(TimestampOffset::offset)).isEqualTo(TestLogs.firstAt(model, largest));
    }

    private LogConfig randomConfig() {
        return TestLogs.config(600 + random.nextInt(3000), 60 + random.nextInt(500), 60 + random.nextInt(400), -1, -1);
    }

    private List<String> recentHistory() {
        return history.subList(Math.max(0, history.size() - 15), history.size());
    }

    private void note(String what) {
        history.add(what);
    }
}
