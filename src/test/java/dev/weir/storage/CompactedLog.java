package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.storage.batch.RecordsFixture;
import dev.weir.storage.batch.RecordsFixture.Seen;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.Pacer;
import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A real log over files in memory, with random producers, beside the records that were ever appended to it. */
final class CompactedLog {
    static final Path DIRECTORY = Path.of("/data/orders-3");

    final Random random;
    final InMemoryLogFiles files = new InMemoryLogFiles();
    final LogConfig config = TestLogConfig.of(r -> {
        r.compact = true;
        r.segmentBytes = 1500;
        r.indexIntervalBytes = 100;
        r.minCleanableDirtyRatio = 0.01;
        r.deleteRetentionMs = 500;
    });
    private final TreeMap<Long, Seen> history = new TreeMap<>();
    private final Set<Long> aborted = new HashSet<>();
    private final List<Long> open = new ArrayList<>();
    private final int[] sequences = new int[5];
    private short transactionalEpoch;
    PartitionLog log;
    ProducerStateManager producers = new ProducerStateManager();
    long checkpoint = -1;
    long nowMs = 1_000_000;

    CompactedLog(long seed) throws Exception {
        random = new Random(seed);
        log = open(-1);
    }

    private PartitionLog open(long recoveryPoint) throws Exception {
        return PartitionLog.open(
                new OpenFileCache(files, 100),
                DIRECTORY,
                new TopicPartition("orders", 3),
                config,
                new OpenOptions(false, recoveryPoint, -1, -1, nowMs, false, bound -> 0),
                producers);
    }

    void reopen() throws Exception {
        producers = new ProducerStateManager();
        log = open(log.logEndOffset());
        producers.onHighWatermark(log.logEndOffset());
    }

    // ---- appending

