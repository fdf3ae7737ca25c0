package dev.weir.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.batch.AppendVerdict.Accepted;
import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.batch.RecordsFixture;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random producers against Kafka's own producer state, with writes that fail in between. */
class ProducerStateManagerModelTest {
    private static final int EXPIRATION_MS = 5_000;

    private final Path dir;

    ProducerStateManagerModelTest(@TempDir Path dir) {
        this.dir = dir;
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("weir.sim.seeds", 30));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldDecideAndRememberAsKafkaDoes(long seed) throws Exception {
        new Run(seed).go(400);
    }

    private final class Run {
        final Random random;
        final Path logDir;
        final ProducerStateManager ours = new ProducerStateManager();
        final List<RecordBatch> log = new ArrayList<>();
        final Map<Long, Integer> nextSequence = new HashMap<>();
        final Map<Long, Short> epochs = new HashMap<>();
        org.apache.kafka.storage.internals.log.ProducerStateManager kafka;
        final List<RecordBatch> staged = new ArrayList<>();
        long nextOffset;
        long highWatermark;
        long now = 1_000_000;

        Run(long seed) throws Exception {
            random = new Random(seed);
            logDir = Files.createDirectories(dir.resolve("seed-" + seed));
            kafka = fresh();
        }

        org.apache.kafka.storage.internals.log.ProducerStateManager fresh() throws Exception {
            return new org.apache.kafka.storage.internals.log.ProducerStateManager(
                    new TopicPartition("t", 0),
                    Files.createTempDirectory(logDir, "kafka").toFile(),
                    60_000,
                    new ProducerStateManagerConfig(EXPIRATION_MS, false),
                    Time.SYSTEM);
        }

        void go(int steps) throws Exception {
            for (int i = 0; i < steps; i++) {
                now += random.nextInt(20);
                switch (random.nextInt(12)) {
                    case 0 -> settle(true);
                    case 1 -> settle(false);
                    case 2 -> marker();
                    case 3 -> expire();
                    default -> data();
                }
                compare();
            }
            compareSnapshots();
        }

        void data() {
            long producer = random.nextInt(6);
            short epoch = epochs.merge(producer, (short) 0, (a, b) -> a);
            int sequence = nextSequence.getOrDefault(producer, random.nextBoolean() ? 0 : Integer.MAX_VALUE - 5);
            int count = 1 + random.nextInt(4);
            switch (random.nextInt(10)) {
                case 0 -> sequence = Math.max(0, sequence - random.nextInt(12));
                case 1 -> sequence = sequence + 1 < 0 ? 0 : sequence + 1;
                case 2 -> {
                    epoch++;
                    sequence = random.nextInt(4) == 0 ? sequence : 0;
                }
                case 3 -> epoch = (short) Math.max(0, epoch - 1);
                default -> {}
            }
            boolean transactional = producer % 2 == 0;
            List<RecordBatch> before = all();
            if (random.nextInt(6) == 0 && !before.isEmpty()) {
                RecordBatch again = before.get(Math.max(0, before.size() - 1 - random.nextInt(9)));
                if (!again.isControlBatch()) {
                    offer(batch(
                            again.producerId(),
                            again.producerEpoch(),
                            again.baseSequence(),
                            again.countOrNull(),
                            again.isTransactional()));
                }
                return;
            }
            if (random.nextInt(20) == 0) {
                transactional = !transactional;
            }
            RecordBatch batch = batch(producer, epoch, sequence, count, transactional);
            if (offer(batch)) {
                epochs.put(producer, epoch);
                nextSequence.put(producer, BatchLayout.sequenceAfter(sequence, count));
            }
        }

        List<RecordBatch> all() {
            List<RecordBatch> all = new ArrayList<>(log);
            all.addAll(staged);
            return all;
        }

