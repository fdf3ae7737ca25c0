package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.LogConfig;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Retention, DeleteRecords, truncation and syncing of one log, over the in-memory files. */
class LogTrimTest {
    private static final Path DIRECTORY = Path.of("/data/orders-3");
    private static final LogConfig CONFIG = TestLogs.config(1000, 200);

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private final OpenFileCache cache = new OpenFileCache(files, 40);

    @Test
    void shouldDeleteSegmentsOlderThanTheirTime() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        log.updateConfig(TestLogs.config(1000, 200, 1_000_000, 100, -1));
        long newest = 1000 + log.logEndOffset() - 1;

        // when
        int removed = log.deleteOldSegments(newest + 50, log.logEndOffset());

        // then
        assertThat(removed).isPositive();
        assertThat(log.segments()).allMatch(s -> s.largestTimestamp() >= newest - 50);
        assertThat(log.logStartOffset()).isEqualTo(log.segments().get(0).baseOffset());
        assertThat(log.read(0, 100, 1000, true).error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(log.deleteOldSegments(newest + 50, log.logEndOffset())).isZero();
    }

    @Test
    void shouldDeleteEvenTheActiveSegmentWhenAllIsOld() throws Exception {
        // given
        PartitionLog log = filled(TestLogs.config(1000, 200, 1_000_000, 100, -1));

        // when
        log.deleteOldSegments(10_000_000, log.logEndOffset());

        // then
        assertThat(log.segments()).hasSize(1);
        assertThat(log.sizeInBytes()).isZero();
        assertThat(log.logStartOffset()).isEqualTo(log.logEndOffset()).isEqualTo(200);
    }

    /** Age counts from record times: a clock set back deletes nothing, and one set right again catches up. */
    @Test
    void shouldDeleteNothingWhileTheClockIsBack() throws Exception {
        // given
        PartitionLog log = filled(TestLogs.config(1000, 200, 1_000_000, 100, -1));
        int segments = log.segments().size();

        // when
        int whileBack = log.deleteOldSegments(10, log.logEndOffset());
        boolean rolled = log.rollIfNeeded(10);
        long appended = log.stage(TestLogs.batch(log.nextOffset(), 1, 10, 10, 1), 1, 10);
        log.write();

        // then
        assertThat(whileBack).isZero();
        assertThat(rolled).isFalse();
        assertThat(log.logEndOffset()).isEqualTo(appended);
        assertThat(log.offsetForTimestamp(1050).map(TimestampOffset::offset)).hasValue(50L);
        assertThat(log.segments()).hasSizeBetween(segments, segments + 1);
        log.deleteOldSegments(10_000_000, log.logEndOffset());
        assertThat(log.logStartOffset()).isEqualTo(log.logEndOffset());
    }

    @Test
    void shouldRollOnceWhenTheClockJumpsAhead() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        long ahead = 1000 + 8 * 86_400_000L;

