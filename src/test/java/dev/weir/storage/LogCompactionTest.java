package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.TestLogConfig;
import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.Pacer;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerSnapshot;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compaction of a log's files: the swap, what may come between plan and swap, and power failures at every step. */
class LogCompactionTest {
    private static final long MAP_BYTES = 1 << 16;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("weir.sim.seeds", 10));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepTheNewestCommittedValues(long seed) throws Exception {
        CompactedLog log = new CompactedLog(seed);
        int compactions = 0;
        for (int i = 0; i < 12; i++) {
            log.append(5 + log.random.nextInt(40));
            compactions += log.compact(log.random.nextBoolean() ? MAP_BYTES : 6 * KeyOffsetMap.SLOT_BYTES) ? 1 : 0;
            log.check();
        }
        assertThat(compactions).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldLeaveTheOldOrTheNewSegmentsWhenThePowerFails(long seed) throws Exception {
        CompactedLog log = new CompactedLog(seed);
        for (int i = 0; i < 14; i++) {
            log.append(5 + log.random.nextInt(30));
            log.crashDuringCompaction();
            log.check();
            assertThat(log.names()).noneMatch(n -> n.endsWith(".cleaned") || n.endsWith(".swap"));
        }
        log.append(20);
        log.commitAndRoll();
        log.checkpoint = -1;
        log.compact(MAP_BYTES);
        log.check();
    }

    @Test
    void shouldShrinkTheLogAndMergeItsSegments() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(1);
        log.append(300);
        log.commitAndRoll();
        long bytes = log.log.sizeInBytes();
        int segments = log.log.segments().size();

        // When
        log.compact(MAP_BYTES);
        log.append(30);
        log.commitAndRoll();
        log.compact(MAP_BYTES);

        // Then
        assertThat(log.log.sizeInBytes()).isLessThan(bytes / 3);
        assertThat(log.log.segments()).hasSizeLessThan(segments / 2);
        assertThat(log.checkpoint).isEqualTo(log.log.logEndOffset());
        assertThat(log.plan()).isEmpty();
        log.check();
    }

    @Test
    void shouldLeaveNoGapBetweenSegments() throws Exception {
        CompactedLog log = new CompactedLog(2);
        log.append(200);
        log.commitAndRoll();

        log.compact(MAP_BYTES);

        long next = 0;
        for (SegmentInfo segment : log.log.segments()) {
            assertThat(segment.baseOffset()).isEqualTo(next);
            next = segment.nextOffset();
        }
        var batches = log.batches();
        for (SegmentInfo segment : log.log.segments()) {
            assertThat(segment.active() || batches.stream().anyMatch(b -> b.nextOffset() == segment.nextOffset()))
                    .isTrue();
        }
    }

    @Test
    void shouldKeepATransactionOpenWhoseMarkerIsAboveWhatWasCompacted() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(6);
        log.append(100);
        log.log.roll(log.nowMs);
        long opened = log.producers.activeProducers().stream()
                .filter(ProducerEntry::inTransaction)
                .mapToLong(ProducerEntry::currentTxnFirstOffset)
                .min()
                .orElseThrow();
        log.commit();

        // When
        log.compact(MAP_BYTES);

        // Then
        List<Long> within = log.log.segments().stream()
                .map(SegmentInfo::baseOffset)
                .filter(base -> base > opened)
                .toList();
        assertThat(within).isNotEmpty();
        for (long base : within) {
            Path snapshot = FileNames.in(CompactedLog.DIRECTORY, base, FileNames.SNAPSHOT);
            assertThat(ProducerSnapshot.decode(DurableFiles.bytes(log.files, snapshot))
                            .orElseThrow())
                    .as("snapshot at %s", base)
                    .anyMatch(p -> p.currentTxnFirstOffset() == opened);
        }
    }

    @Test
    void shouldServeASliceOfAReplacedSegmentUntilItIsReleased() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(3);
        log.append(100);
        log.commitAndRoll();
        ReadResult read = log.log.read(0, 1000, log.log.logEndOffset(), true);
        ByteBuffer before = read.slice().toBuffer();

        // When
        log.compact(MAP_BYTES);
        long later = log.nowMs + 10 * log.config.fileDeleteDelayMs();

        // Then
        assertThat(log.log.unlinkDeleted(later)).isEqualTo(1);
        assertThat(read.slice().toBuffer()).isEqualTo(before);
        read.slice().release();
        assertThat(log.log.unlinkDeleted(later)).isZero();
        assertThat(log.names()).noneMatch(n -> n.endsWith(".deleted"));
        log.check();
    }

    @Test
    void shouldDropTheOutcomeWhenTheLogWasTruncatedMeanwhile() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(4);
        log.append(100);
        log.commitAndRoll();
        CleanedSegments cleaned = CompactedLog.run(log.plan().orElseThrow(), MAP_BYTES);
        log.log.truncateTo(log.log.segments().get(2).baseOffset(), log.nowMs);
        long bytes = log.log.sizeInBytes();

        // When
        var end = log.log.replaceSegments(cleaned, log.nowMs);

        // Then
        assertThat(end).isEmpty();
        assertThat(log.log.sizeInBytes()).isEqualTo(bytes);
        assertThat(log.names()).noneMatch(n -> n.endsWith(".cleaned") || n.endsWith(".swap"));
    }

    @Test
    void shouldPlanOneCompactionAtATime() throws Exception {
        CompactedLog log = new CompactedLog(5);
        log.append(100);
        log.commitAndRoll();

        assertThat(log.plan()).isPresent();
        assertThat(log.plan()).isEmpty();
        log.log.abandonCleaning();
        assertThat(log.plan()).isPresent();
    }

    @Test
    void shouldRefuseADamagedBatchRatherThanSealItAnew() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(6);
        log.append(100);
        log.commitAndRoll();
        CleaningPlan plan = log.plan().orElseThrow();
        Path damaged = plan.sources().get(1).path();
        byte[] bytes = log.files.content(damaged);
        bytes[bytes.length / 2] ^= 4;
        log.files.put(damaged, bytes);

        // Then
        assertThatThrownBy(() -> CompactedLog.run(plan, MAP_BYTES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at ");
        assertThat(log.names()).noneMatch(n -> n.endsWith(".cleaned"));
    }

    @Test
    void shouldStopWhenThePacerSaysSo() throws Exception {
        CompactedLog log = new CompactedLog(7);
        log.append(100);
        log.commitAndRoll();
        CleaningPlan plan = log.plan().orElseThrow();
        int[] pieces = {0};
        Pacer pacer = bytes -> {
            if (pieces[0]++ == 40) {
                throw new InterruptedIOException("enough");
            }
        };

        assertThatThrownBy(() -> new CleaningRun(plan, new CleaningBudget(MAP_BYTES, 0.9, 600), pacer).run())
                .isInstanceOf(InterruptedIOException.class);
        assertThat(log.names()).noneMatch(n -> n.endsWith(".cleaned"));
        log.check();
    }

    @Test
    void shouldRemoveIndexesThatWereSwappedInWithoutTheirLog() throws Exception {
        // Given
        CompactedLog log = new CompactedLog(8);
        log.append(60);
        log.log.close();
        byte[] index = log.files.content(CompactedLog.DIRECTORY.resolve("00000000000000000000.index"));
        log.files.put(CompactedLog.DIRECTORY.resolve("00000000000000000000.index.swap"), new byte[8]);

        // When
        log.reopen();

        // Then
        assertThat(log.names()).noneMatch(n -> n.endsWith(".swap"));
        assertThat(log.files.content(CompactedLog.DIRECTORY.resolve("00000000000000000000.index")))
                .isEqualTo(index);
        log.check();
    }

    @ParameterizedTest
    @CsvSource({"true, 1000, true", "true, 1001, false", "false, 1000, false"})
    void shouldRollInTimeForTheMaximumLag(boolean compact, long maxLagMs, boolean rolls) throws Exception {
        // Given
        var config = TestLogConfig.of(r -> {
            r.compact = compact;
            r.maxCompactionLagMs = maxLagMs;
        });
        var cache = new OpenFileCache(new InMemoryLogFiles(), 100);
        PartitionLog log = PartitionLog.open(
                cache,
                CompactedLog.DIRECTORY,
                TestLogs.PARTITION,
                config,
                OpenOptions.fresh(5000),
                ProducerStateHook.NONE);
        log.stage(TestLogs.batch(0, 1, 10, 5000, 0), 0, 5000);
        log.write();

        // When, then
        assertThat(log.rollIfNeeded(6001)).isEqualTo(rolls);
    }
}
