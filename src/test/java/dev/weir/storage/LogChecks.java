package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.TransactionMarker;
import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerSnapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/** The comparison of a simulated log with its model. */
final class LogChecks {
    private static final int READ_BYTES = 3000;

    private final SimulatedLog sim;

    LogChecks(SimulatedLog sim) {
        this.sim = sim;
    }

    /** After each step. */
    void offsets() {
        assertThat(sim.log.logEndOffset()).isEqualTo(sim.model.end());
        assertThat(sim.log.nextOffset()).isEqualTo(sim.model.end());
        assertThat(sim.log.logStartOffset()).isEqualTo(sim.model.start());
        assertThat(sim.log.recoveryPoint()).isLessThanOrEqualTo(sim.log.logEndOffset());
        stable();
    }

    /** What readers of committed records get ends before the first transaction that is not decided, and never below the start. */
    private void stable() {
        long start = sim.log.logStartOffset();
        sim.replicated = Math.max(start, Math.min(sim.replicated, sim.log.logEndOffset()));
        long lowest = sim.model.firstUnstable(sim.toldReplicated, false);
        long highest = sim.model.firstUnstable(sim.toldReplicated, true);
        assertThat(sim.producers.firstUnstableOffset().orElse(Long.MAX_VALUE))
                .as("first unstable offset")
                .isBetween(lowest, highest);
        long stable = sim.mistake.lastStableOffset(sim.producers, start, sim.replicated);
        assertThat(stable).as("last stable offset").isBetween(start, sim.replicated);
        assertThat(stable)
                .as("last stable offset")
                .isBetween(
                        Math.min(Math.max(lowest, start), sim.replicated),
                        Math.min(Math.max(highest, start), sim.replicated));
    }

    /** Epochs of a producer and of its coordinator never go back. */
    private void markers() {
        Map<Long, Short> producerEpochs = new HashMap<>();
        Map<Long, Integer> coordinatorEpochs = new HashMap<>();
        for (LogModel.Batch batch : sim.model.batches()) {
            RecordBatch records = batch.records();
            Optional<TransactionMarker> marker =
                    records.isControlBatch() ? TransactionMarker.of(records) : Optional.empty();
            if (records.hasProducerId()) {
                Short before = producerEpochs.put(records.producerId(), records.producerEpoch());
                assertThat(records.producerEpoch()).isGreaterThanOrEqualTo(before == null ? -1 : before);
            }
            marker.ifPresent(m -> {
                Integer before = coordinatorEpochs.put(records.producerId(), m.coordinatorEpoch());
                assertThat(m.coordinatorEpoch()).isGreaterThanOrEqualTo(before == null ? -1 : before);
            });
        }
    }

    void everything() throws Exception {
        offsets();
        assertThat(producers(sim.producers.snapshot(sim.model.end())))
                .as("producer state")
                .isEqualTo(producers(sim.model.producerSnapshot()));
        long next = sim.model.start();
        while (next < sim.model.end()) {
            ByteBuffer read = sim.log.readBatches(next, 1 + sim.random.nextInt(READ_BYTES));
            assertPrefix(read, sim.model.bytes(next, sim.model.end()), next);
            next = TestLogs.lastOffset(read) + 1;
        }
        epochs();
        aborted();
        markers();
    }

    boolean producersAgree() {
        return producers(sim.producers.snapshot(sim.model.end())).equals(producers(sim.model.producerSnapshot()));
    }

    /** A compacted log still tells each producer's epoch, last sequence and open transaction, but not all of its history. */
    private List<Object> producers(byte[] snapshot) {
        boolean compacted = sim.model.compactedTo() > 0;
        return ProducerSnapshot.decode(snapshot).orElseThrow().stream()
                .sorted(Comparator.comparing(ProducerEntry::producerId))
                .map(p -> compacted ? essence(p) : p)
                .toList();
    }

    private static Object essence(ProducerEntry p) {
        return List.of(p.producerId(), p.epoch(), p.lastSequence(), p.lastOffset(), p.currentTxnFirstOffset());
    }

