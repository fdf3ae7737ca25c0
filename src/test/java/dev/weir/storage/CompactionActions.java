package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.LogMistake.CleaningFacts;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.Pacer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Compaction in a simulation, in the two halves that it has in a broker, with anything in between. What it has written is
 * checked before it is swapped in; after a failure each segment must be the old or the new one.
 */
final class CompactionActions {
    private static final int IO_BYTES = 600;
    private static final long FEW_KEYS = 8L * KeyOffsetMap.SLOT_BYTES;

    /** One new segment: what should then be in {@code [from, to)}. */
    private record Candidate(long from, long to, List<LogModel.Batch> batches) {}

    private final SimulatedLog sim;
    private @Nullable CleanedSegments cleaned;
    private List<Candidate> candidates = List.of();
    private boolean swapping;

    CompactionActions(SimulatedLog sim) {
        this.sim = sim;
    }

    /** Writes what a compaction leaves; answers whether there was one due. */
    boolean run() throws Exception {
        CleaningFacts facts = new CleaningFacts(
                sim.model.lastStableOffset(),
                sim.cleanedTo,
                List.copyOf(sim.producers.activeProducers()),
                sim.nowMs,
                sim.config);
        Optional<CleaningPlan> plan = plan(sim.mistake.cleaning(facts));
        if (cleaned != null || plan.isEmpty()) {
            assertThat(plan).as("one compaction at a time").isEmpty();
            return cleaned != null;
        }
        sim.note("compact from " + plan.get().range().firstDirtyOffset());
        sim.highWatermark = sim.model.end();
        try {
            long mapBytes = sim.random.nextInt(3) == 0 ? FEW_KEYS : 1 << 16;
            cleaned = new CleaningRun(plan.get(), new CleaningBudget(mapBytes, 0.9, IO_BYTES), Pacer.FREE).run();
        } catch (IOException e) {
            sim.note("-> " + e.getMessage());
            sim.log.abandonCleaning();
            return false;
        }
        assertRange(plan.get().range(), facts);
        candidates = candidates(cleaned, facts);
        return true;
    }

    private Optional<CleaningPlan> plan(CleaningFacts facts) throws IOException {
        sim.log.updateConfig(facts.config());
        try {
            return sim.log.planCleaning(facts.lastStableOffset(), facts.checkpoint(), facts.producers(), facts.nowMs());
        } finally {
            sim.log.updateConfig(sim.config);
        }
    }

    private void assertRange(CleanableRange range, CleaningFacts facts) {
        assertThat(range.endOffset()).as("only stable offsets").isLessThanOrEqualTo(facts.lastStableOffset());
        long youngest = facts.nowMs() - facts.config().minCompactionLagMs();
        assertThat(sim.model.batches())
                .filteredOn(b -> b.base() >= range.firstDirtyOffset() && b.last() < range.endOffset())
                .allMatch(b -> facts.config().minCompactionLagMs() == 0 || b.maxTimestamp() <= youngest);
    }

    private List<Candidate> candidates(CleanedSegments outcome, CleaningFacts facts) throws IOException {
        CleanableRange range = outcome.plan().range();
        long from = outcome.groups().get(0).baseOffset();
        long dirtyFrom = facts.checkpoint() >= sim.log.logStartOffset() ? facts.checkpoint() : sim.log.logStartOffset();
        CompactionRules rules = new CompactionRules(
                sim.model.batches(),
                from,
                dirtyFrom,
                outcome.endOffset(),
                range.endOffset(),
                sim.model.compactedTo(),
                facts);
        List<Candidate> found = new ArrayList<>();
        for (CleanedSegments.Group group : outcome.groups()) {
            Path file = FileNames.in(sim.path(), group.baseOffset(), FileNames.LOG + FileNames.CLEANED);
            Map<Long, byte[]> after = batches(sim.memory.content(file));
            List<LogModel.Batch> left = new ArrayList<>();
            for (LogModel.Batch before : sim.model.batches()) {
                if (before.base() >= group.baseOffset() && before.base() < group.endOffset()) {
                    left.addAll(rules.check(before, after.remove(before.base()), group.endOffset()));
                }
            }
            assertThat(after).as("batches from nowhere").isEmpty();
            found.add(new Candidate(group.baseOffset(), group.endOffset(), left));
        }
        return found;
    }

    /** Swaps in what was written; answers false when the disk failed and the log must be opened again. */
    boolean swap() {
        CleanedSegments outcome = cleaned;
        if (outcome == null) {
            return true;
        }
        sim.note("swap " + outcome.groups().size());
        swapping = true;
        try {
            OptionalLong end = sim.log.replaceSegments(outcome, sim.nowMs);
            if (end.isPresent()) {
                assertThat(end.getAsLong()).isEqualTo(outcome.endOffset());
                sim.cleanedTo = end.getAsLong();
                candidates.forEach(this::adopt);
            }
            forget();
            return true;
        } catch (IOException e) {
            sim.note("-> " + e.getMessage());
            return false;
        }
    }

    private void adopt(Candidate candidate) {
        sim.model.compact(candidate.from(), candidate.to(), candidate.batches());
        sim.promised = Math.max(sim.promised, candidate.to());
    }

    /** A log that was opened anew has the old or the new segments, and knows nothing of a compaction. */
    void opened() throws IOException {
        if (swapping) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (SegmentInfo segment : sim.log.segments()) {
                all.writeBytes(sim.memory.content(segment.log()));
            }
            Map<Long, byte[]> present = batches(all.toByteArray());
            for (Candidate candidate : candidates) {
                if (isThere(candidate, present)) {
                    adopt(candidate);
                }
            }
        }
        forget();
        assertThat(sim.memory.list(sim.path()))
                .noneMatch(name -> name.endsWith(FileNames.CLEANED) || name.endsWith(FileNames.SWAP));
    }

    private static boolean isThere(Candidate candidate, Map<Long, byte[]> present) {
        Map<Long, ByteBuffer> wanted = candidate.batches().stream()
                .collect(Collectors.toMap(LogModel.Batch::base, b -> ByteBuffer.wrap(b.bytes())));
        Map<Long, ByteBuffer> there = present.entrySet().stream()
                .filter(e -> e.getKey() >= candidate.from() && e.getKey() < candidate.to())
                .collect(Collectors.toMap(Map.Entry::getKey, e -> ByteBuffer.wrap(e.getValue())));
        return there.equals(wanted);
    }

    private void forget() {
        cleaned = null;
        candidates = List.of();
        swapping = false;
    }

    private static Map<Long, byte[]> batches(byte[] log) {
        Map<Long, byte[]> found = new TreeMap<>();
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(ByteBuffer.wrap(log)).batches()) {
            ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(bytes);
            found.put(batch.baseOffset(), bytes.array());
        }
        return found;
    }
}