        RecordBatch batch(long producer, short epoch, int sequence, int count, boolean transactional) {
            SimpleRecord[] records = new SimpleRecord[count];
            for (int i = 0; i < count; i++) {
                records[i] = new SimpleRecord(now + random.nextInt(5), new byte[1]);
            }
            return MemoryRecords.withRecords(
                            (byte) 2,
                            nextOffset,
                            RecordsFixture.compression(CompressionType.NONE),
                            org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                            producer,
                            epoch,
                            sequence,
                            0,
                            transactional,
                            records)
                    .batches()
                    .iterator()
                    .next();
        }

        boolean offer(RecordBatch batch) {
            ProducerCheck check = ours.check(accepted(batch), AppendOrigin.CLIENT);
            if (batch.baseOffset() == 0 && batch.baseSequence() > 0) {
                // Kafka lets an empty log begin anywhere.
                assertThat(check).isInstanceOfSatisfying(ProducerCheck.Rejected.class, r -> assertThat(r.error())
                        .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER));
                return false;
            }
            ProducerCheck expected = askKafka(batch);
            if (check instanceof ProducerCheck.Rejected r) {
                assertThat(expected).isInstanceOfSatisfying(ProducerCheck.Rejected.class, e -> assertThat(r.error())
                        .isEqualTo(e.error()));
                return false;
            }
            assertThat(check).isEqualTo(expected);
            if (!(check instanceof ProducerCheck.Ok)) {
                return false;
            }
            assertThat(ours.onAppend(batch)).isNull();
            stage(batch);
            return true;
        }

        void marker() {
            long producer = random.nextInt(3) * 2L;
            var entry = ours.producer(producer);
            short epoch = entry.map(ProducerEntry::epoch).orElse((short) 0);
            int coordinatorEpoch = random.nextInt(3);
            boolean strict = random.nextBoolean();
            epoch += (short) (strict ? 1 : random.nextInt(2));
            if (!(ours.checkMarker(producer, epoch, coordinatorEpoch, strict) instanceof ProducerCheck.Ok)) {
                return;
            }
            boolean abort = random.nextBoolean();
            RecordBatch batch = MemoryRecords.withEndTransactionMarker(
                            nextOffset,
                            now,
                            0,
                            producer,
                            epoch,
                            new EndTransactionMarker(
                                    abort ? ControlRecordType.ABORT : ControlRecordType.COMMIT, coordinatorEpoch))
                    .batches()
                    .iterator()
                    .next();
            AbortedTransaction aborted = ours.onAppend(batch);
            AbortedTransaction expected = replicate(batch);
            assertThat(aborted).isEqualTo(expected);
            stage(batch);
            epochs.put(producer, epoch);
            if (entry.isEmpty() || entry.get().epoch() != epoch) {
                nextSequence.put(producer, 0);
            }
        }

        void stage(RecordBatch batch) {
            staged.add(batch);
            nextOffset = batch.lastOffset() + 1;
        }

        /** Either everything staged was written, or only a part of it. */
        void settle(boolean whole) throws Exception {
            int kept = whole ? staged.size() : random.nextInt(staged.size() + 1);
            if (kept == staged.size()) {
                log.addAll(staged);
            } else {
                nextOffset = staged.get(kept).baseOffset();
                log.addAll(staged.subList(0, kept));
                kafka = fresh();
                log.forEach(this::replicate);
                nextSequence.clear();
            }
            staged.clear();
            ours.settle(nextOffset);
            raiseHighWatermark(
                    log.isEmpty() ? 0 : log.get(random.nextInt(log.size())).lastOffset() + 1);
        }

        void raiseHighWatermark(long upTo) {
            highWatermark = Math.max(highWatermark, upTo);
            ours.onHighWatermark(highWatermark);
            kafka.onHighWatermarkUpdated(highWatermark);
        }

        void expire() throws Exception {
            settle(true);
            raiseHighWatermark(nextOffset);
            ours.removeExpired(now, EXPIRATION_MS);
            kafka.removeExpiredProducers(now);
            List<RecordBatch> alive = new ArrayList<>(log);
            alive.removeIf(batch -> ours.producer(batch.producerId()).isEmpty());
            log.clear();
            log.addAll(alive);
        }