    /**
     * Of a transaction whose data is gone the index may tell or not, and where it began may be told by what is left of it;
     * nothing else may pass for aborted.
     */
    private void aborted() throws Exception {
        List<AbortedTransaction> told = sim.log.abortedTransactions(sim.model.start(), sim.model.end());
        List<AbortedTransaction> known = sim.model.aborted(sim.model.start(), sim.model.end());
        if (sim.model.compactedTo() == 0) {
            assertThat(told).isEqualTo(known);
            return;
        }
        for (AbortedTransaction txn : told) {
            assertThat(readable(txn)).as("passes for aborted: %s", txn).isSubsetOf(aborted(known, txn.producerId()));
        }
        for (AbortedTransaction txn : known) {
            assertThat(aborted(told, txn.producerId())).as("aborted: %s", txn).containsAll(readable(txn));
        }
    }

    private List<Long> aborted(List<AbortedTransaction> among, long producerId) {
        return among.stream()
                .filter(t -> t.producerId() == producerId)
                .flatMap(t -> readable(t).stream())
                .toList();
    }

    /** The offsets of a transaction's records, as far as they may be read. */
    private List<Long> readable(AbortedTransaction txn) {
        List<Long> found = new ArrayList<>();
        for (LogModel.Batch batch : sim.model.batches()) {
            boolean within = batch.last() >= txn.firstOffset() && batch.base() < txn.lastOffset();
            if (within && batch.last() >= sim.model.start()) {
                RecordBatch records = batch.records();
                if (records.producerId() == txn.producerId() && !records.isControlBatch()) {
                    records.forEach(record -> found.add(record.offset()));
                }
            }
        }
        return found;
    }

    private void epochs() {
        assertThat(List.copyOf(sim.log.state().epochs.starts().values()))
                .isSorted()
                .allMatch(start -> start >= sim.log.logStartOffset() && start <= sim.log.logEndOffset());
        List<LogModel.Batch> batches = sim.model.batches();
        for (LogModel.Batch batch : batches) {
            if (batch.last() < sim.model.start()) {
                continue;
            }
            assertThat(sim.log.epochForOffset(Math.max(sim.model.start(), batch.base())))
                    .hasValue(batch.epoch());
            long next = batches.stream()
                    .filter(b -> b.epoch() > batch.epoch())
                    .mapToLong(LogModel.Batch::base)
                    .findFirst()
                    .orElse(sim.model.end());
            EpochEndOffset end = sim.log.endOffsetForEpoch(batch.epoch());
            if (batch.last() < sim.model.compactedTo()) {
                // The batches between the two epochs may be gone.
                assertThat(end.leaderEpoch()).isEqualTo(batch.epoch());
                assertThat(end.endOffset()).isBetween(batch.last() + 1, next);
            } else {
                assertThat(end).isEqualTo(new EpochEndOffset(batch.epoch(), next));
            }
        }
    }

    void reads() throws Exception {
        sim.note("read");
        for (int i = 0; i < 5; i++) {
            long from = sim.model.start() + sim.random.nextInt((int) (sim.model.end() - sim.model.start()) + 1);
            long bound = Math.min(sim.model.end(), from + sim.random.nextInt(100));
            int maxBytes = sim.random.nextInt(READ_BYTES);
            ReadResult result = sim.log.read(from, maxBytes, bound, true);
            assertThat(result.error()).isEqualTo(Errors.NONE);
            byte[] expected = sim.model.bytes(from, bound);
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

    /** What an index that was damaged leads to is not promised. */
    void searches() throws Exception {
        sim.note("search");
        if (sim.model.end() == sim.model.start() || sim.damaged) {
            return;
        }
        long timestamp = sim.nowMs - sim.random.nextInt(60_000);
        assertThat(sim.log.offsetForTimestamp(timestamp).map(TimestampOffset::offset))
                .isEqualTo(firstAt(timestamp));
        long largest = sim.model.batches().stream()
                .flatMap(b -> StreamSupport.stream(b.records().spliterator(), false))
                .filter(record -> record.offset() >= sim.model.start())
                .mapToLong(Record::timestamp)
                .max()
                .orElse(-1);
        assertThat(sim.log.offsetOfMaxTimestamp().map(TimestampOffset::offset)).isEqualTo(firstAt(largest));
    }

    private Optional<Long> firstAt(long timestamp) {
        for (LogModel.Batch batch : sim.model.batches()) {
            for (Record record : batch.records()) {
                if (record.offset() >= sim.model.start() && record.timestamp() >= timestamp) {
                    return Optional.of(record.offset());
                }
            }
        }
        return Optional.empty();
    }
}