        // when, then
        assertThat(log.rollIfNeeded(ahead)).isTrue();
        assertThat(log.rollIfNeeded(ahead + 1000)).isFalse();
        assertThat(log.rollIfNeeded(1000)).isFalse();
    }

    @Test
    void shouldDeleteDownToTheSize() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        log.updateConfig(TestLogs.config(1000, 200, 1_000_000, -1, 3500));

        // when
        log.deleteOldSegments(2000, log.logEndOffset());

        // then
        assertThat(log.sizeInBytes()).isBetween(3500L, 4500L);
    }

    @Test
    void shouldKeepWhatIsNotReplicatedYet() throws Exception {
        // given
        PartitionLog log = filled(TestLogs.config(1000, 200, 1_000_000, -1, 0));
        long second = log.segments().get(1).baseOffset();

        // when
        int removed = log.deleteOldSegments(2000, second);

        // then
        assertThat(removed).isEqualTo(1);
        assertThat(log.logStartOffset()).isEqualTo(second);
    }

    @Test
    void shouldUnlinkOnlyAfterTheDelayAndTheLastSlice() throws Exception {
        // given
        PartitionLog log = filled(TestLogs.config(1000, 200, 1_000_000, -1, 0));
        FileSlice slice = log.read(0, 500, log.logEndOffset(), true).slice().retain();
        ByteBuffer before = slice.toBuffer();

        // when
        log.deleteOldSegments(2000, log.logEndOffset());

        // then
        assertThat(log.unlinkDeleted(2000)).isPositive();
        assertThat(files.list(DIRECTORY)).contains("00000000000000000000.log.deleted");
        assertThat(log.unlinkDeleted(2000 + 60_000)).isEqualTo(1);
        assertThat(slice.toBuffer()).isEqualTo(before);
        assertThat(slice.release()).isFalse();
        assertThat(slice.release()).isTrue();
        assertThat(log.unlinkDeleted(2000 + 60_000)).isZero();
        assertThat(files.list(DIRECTORY)).noneMatch(n -> n.endsWith(".deleted"));
    }

    @Test
    void shouldDeleteRecords() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);

        // when
        log.advanceLogStartOffset(77);

        // then
        assertThat(log.logStartOffset()).isEqualTo(77);
        assertThat(log.offsetForTimestamp(0).map(TimestampOffset::offset)).hasValue(77L);
        log.deleteOldSegments(2000, log.logEndOffset());
        assertThat(log.segments().get(0).nextOffset()).isGreaterThan(77);
        log.advanceLogStartOffset(10);
        assertThat(log.logStartOffset()).isEqualTo(77);
        assertThatThrownBy(() -> log.advanceLogStartOffset(201)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The largest timestamp is that of a record which is there, not of one before the start in the same batch. */
    @ParameterizedTest
    @CsvSource({"0, 2, 40", "1, 2, 40", "2, 2, 40", "3, 3, 2"})
    void shouldFindTheLargestTimestampWhereTheLogStartsInsideABatch(long start, long offset, long timestamp)
            throws Exception {
        // given
        PartitionLog log = open(CONFIG);
        log.stage(TestLogs.batchAt(0, 7, 30, 40, 2), 0, 1000);
        log.write();
        log.advanceLogStartOffset(start);

        // when
        TimestampOffset found = log.offsetOfMaxTimestamp().orElseThrow();

        // then
        assertThat(found.offset()).isEqualTo(offset);
        assertThat(found.timestamp()).isEqualTo(timestamp);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 77, 100, 101, 199, 200, 500})
    void shouldTruncateToWholeBatches(long offset) throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        log.flush();

        // when
        long end = log.truncateTo(offset, 2000);

        // then
        assertThat(end).isEqualTo(Math.min(200, offset - offset % 2)).isEqualTo(log.logEndOffset());
        assertThat(log.recoveryPoint()).isLessThanOrEqualTo(end);
        assertThat(TestLogs.readAll(log, 0, 300))
                .containsExactlyElementsOf(LongStream.range(0, end).boxed().toList());
        log.stage(TestLogs.batch(end, 3, 30, 9000, 8), 8, 2000);
        log.write();
        assertThat(TestLogs.readAll(log, 0, 300)).hasSize((int) end + 3);
        assertThat(log.offsetForTimestamp(9000).map(TimestampOffset::offset)).hasValue(end);
    }

    @Test
    void shouldStartOverElsewhere() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);

        // when
        log.truncateFullyAndStartAt(5000, 2000);

        // then
        assertThat(log.logStartOffset()).isEqualTo(5000);
        assertThat(log.logEndOffset()).isEqualTo(5000);
        assertThat(log.latestEpoch()).isEmpty();
        assertThat(log.sizeInBytes()).isZero();
    }

    @Test
    void shouldMoveTheRecoveryPointWhenASyncIsHandedBack() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        assertThat(log.needsSync()).isTrue();
        SyncTask task = log.beginSync();
        log.stage(TestLogs.batch(200, 1, 10, 5000, 0), 0, 2000);
        log.write();

        // when
        task.run();

        // then
        assertThat(log.recoveryPoint()).isZero();
        assertThat(log.completeSync(task)).isEqualTo(200);
        assertThat(log.needsSync()).isTrue();
        log.flush();
        assertThat(log.recoveryPoint()).isEqualTo(201);
        assertThat(log.needsSync()).isFalse();
    }

    @Test
    void shouldNotMoveTheRecoveryPointForASyncThatFailedOrWasNotRun() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        SyncTask notRun = log.beginSync();
        SyncTask failing = log.beginSync();
        files.onOperation((operation, path) -> {
            if (operation == InMemoryLogFiles.Operation.FORCE) {
                throw new java.io.IOException("Input/output error");
            }
        });

        // when, then
        assertThatThrownBy(failing::run).hasMessageContaining("Input/output");
        assertThat(log.completeSync(failing)).isZero();
        assertThat(log.completeSync(notRun)).isZero();
        assertThat(log.needsSync()).isTrue();
    }

    @Test
    void shouldIgnoreASyncOfWhatWasTruncatedMeanwhile() throws Exception {
        // given
        PartitionLog log = filled(CONFIG);
        SyncTask task = log.beginSync();
        log.truncateTo(100, 2000);
        log.stage(TestLogs.batch(100, 60, 10, 5000, 0), 0, 2000);
        log.write();

        // when
        task.run();

        // then
        assertThat(log.completeSync(task)).isLessThanOrEqualTo(100);
    }

    @Test
    void shouldAnswerEpochEndsAsKip320Says() throws Exception {
        // given
        PartitionLog log = open(CONFIG);
        for (int i = 0; i < 30; i++) {
            log.stage(TestLogs.batch(i, 1, 10, 1000, 0), 2 + i / 10 * 3, 1000);
        }
        log.write();

        // when, then
        assertThat(log.endOffsetForEpoch(-1)).isEqualTo(EpochEndOffset.UNDEFINED);
        assertThat(log.endOffsetForEpoch(0)).isEqualTo(new EpochEndOffset(0, 0));
        assertThat(log.endOffsetForEpoch(2)).isEqualTo(new EpochEndOffset(2, 10));
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(new EpochEndOffset(2, 10));
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(new EpochEndOffset(5, 20));
        assertThat(log.endOffsetForEpoch(8)).isEqualTo(new EpochEndOffset(8, 30));
        assertThat(log.endOffsetForEpoch(9)).isEqualTo(EpochEndOffset.UNDEFINED);
        log.beginEpoch(11);
        assertThat(log.latestEpoch()).hasValue(11);
        assertThat(log.endOffsetForEpoch(8)).isEqualTo(new EpochEndOffset(8, 30));
        assertThat(log.endOffsetForEpoch(11)).isEqualTo(new EpochEndOffset(11, 30));
        log.beginEpoch(12);
        assertThat(log.endOffsetForEpoch(11)).isEqualTo(new EpochEndOffset(8, 30));
        log.truncateTo(15, 1000);
        assertThat(log.latestEpoch()).hasValue(5);
        assertThat(log.epochForOffset(9)).hasValue(2);
    }

    @Test
    void shouldRollByTheWallClockAndGiveBuffersUp() throws Exception {
        // given
        PartitionLog log = open(CONFIG);
        log.stage(TestLogs.batch(0, 1, 10, 1000, 0), 0, 1000);
        log.write();

        // when, then
        assertThat(log.rollIfNeeded(2000)).isFalse();
        assertThat(log.rollIfNeeded(1001 + 604_800_000L)).isTrue();
        assertThat(log.rollIfNeeded(1001 + 604_800_000L)).isFalse();
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).isEqualTo(List.of(0L, 1L));
    }

    private PartitionLog open(LogConfig config) throws Exception {
        return PartitionLog.open(
                cache, DIRECTORY, TestLogs.PARTITION, config, OpenOptions.fresh(1000), ProducerStateHook.NONE);
    }

    /** 200 records in batches of two, with the timestamp 1000 + offset. */
    private PartitionLog filled(LogConfig config) throws Exception {
        PartitionLog log = open(config);
        for (long base = 0; base < 200; base += 2) {
            log.stage(TestLogs.batch(base, 2, 30, 1000 + base, 0), 0, 1000);
        }
        log.write();
        return log;
    }
}