        ProducerCheck askKafka(RecordBatch batch) {
            var entry = kafka.lastEntry(batch.producerId());
            if (entry.isPresent() && entry.get().producerEpoch() == batch.producerEpoch()) {
                for (BatchMetadata m : entry.get().batchMetadata()) {
                    if (m.firstSeq() == batch.baseSequence() && m.lastSeq() == batch.lastSequence()) {
                        return new ProducerCheck.Duplicate(m.firstOffset(), m.lastOffset(), m.timestamp());
                    }
                }
            }
            ProducerAppendInfo info =
                    kafka.prepareUpdate(batch.producerId(), org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT);
            try {
                info.append(batch, java.util.Optional.empty());
            } catch (RuntimeException e) {
                return new ProducerCheck.Rejected(Errors.forException(e), "");
            }
            kafka.update(info);
            return ProducerCheck.OK;
        }

        @org.jspecify.annotations.Nullable
        AbortedTransaction replicate(RecordBatch batch) {
            ProducerAppendInfo info = kafka.prepareUpdate(
                    batch.producerId(), org.apache.kafka.storage.internals.log.AppendOrigin.REPLICATION);
            var completed = info.append(batch, java.util.Optional.empty());
            kafka.update(info);
            if (completed.isEmpty()) {
                return null;
            }
            CompletedTxn txn = completed.get();
            long stable = kafka.lastStableOffset(txn);
            kafka.completeTxn(txn);
            return txn.isAborted()
                    ? new AbortedTransaction(txn.producerId(), txn.firstOffset(), txn.lastOffset(), stable)
                    : null;
        }

        void compare() {
            Map<Long, ProducerEntry> seen = new HashMap<>();
            ours.activeProducers().forEach(p -> seen.put(p.producerId(), p));
            Map<Long, ProducerEntry> expected = new HashMap<>();
            kafka.activeProducers().forEach((id, p) -> expected.put(id, convert(p)));
            assertThat(seen).isEqualTo(expected);
            assertThat(ours.firstUnstableOffset().orElse(-1))
                    .isEqualTo(kafka.firstUnstableOffset()
                            .map(o -> o.messageOffset)
                            .orElse(-1L));
            assertThat(ours.firstUndecidedOffset()).isEqualTo(kafka.firstUndecidedOffset());
        }

        void compareSnapshots() throws Exception {
            settle(true);
            long written = nextOffset;
            kafka.updateMapEndOffset(written);
            kafka.takeSnapshot();
            byte[] theirs = Files.readAllBytes(
                    kafka.snapshotFileForOffset(written).orElseThrow().file().toPath());
            for (int i = 0; i < 20; i++) {
                data();
            }
            assertThat(ours.snapshot(written)).isEqualTo(theirs);

            ProducerStateManager loaded = new ProducerStateManager();
            assertThat(loaded.load(theirs)).isTrue();
            assertThat(loaded.snapshot(written)).isEqualTo(theirs);
        }

        private static ProducerEntry convert(ProducerStateEntry p) {
            return new ProducerEntry(
                    p.producerId(),
                    p.producerEpoch(),
                    p.coordinatorEpoch(),
                    p.lastTimestamp(),
                    p.currentTxnFirstOffset().orElse(-1),
                    p.batchMetadata().stream()
                            .map(m -> new BatchSpan(m.lastSeq(), m.lastOffset(), m.offsetDelta(), m.timestamp()))
                            .toList());
        }

        private static Accepted accepted(RecordBatch batch) {
            return new Accepted(
                    ByteBuffer.allocate(0),
                    batch.baseOffset(),
                    batch.lastOffset(),
                    batch.maxTimestamp(),
                    0,
                    batch.countOrNull(),
                    -1,
                    batch.producerId(),
                    batch.producerEpoch(),
                    batch.baseSequence(),
                    batch.lastSequence(),
                    batch.isTransactional(),
                    false,
                    false);
        }
    }
}
