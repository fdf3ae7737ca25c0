package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.RecordsFixture.Seen;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** A log in memory that is appended to and compacted at random, beside what a reader must be able to find in it. */
final class CompactionModel {
    private static final long RETENTION_MS = 1000;
    private static final int KEYS = 12;
    private static final String TOMBSTONE = "(none)";

    enum Mistake {
        NONE,
        TOMBSTONES_DROPPED_AT_ONCE,
        ABORTED_DATA_COUNTED,
        PRODUCERS_FORGOTTEN,
        OPEN_TRANSACTIONS_COMPACTED,
        END_LOST,
        KEYS_OF_LAST_SEGMENT_MISSED
    }

    private static final class Segment {
        long base;
        List<RecordBatch> batches = new ArrayList<>();

        Segment(long base) {
            this.base = base;
        }
    }

    /** One record as it was appended. */
    private record Appended(Seen record, long producerId, boolean transactional) {}

    private final Random random;
    private final Mistake mistake;
    private final List<Segment> segments = new ArrayList<>();
    private final ProducerStateManager producers = new ProducerStateManager();
    private final TreeMap<Long, Appended> history = new TreeMap<>();
    private final Set<Long> abortedOffsets = new HashSet<>();
    private final Map<Long, Long> firstCompactedMs = new HashMap<>();
    private final Map<Long, List<Long>> openOffsets = new HashMap<>();
    private final Map<Long, Integer> sequences = new HashMap<>();
    private final Map<Long, Short> epochs = new HashMap<>();
    private final BufferSupplier buffers = BufferSupplier.create();
    private List<AbortedTransaction> aborted = new ArrayList<>();
    private long nextOffset;
    private long checkpoint;
    private long nowMs = 1_000_000;