    void append(int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            nowMs += random.nextInt(20);
            int producer = random.nextInt(5);
            if (producer == 4 && random.nextInt(3) == 0) {
                endTransaction();
            } else {
                appendData(producer);
            }
            log.write();
        }
        producers.onHighWatermark(log.logEndOffset());
    }

    private void appendData(int producer) {
        int count = 1 + random.nextInt(4);
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            byte[] value = random.nextInt(4) == 0 ? null : new byte[1 + random.nextInt(60)];
            records[i] = new SimpleRecord(nowMs, RecordsFixture.bytes("k" + random.nextInt(10)), value);
        }
        CompressionType type = CompressionType.values()[random.nextInt(5)];
        boolean transactional = producer == 4;
        MemoryRecords batch = MemoryRecords.withRecords(
                (byte) 2,
                log.nextOffset(),
                RecordsFixture.compression(type),
                TimestampType.CREATE_TIME,
                producer == 0 ? -1 : producer,
                producer == 0 ? -1 : transactional ? transactionalEpoch : 0,
                producer == 0 ? -1 : sequences[producer],
                0,
                transactional,
                records);
        sequences[producer] += count;
        log.stage(batch.buffer(), 0, nowMs);
        for (Record record : batch.records()) {
            history.put(record.offset(), Seen.of(record));
            if (transactional) {
                open.add(record.offset());
            }
        }
    }

    private void endTransaction() {
        boolean abort = random.nextBoolean();
        if (random.nextBoolean()) {
            transactionalEpoch++;
            sequences[4] = 0;
        }
        EndTransactionMarker marker =
                new EndTransactionMarker(abort ? ControlRecordType.ABORT : ControlRecordType.COMMIT, 0);
        log.stage(
                MemoryRecords.withEndTransactionMarker(log.nextOffset(), nowMs, 0, 4, transactionalEpoch, marker)
                        .buffer(),
                0,
                nowMs);
        if (abort) {
            aborted.addAll(open);
        }
        open.clear();
    }

    void commitAndRoll() throws IOException {
        commit();
        log.roll(nowMs);
    }

    /** Ends the open transaction one way or the other. */
    void commit() throws IOException {
        endTransaction();
        log.write();
        producers.onHighWatermark(log.logEndOffset());
    }

    // ---- compacting

    /** Only what is durable is compacted. */
    Optional<CleaningPlan> plan() throws IOException {
        log.flush();
        return log.planCleaning(lastStableOffset(), checkpoint, producers.activeProducers(), nowMs);
    }

    static CleanedSegments run(CleaningPlan plan, long mapBytes) throws IOException {
        return new CleaningRun(plan, new CleaningBudget(mapBytes, 0.9, 600), Pacer.FREE).run();
    }

    boolean compact(long mapBytes) throws IOException {
        Optional<CleaningPlan> plan = plan();
        if (plan.isEmpty()) {
            return false;
        }
        OptionalLong end = log.replaceSegments(run(plan.get(), mapBytes), nowMs);
        assertThat(end).isPresent();
        checkpoint = end.getAsLong();
        return true;
    }

    // ---- crashing

    /** Compacts until some operation on the files, where the power fails; then opens the log again. */
    void crashDuringCompaction() throws Exception {
        log.flush();
        Map<Long, ProducerEntry> known = producersNow();
        long end = log.logEndOffset();
        long stable = lastStableOffset();
        Optional<CleaningPlan> plan = plan();
        try {
            if (plan.isPresent()) {
                boolean whileSwapping = random.nextInt(3) > 0;
                if (!whileSwapping) {
                    failAfter(random.nextInt(60));
                }
                CleanedSegments cleaned = run(plan.get(), 1 << 16);
                failAfter(random.nextInt(12 * cleaned.groups().size()));
                checkpoint = log.replaceSegments(cleaned, nowMs).orElse(checkpoint);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("the power fails");
        }
        files.onOperation((kind, path) -> {});
        files.crash(random);
        producers = new ProducerStateManager();
        log = open(random.nextBoolean() ? end : random.nextInt((int) end + 1));
        producers.onHighWatermark(end);
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(lastStableOffset()).isEqualTo(stable);
        producersNow().forEach((id, entry) -> {
            ProducerEntry before = known.getOrDefault(id, ProducerEntry.unknown(id));
            assertThat(entry.epoch()).isEqualTo(before.epoch());
            assertThat(entry.lastSequence()).isEqualTo(before.lastSequence());
        });
        assertThat(producersNow().keySet()).isEqualTo(known.keySet());
    }

    private void failAfter(int operations) {
        int[] left = {operations};
        files.onOperation((kind, path) -> {
            if (left[0]-- <= 0) {
                throw new IOException("the power fails");
            }
        });
    }

    private Map<Long, ProducerEntry> producersNow() {
        Map<Long, ProducerEntry> now = new HashMap<>();
        producers.activeProducers().forEach(p -> now.put(p.producerId(), p));
        return now;
    }

    // ---- reading

    long lastStableOffset() {
        return producers.firstUnstableOffset().orElse(log.logEndOffset());
    }

    void check() throws IOException {
        long stable = lastStableOffset();
        Map<String, String> expected = new HashMap<>();
        history.headMap(stable).forEach((offset, record) -> {
            if (!aborted.contains(offset)) {
                put(expected, record);
            }
        });
        Map<String, String> seen = new HashMap<>();
        for (Seen record : committed(stable)) {
            assertThat(record).isEqualTo(history.get(record.offset()));
            put(seen, record);
        }
        assertThat(seen).isEqualTo(expected);
    }

    List<RecordBatch> batches() throws IOException {
        List<RecordBatch> all = new ArrayList<>();
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            ByteBuffer bytes = log.readBatches(next, 1000);
            assertThat(bytes.hasRemaining()).as("batches at %d", next).isTrue();
            for (RecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
                batch.ensureValid();
                assertThat(batch.lastOffset()).isGreaterThanOrEqualTo(next);
                all.add(batch);
                next = batch.nextOffset();
            }
        }
        return all;
    }

    private List<Seen> committed(long end) throws IOException {
        List<AbortedTransaction> ahead = new ArrayList<>(log.abortedTransactions(0, end));
        ahead.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        Set<Long> skipped = new HashSet<>();
        List<Seen> seen = new ArrayList<>();
        for (RecordBatch batch : batches()) {
            Iterator<AbortedTransaction> next = ahead.iterator();
            while (next.hasNext()) {
                AbortedTransaction txn = next.next();
                if (txn.firstOffset() > batch.lastOffset()) {
                    break;
                }
                skipped.add(txn.producerId());
                next.remove();
            }
            if (batch.isControlBatch()) {
                Iterator<Record> marker = batch.iterator();
                if (marker.hasNext() && ControlRecordType.parse(marker.next().key()) == ControlRecordType.ABORT) {
                    skipped.remove(batch.producerId());
                }
            } else if (!batch.isTransactional() || !skipped.contains(batch.producerId())) {
                for (Record record : batch) {
                    if (record.offset() < end) {
                        seen.add(Seen.of(record));
                    }
                }
            }
        }
        return seen;
    }

    private static void put(Map<String, String> map, Seen record) {
        if (record.value() == null) {
            map.remove(record.key());
        } else {
            map.put(record.key(), record.value());
        }
    }

    List<String> names() {
        return files.list(DIRECTORY);
    }
}
