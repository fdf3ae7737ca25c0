package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.LogMistake.CleaningFacts;
import dev.weir.storage.batch.RecordsFixture.Seen;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerSnapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** What compaction must keep, what it must drop, and how it must leave each batch: said again, plainly, batch by batch. */
final class CompactionRules {
    private final CleaningFacts facts;
    private final List<ProducerEntry> producers;
    private final long mappedTo;
    private final long readTo;
    private final long compactedBefore;
    private final Set<Long> aborted = new HashSet<>();
    private final Set<Long> needlessMarkers = new HashSet<>();
    private final Map<String, Long> newestMapped = new HashMap<>();
    private final Map<String, Long> newestBeyond = new HashMap<>();

    /**
     * @param log all batches before the compaction, also those that follow what it looks at
     * @param cleanedFrom where the segments begin that it reads
     * @param dirtyFrom where the records begin whose keys count
     * @param compactedBefore below it there was a compaction already
     * @param mappedTo where it came to, at most {@code readTo}
     */
    CompactionRules(
            List<LogModel.Batch> log,
            long cleanedFrom,
            long dirtyFrom,
            long mappedTo,
            long readTo,
            long compactedBefore,
            CleaningFacts facts) {
        this.facts = facts;
        this.mappedTo = mappedTo;
        this.readTo = readTo;
        this.compactedBefore = compactedBefore;
        this.producers = producersAt(log, readTo);
        findTransactions(log, cleanedFrom);
        for (LogModel.Batch batch : log) {
            RecordBatch records = batch.records();
            if (!records.isControlBatch() && !aborted.contains(batch.base())) {
                for (Record record : records) {
                    if (record.hasKey() && record.offset() >= dirtyFrom && record.offset() < readTo) {
                        (record.offset() < mappedTo ? newestMapped : newestBeyond).put(key(record), record.offset());
                    }
                }
            }
        }
    }

    /** What the producers that are still known had written last below an offset. */
    private List<ProducerEntry> producersAt(List<LogModel.Batch> log, long offset) {
        byte[] then = log.stream()
                .filter(b -> b.last() < offset)
                .reduce((first, second) -> second)
                .orElseThrow()
                .producers();
        return ProducerSnapshot.decode(then).orElseThrow().stream()
                .filter(p -> facts.producers().stream().anyMatch(now -> now.producerId() == p.producerId()))
                .toList();
    }

    private void findTransactions(List<LogModel.Batch> log, long cleanedFrom) {
        Map<Long, List<Long>> open = new HashMap<>();
        for (LogModel.Batch batch : log) {
            RecordBatch records = batch.records();
            List<Long> data = open.computeIfAbsent(records.producerId(), id -> new ArrayList<>());
            if (!records.isControlBatch()) {
                if (records.isTransactional()) {
                    data.add(batch.base());
                }
            } else if (records.iterator().hasNext()) {
                if (data.stream().noneMatch(base -> base >= cleanedFrom)) {
                    needlessMarkers.add(batch.base());
                }
                Record marker = records.iterator().next();
                if (ControlRecordType.parse(marker.key()) == ControlRecordType.ABORT) {
                    aborted.addAll(data);
                }
                data.clear();
            }
        }
    }