    CompactionModel(long seed, Mistake mistake) {
        this.random = new Random(seed);
        this.mistake = mistake;
        segments.add(new Segment(0));
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            nowMs += random.nextInt(40);
            switch (random.nextInt(20)) {
                case 0, 1 -> roll();
                case 2 -> compact(KeyOffsetMap.SLOT_BYTES * (long) (random.nextBoolean() ? 6 : 1000));
                case 3, 4 -> endTransaction();
                case 5, 6, 7 -> append(4 + random.nextInt(2), true);
                case 8, 9, 10 -> append(1 + random.nextInt(3), false);
                default -> append(-1, false);
            }
            if (i % 8 == 0) {
                assertCommittedView();
            }
        }
    }

    private void append(long producerId, boolean transactional) {
        int count = 1 + random.nextInt(5);
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            byte[] key = RecordsFixture.bytes("k" + random.nextInt(KEYS));
            byte[] value = random.nextInt(4) == 0
                    ? null
                    : RecordsFixture.bytes("v" + (nextOffset + i) + "x".repeat(random.nextInt(40)));
            records[i] = new SimpleRecord(nowMs - random.nextInt(10), key, value);
        }
        CompressionType type = CompressionType.values()[random.nextInt(5)];
        int sequence = producerId < 0 ? -1 : sequences.getOrDefault(producerId, 0);
        short epoch = producerId < 0 ? -1 : epochs.getOrDefault(producerId, (short) 0);
        MemoryRecords batch = MemoryRecords.withRecords(
                (byte) 2,
                nextOffset,
                RecordsFixture.compression(type),
                TimestampType.CREATE_TIME,
                producerId,
                epoch,
                sequence,
                0,
                transactional,
                records);
        sequences.put(producerId, sequence + count);
        add(batch);
        for (Record record : batch.records()) {
            history.put(record.offset(), new Appended(Seen.of(record), producerId, transactional));
            if (transactional) {
                openOffsets.computeIfAbsent(producerId, p -> new ArrayList<>()).add(record.offset());
            }
        }
    }

    private void endTransaction() {
        long producerId = 4 + random.nextInt(2);
        boolean abort = random.nextBoolean();
        if (random.nextInt(3) == 0) {
            epochs.merge(producerId, (short) 1, (a, b) -> (short) (a + b));
            sequences.put(producerId, 0);
        }
        add(MemoryRecords.withEndTransactionMarker(
                nextOffset,
                nowMs,
                0,
                producerId,
                epochs.getOrDefault(producerId, (short) 0),
                new EndTransactionMarker(abort ? ControlRecordType.ABORT : ControlRecordType.COMMIT, 1)));
        List<Long> offsets = openOffsets.remove(producerId);
        if (abort && offsets != null) {
            abortedOffsets.addAll(offsets);
        }
    }

    private void add(MemoryRecords records) {
        RecordBatch batch = records.batches().iterator().next();
        segments.get(segments.size() - 1).batches.add(batch);
        AbortedTransaction ended = producers.onAppend(batch);
        if (ended != null) {
            aborted.add(ended);
        }
        nextOffset = batch.nextOffset();
        producers.settle(nextOffset);
        producers.onHighWatermark(nextOffset);
    }

    private void roll() {
        if (!segments.get(segments.size() - 1).batches.isEmpty()) {
            segments.add(new Segment(nextOffset));
        }
    }

    void closeTransactionsAndRoll() {
        while (!openOffsets.isEmpty()) {
            endTransaction();
        }
        roll();
    }

    private long lastStableOffset() {
        return producers.firstUnstableOffset().orElse(nextOffset);
    }

    void compact(long mapBytes) {
        List<SegmentFacts> facts = new ArrayList<>();
        for (int i = 0; i < segments.size() - 1; i++) {
            long next = segments.get(i + 1).base;
            long size = segments.get(i).batches.stream()
                    .mapToLong(RecordBatch::sizeInBytes)
                    .sum();
            facts.add(new SegmentFacts(segments.get(i).base, next, size, 8, 12, -1, 0));
        }
        long stable = mistake == Mistake.OPEN_TRANSACTIONS_COMPACTED ? nextOffset : lastStableOffset();
        CleanableRange range = CleanableRange.of(
                facts, 0, nextOffset, stable, checkpoint, RecordsFixture.config(r -> r.compact = true), nowMs);
        if (range.dirtyBytes() == 0 && range.cleanBytes() == 0) {
            return;
        }
        DirtyKeys keys = mapKeys(range, mapBytes);
        List<SegmentFacts> cleaned =
                facts.stream().filter(f -> f.baseOffset() < keys.endOffset()).toList();
        rewrite(SegmentGroups.of(cleaned, Function.identity(), 4000, 1000), keys);
        boolean whole = keys.endOffset() >= range.endOffset();
        checkpoint = keys.endOffset();
        assertCompacted(range, whole);
        assertCommittedView();
    }

    private DirtyKeys mapKeys(CleanableRange range, long mapBytes) {
        KeyOffsetMap map = KeyOffsetMap.ofBytes(mapBytes, Math.max(1, range.endOffset() - range.firstDirtyOffset()));
        DirtyKeys keys = new DirtyKeys(map, abortedKnown(), range.firstDirtyOffset(), buffers);
        for (int i = 0; i < segments.size() - 1; i++) {
            long next = segments.get(i + 1).base;
            if (next > range.firstDirtyOffset() && next <= range.endOffset()) {
                boolean missed = mistake == Mistake.KEYS_OF_LAST_SEGMENT_MISSED && next == range.endOffset();
                for (RecordBatch batch : missed ? List.<RecordBatch>of() : segments.get(i).batches) {
                    if (!keys.add(batch)) {
                        return keys;
                    }
                }
                keys.segmentEnds(next);
            }
        }
        return keys;
    }

    private List<AbortedTransaction> abortedKnown() {
        return mistake == Mistake.ABORTED_DATA_COUNTED ? List.of() : aborted;
    }

    private void rewrite(List<List<SegmentFacts>> groups, DirtyKeys keys) {
        Map<Long, ProducerEntry> active = mistake == Mistake.PRODUCERS_FORGOTTEN
                ? Map.of()
                : producers.activeProducers().stream().collect(Collectors.toMap(ProducerEntry::producerId, p -> p));
        CleanedTransactions transactions = new CleanedTransactions(abortedKnown());
        CompactionFilter filter = new CompactionFilter(
                keys.map(),
                keys.endOffset(),
                transactions,
                active,
                nowMs,
                mistake == Mistake.TOMBSTONES_DROPPED_AT_ONCE ? 0 : RETENTION_MS);
        List<AbortedTransaction> retained = new ArrayList<>();
        long end = 0;
        for (List<SegmentFacts> group : groups) {
            Segment merged = new Segment(group.get(0).baseOffset());
            filter.startSegment(
                    mistake == Mistake.END_LOST
                            ? -1
                            : group.get(group.size() - 1).nextOffset());
            for (SegmentFacts fact : group) {
                Segment source = segments.stream()
                        .filter(s -> s.base == fact.baseOffset())
                        .findFirst()
                        .orElseThrow();
                merged.batches.addAll(filtered(source, filter));
                segments.remove(source);
                end = fact.nextOffset();
            }
            int at = (int) segments.stream().filter(s -> s.base < merged.base).count();
            segments.add(at, merged);
            retained.addAll(transactions.takeRetained());
        }
        long upTo = end;
        aborted.stream().filter(t -> t.lastOffset() >= upTo).forEach(retained::add);
        aborted = retained;
    }

    private List<MutableRecordBatch> filtered(Segment source, CompactionFilter filter) {
        for (RecordBatch batch : source.batches) {
            for (long offset = batch.baseOffset(); offset <= batch.lastOffset(); offset++) {
                firstCompactedMs.putIfAbsent(offset, nowMs);
            }
        }
        List<MutableRecordBatch> kept = new ArrayList<>();
        ByteBuffer all = bytesOf(source.batches);
        while (all.hasRemaining()) {
            var result = MemoryRecords.readableRecords(all.slice())
                    .filterTo(filter, ByteBuffer.allocate(64), buffers, Integer.MAX_VALUE - 8);
            all.position(all.position() + result.bytesRead());
            MemoryRecords.readableRecords(result.outputBuffer().flip())
                    .batches()
                    .forEach(kept::add);
        }
        return kept;
    }

    // ---- what must hold

    /** A reader of committed data finds of each key the newest value. */
    private void assertCommittedView() {
        long stable = lastStableOffset();
        Map<String, String> expected = new HashMap<>();
        history.headMap(stable).forEach((offset, appended) -> {
            if (!abortedOffsets.contains(offset)) {
                put(expected, appended.record());
            }
        });
        Map<String, String> seen = new HashMap<>();
        committed(stable).forEach(record -> put(seen, record));
        assertThat(seen).isEqualTo(expected);
    }

    private static void put(Map<String, String> map, Seen record) {
        if (record.value() == null) {
            map.remove(record.key());
        } else {
            map.put(record.key(), record.value());
        }
    }

    /** As a consumer does: aborted transactions are known by their index, and end at their marker. */
    private List<Seen> committed(long end) {
        List<AbortedTransaction> ahead = new ArrayList<>(aborted);
        ahead.sort(java.util.Comparator.comparingLong(AbortedTransaction::firstOffset));
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

    private void assertCompacted(CleanableRange range, boolean whole) {
        Map<String, Long> newest = new HashMap<>();
        long last = -1;
        for (RecordBatch batch : batches()) {
            batch.ensureValid();
            assertThat(batch.baseOffset()).isGreaterThan(last);
            last = batch.lastOffset();
            if (batch.isControlBatch()) {
                continue;
            }
            for (Record record : batch) {
                Appended original = Objects.requireNonNull(history.get(record.offset()));
                assertThat(Seen.of(record)).isEqualTo(original.record());
                if (record.offset() < checkpoint) {
                    Long previous = newest.put(original.record().key(), record.offset());
                    assertThat(previous)
                            .as("older record of %s", original.record().key())
                            .isNull();
                }
            }
        }
        assertTombstones();
        assertProducers();
        if (whole) {
            assertThat(batches().stream().anyMatch(b -> b.nextOffset() == range.endOffset()))
                    .as("end %d", range.endOffset())
                    .isTrue();
        }
    }

    /** A tombstone that nothing has replaced is there for its retention after the first compaction. */
    private void assertTombstones() {
        Map<String, Long> latest = new HashMap<>();
        history.headMap(lastStableOffset()).forEach((offset, appended) -> {
            if (!abortedOffsets.contains(offset)) {
                latest.put(String.valueOf(appended.record().key()), offset);
            }
        });
        Set<Long> present = committed(nextOffset).stream().map(Seen::offset).collect(Collectors.toSet());
        latest.forEach((key, offset) -> {
            Seen record = Objects.requireNonNull(history.get(offset)).record();
            boolean mayBeGone = record.value() == null
                    && nowMs >= firstCompactedMs.getOrDefault(offset, Long.MAX_VALUE / 2) + RETENTION_MS;
            if (!mayBeGone) {
                assertThat(present)
                        .as("%s of %s", record.value() == null ? TOMBSTONE : record.value(), key)
                        .contains(offset);
            }
        });
    }

    /** Whoever rebuilds the producer state from the compacted log still knows each producer's epoch and sequence. */
    private void assertProducers() {
        ProducerStateManager rebuilt = new ProducerStateManager();
        batches().forEach(rebuilt::onAppend);
        for (ProducerEntry known : producers.activeProducers()) {
            ProducerEntry again =
                    rebuilt.producer(known.producerId()).orElse(ProducerEntry.unknown(known.producerId()));
            assertThat(again.epoch()).isEqualTo(known.epoch());
            assertThat(again.lastSequence()).isEqualTo(known.lastSequence());
            assertThat(again.lastOffset()).isEqualTo(known.lastOffset());
        }
    }

    private List<RecordBatch> batches() {
        return segments.stream().flatMap(s -> s.batches.stream()).toList();
    }

    ByteBuffer bytes() {
        return bytesOf(batches());
    }

    private static ByteBuffer bytesOf(List<? extends RecordBatch> batches) {
        ByteBuffer all = ByteBuffer.allocate(
                batches.stream().mapToInt(RecordBatch::sizeInBytes).sum());
        batches.forEach(batch -> batch.writeTo(all));
        return all.flip();
    }
}
