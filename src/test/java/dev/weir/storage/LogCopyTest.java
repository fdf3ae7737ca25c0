package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.CopyBuffer;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

/** A copy is made of logs as compaction and transactions leave them, while appends, retention and compaction go on. */
class LogCopyTest {
    private static final Path COPY = Path.of("/other/orders-3.future");

    @Test
    void shouldBeTheSameLogOverManySeeds() throws Exception {
        for (long seed = 1; seed <= Long.getLong("weir.sim.seeds", 150); seed++) {
            try {
                copy(new CompactedLog(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldNotCopyWhatDoesNotMatchItsChecksum() throws Exception {
        CompactedLog source = new CompactedLog(1);
        source.append(60);
        source.commitAndRoll();
        Path victim = source.log.segments().get(0).log();
        byte[] bytes = source.files.content(victim);
        bytes[BatchLayout.HEADER_BYTES + 2] ^= 1;
        source.files.put(victim, bytes);
        source.reopen();
        PartitionLog target = open(source, false, new ProducerStateManager());
        LogCopy copy = new LogCopy(source.log, target, false, new CopyBuffer());

        assertThatThrownBy(() -> copy.step(1 << 20, source.nowMs)).hasMessageContaining("does not match its checksums");
        assertThat(target.logEndOffset()).isZero();
    }

    private static void copy(CompactedLog source) throws Exception {
        // given
        source.append(20 + source.random.nextInt(60));
        if (source.random.nextBoolean()) {
            source.commitAndRoll();
            source.compact(1 << 20);
        }
        ProducerStateManager producers = new ProducerStateManager();
        PartitionLog target = open(source, false, producers);

        // when
        LogCopy copy = new LogCopy(source.log, target, false, new CopyBuffer());
        for (int step = 0; step < 30; step++) {
            copy.step(1 + source.random.nextInt(3_000), source.nowMs);
            disturb(source);
        }
        int rest = 0;
        do {
            copy.step(1 + source.random.nextInt(3_000), source.nowMs);
            assertThat(rest++).isLessThan(10_000);
        } while (copy.lag() > 0);
        copy.finish();
        target.deleteOldSegments(source.nowMs, target.logEndOffset());

        // then
        assertSame(source, target);
        target.close();
        assertThat(target.logEndOffset()).isEqualTo(source.log.logEndOffset());
        ProducerStateManager again = new ProducerStateManager();
        PartitionLog reopened = open(source, true, again);
        assertThat(reopened.recovery().notes()).isEmpty();
        assertSame(source, reopened);
    }

    @Test
    void shouldLoseNothingWhileCompactionMergesSegmentsThatAreHalfCopied() throws Exception {
        int compacted = 0;
        for (long seed = 1; seed <= 100; seed++) {
            // given
            CompactedLog source = new CompactedLog(seed);
            source.append(60);
            source.commitAndRoll();
            PartitionLog target = open(source, false, new ProducerStateManager());
            LogCopy copy = new LogCopy(source.log, target, false, new CopyBuffer());

            // when
            for (int step = source.random.nextInt(20); step >= 0; step--) {
                copy.step(1 + source.random.nextInt(2_000), source.nowMs);
            }
            compacted += source.compact(1 << 20) ? 1 : 0;
            while (copy.lag() > 0) {
                copy.step(1 + source.random.nextInt(2_000), source.nowMs);
            }
            copy.finish();

            // then
            assertThat(offsets(target)).as("seed %s", seed).containsAll(offsets(source.log));
            target.close();
            PartitionLog reopened = open(source, true, new ProducerStateManager());
            assertThat(offsets(reopened)).as("seed %s", seed).isEqualTo(offsets(target));
        }
        assertThat(compacted).isPositive();
    }

    private static Set<Long> offsets(PartitionLog log) throws IOException {
        Set<Long> offsets = new TreeSet<>();
        MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(log)))
                .records()
                .forEach(record -> offsets.add(record.offset()));
        return offsets;
    }

    private static void disturb(CompactedLog source) throws IOException {
        PartitionLog log = source.log;
        long span = log.logEndOffset() - log.logStartOffset();
        switch (source.random.nextInt(12)) {
            case 0, 1, 2 -> source.append(1 + source.random.nextInt(4));
            case 3 -> log.roll(source.nowMs);
            case 4 -> {
                log.advanceLogStartOffset(log.logStartOffset() + (long) (span * source.random.nextDouble() / 3));
                log.deleteOldSegments(source.nowMs, log.logEndOffset());
            }
            default -> {
                // Nothing happens meanwhile.
            }
        }
    }

    private static PartitionLog open(CompactedLog source, boolean clean, ProducerStateManager producers)
            throws Exception {
        return PartitionLog.open(
                new OpenFileCache(source.files, 100),
                COPY,
                new TopicPartition("orders", 3),
                source.config,
                new OpenOptions(
                        clean, -1, clean ? source.log.logStartOffset() : -1, -1, source.nowMs, false, bound -> 0),
                producers);
    }

    private static void assertSame(CompactedLog source, PartitionLog copy) throws IOException {
        PartitionLog log = source.log;
        assertThat(copy.logStartOffset()).isEqualTo(log.logStartOffset());
        assertThat(copy.logEndOffset()).isEqualTo(log.logEndOffset());
        assertThat(bytes(copy)).isEqualTo(bytes(log));
        assertThat(bases(copy)).isSubsetOf(bases(log));
        assertThat(copy.abortedTransactions(log.logStartOffset(), log.logEndOffset()))
                .isEqualTo(log.abortedTransactions(log.logStartOffset(), log.logEndOffset()));
        assertThat(copy.latestEpoch()).isEqualTo(log.latestEpoch());
        for (long offset = log.logStartOffset(); offset < log.logEndOffset(); offset++) {
            assertThat(copy.epochForOffset(offset)).isEqualTo(log.epochForOffset(offset));
        }
    }

    private static List<Long> bases(PartitionLog log) {
        return log.segments().stream()
                .filter(segment -> segment.sizeInBytes() > 0)
                .map(SegmentInfo::baseOffset)
                .toList();
    }

    private static byte[] bytes(PartitionLog log) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            ByteBuffer batches = log.readBatches(next, 1 << 20);
            if (!batches.hasRemaining()) {
                break;
            }
            all.write(batches.array(), batches.arrayOffset() + batches.position(), batches.remaining());
            next = TestLogs.lastOffset(batches) + 1;
        }
        return all.toByteArray();
    }
}