    /** Checks what became of one batch; {@code after} is null where nothing is left. Answers it for the model. */
    List<LogModel.Batch> check(LogModel.Batch before, byte @Nullable [] after, long segmentEnd) {
        RecordBatch original = before.records();
        Map<Long, Seen> must = new HashMap<>();
        Map<Long, Seen> may = new HashMap<>();
        for (Record record : original) {
            Map<Long, Seen> fate = fate(before, original, record, must, may);
            if (fate != null) {
                fate.put(record.offset(), Seen.of(record));
            }
        }
        if (after == null) {
            assertThat(must).as("lost with the batch at %s", before.base()).isEmpty();
            assertThat(mustStay(original, segmentEnd, producers))
                    .as("needed batch at %s", before.base())
                    .isFalse();
            return List.of();
        }
        RecordBatch left = ProducerReplay.batchOf(ByteBuffer.wrap(after));
        left.ensureValid();
        assertHeader(left, original);
        Map<Long, Seen> kept = new HashMap<>();
        boolean tombstones = false;
        for (Record record : left) {
            kept.put(record.offset(), Seen.of(record));
            tombstones |= !record.hasValue();
        }
        assertThat(kept).as("kept of the batch at %s", before.base()).containsAllEntriesOf(must);
        must.putAll(may);
        assertThat(must).as("to be dropped of the batch at %s", before.base()).containsAllEntriesOf(kept);
        boolean needless = needlessMarkers.contains(before.base());
        if (kept.isEmpty()) {
            // Of what was compacted before, a snapshot made anew names what is left, which the first time was not
            // needed.
            boolean mayStay = readTo <= compactedBefore
                    || mustStay(original, segmentEnd, producers)
                    || mustStay(original, segmentEnd, facts.producers());
            assertThat(mayStay).as("empty batch at %s", before.base()).isTrue();
        } else {
            assertThat(left.deleteHorizonMs())
                    .as("delete horizon of %s", before.base())
                    .isEqualTo(horizon(original, tombstones || needless));
        }
        return List.of(before.compacted(after, needless ? null : before.aborted()));
    }

    /** The map that a record belongs to; null where it must go. */
    private @Nullable Map<Long, Seen> fate(
            LogModel.Batch batch, RecordBatch original, Record record, Map<Long, Seen> must, Map<Long, Seen> may) {
        if (original.isControlBatch()) {
            return needlessMarkers.contains(batch.base()) && isPastHorizon(original) ? null : must;
        }
        if (aborted.contains(batch.base())) {
            return null;
        }
        if (record.offset() >= mappedTo) {
            return must;
        }
        if (!record.hasKey()
                || newestMapped.getOrDefault(key(record), -1L) > record.offset()
                || (!record.hasValue() && isPastHorizon(original))) {
            return null;
        }
        // The last batch that no longer fitted the map may have left some of its keys there.
        return newestBeyond.containsKey(key(record)) ? may : must;
    }

    private boolean isPastHorizon(RecordBatch batch) {
        return batch.deleteHorizonMs().isPresent() && batch.deleteHorizonMs().getAsLong() <= facts.nowMs();
    }

    private OptionalLong horizon(RecordBatch original, boolean needed) {
        return original.deleteHorizonMs().isPresent() || !needed
                ? original.deleteHorizonMs()
                : OptionalLong.of(facts.nowMs() + facts.config().deleteRetentionMs());
    }

    /** The last batch of a segment, and that with the last sequence or epoch of a producer, stay without records. */
    private static boolean mustStay(RecordBatch batch, long segmentEnd, Collection<ProducerEntry> producers) {
        return batch.nextOffset() == segmentEnd
                || producers.stream()
                        .filter(p -> p.producerId() == batch.producerId())
                        .anyMatch(p -> p.lastOffset() >= 0
                                ? p.lastOffset() == batch.lastOffset()
                                : batch.isControlBatch() && p.epoch() == batch.producerEpoch());
    }

    private static void assertHeader(RecordBatch left, RecordBatch original) {
        assertThat(left.baseOffset()).isEqualTo(original.baseOffset());
        assertThat(left.lastOffset()).isEqualTo(original.lastOffset());
        assertThat(left.producerId()).isEqualTo(original.producerId());
        assertThat(left.producerEpoch()).isEqualTo(original.producerEpoch());
        assertThat(left.baseSequence()).isEqualTo(original.baseSequence());
        assertThat(left.lastSequence()).isEqualTo(original.lastSequence());
        assertThat(left.partitionLeaderEpoch()).isEqualTo(original.partitionLeaderEpoch());
        assertThat(left.isTransactional()).isEqualTo(original.isTransactional());
        assertThat(left.isControlBatch()).isEqualTo(original.isControlBatch());
    }

    private static String key(Record record) {
        return String.valueOf(Seen.of(record).key());
    }
}
