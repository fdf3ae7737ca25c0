package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.LogConfig;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Appending, rolling and reading one log, over the in-memory files. */
class PartitionLogTest {
    private static final Path DIRECTORY = Path.of("/data/orders-3");

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private final OpenFileCache cache = new OpenFileCache(files, 64);

    @Test
    void shouldAssignNothingUntilWritten() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());

        // when
        log.stage(TestLogs.batch(0, 3, 10, 1000, 0), 5, 1000);
        log.stage(TestLogs.batch(3, 2, 10, 1000, 0), 5, 1000);

        // then
        assertThat(log.nextOffset()).isEqualTo(5);
        assertThat(log.logEndOffset()).isZero();
        assertThat(log.write()).isEqualTo(5);
        assertThat(TestLogs.readAll(log, 0, 1_000_000)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(log.latestEpoch()).hasValue(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 700, 5000, 1_000_000})
    void shouldReadEverythingInOrderAcrossSegmentsWhateverTheFetchSize(int maxBytes) throws Exception {
        // given
        PartitionLog log = open(TestLogs.config(2000, 256));
        append(log, 200);

        // when
        List<Long> read = TestLogs.readAll(log, 0, maxBytes);

        // then
        assertThat(log.segments()).hasSizeGreaterThan(5);
        assertThat(read).containsExactlyElementsOf(range(0, log.logEndOffset()));
    }

    @Test
    void shouldReadFromEveryOffsetAfterReopening() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config(2000, 256));
        append(log, 150);
        log.close();

        // when
        PartitionLog again = reopen(TestLogs.config(2000, 256), true, log.recoveryPoint());

        // then
        assertThat(again.recovery().notes()).isEmpty();
        for (long start = 0; start < again.logEndOffset(); start++) {
            ReadResult result = again.read(start, 300, Long.MAX_VALUE, true);
            assertThat(TestLogs.offsets(result.slice().toBuffer())).contains(start);
            result.slice().release();
        }
    }

    @Test
    void shouldNeverExposeTheUpperBound() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config(2000, 256));
        append(log, 60);

        // when, then
        for (long bound = 0; bound <= log.logEndOffset(); bound++) {
            for (long start = Math.max(0, bound - 7); start <= bound; start++) {
                ReadResult result = log.read(start, 1_000_000, bound, true);
                long limit = bound;
                assertThat(TestLogs.offsets(result.slice().toBuffer())).allMatch(o -> o < limit);
                result.slice().release();
            }
        }
    }

    @Test
    void shouldAnswerTheTailWithoutReadingAFile() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        append(log, 20);
        long before = files.reads();

        // when
        ReadResult result = log.read(log.logEndOffset() - 5, 1_000_000, log.logEndOffset(), true);

        // then
        assertThat(result.slice().sizeInBytes()).isPositive();
        assertThat(files.reads()).isEqualTo(before);
        result.slice().release();
    }

    @Test
    void shouldAnswerOutOfRangeAsAValue() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        append(log, 5);
        log.advanceLogStartOffset(3);

        // when, then
        assertThat(log.read(2, 100, 100, true).error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(log.read(log.logEndOffset() + 1, 100, 100, true).error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(log.read(log.logEndOffset(), 100, 100, true).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldGiveAnOversizedFirstBatchOnlyWhenAsked() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        log.stage(TestLogs.batch(0, 1, 5000, 1000, 0), 0, 1000);
        log.write();

        // when
        ReadResult hard = log.read(0, 100, Long.MAX_VALUE, false);
        ReadResult soft = log.read(0, 100, Long.MAX_VALUE, true);

        // then
        assertThat(hard.slice().isEmpty()).isTrue();
        assertThat(hard.limited()).isTrue();
        assertThat(TestLogs.offsets(soft.slice().toBuffer())).containsExactly(0L);
    }

    @Test
    void shouldRollByRecordTime() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        log.stage(TestLogs.batch(0, 1, 10, 1000, 0), 0, 1000);
        log.stage(TestLogs.batch(1, 1, 10, 1000 + 604_800_000L, 0), 0, 1000);
        log.stage(TestLogs.batch(2, 1, 10, 1001 + 604_800_000L, 0), 0, 1000);

        // when
        log.write();

        // then
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, 2L);
    }

    @Test
    void shouldRollWhenAnIndexIsFull() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config(1_000_000, 1, 40, -1, -1));

        // when
        append(log, 12);

        // then
        assertThat(log.segments()).hasSizeGreaterThan(2);
        assertThat(TestLogs.readAll(log, 0, 1000)).hasSize((int) log.logEndOffset());
    }

    @Test
    void shouldRollWhereOffsetsOverflow() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        log.stage(TestLogs.batch(0, 1, 10, 1000, 0), -1, 1000);
        log.stage(TestLogs.batch(5_000_000_000L, 1, 10, 1000, 0), -1, 1000);

        // when
        log.write();

        // then
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, 5_000_000_000L);
        ReadResult gap = log.read(7, 1000, Long.MAX_VALUE, true);
        assertThat(TestLogs.offsets(gap.slice().toBuffer())).containsExactly(5_000_000_000L);
    }

    @Test
    void shouldSkipGapsAtTheTail() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        log.stage(TestLogs.batch(0, 2, 10, 1000, 0), -1, 1000);
        log.stage(TestLogs.batch(10, 2, 10, 1000, 0), -1, 1000);
        log.write();

        // when
        ReadResult result = log.read(5, 1, Long.MAX_VALUE, true);

        // then
        assertThat(TestLogs.offsets(result.slice().toBuffer())).containsExactly(10L, 11L);
    }

    @Test
    void shouldRefuseBatchesThatGoBack() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config());
        append(log, 3);

        // when, then
        assertThatThrownBy(() -> log.stage(TestLogs.batch(0, 1, 10, 1000, 0), 0, 1000))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldStayConsistentWhenTheDiskIsFull() throws Exception {
        // given
        PartitionLog log = open(TestLogs.config(2000, 256));
        append(log, 30);
        long end = log.logEndOffset();
        files.setCapacity(files.usedBytes() + 50);

        // when
        log.stage(TestLogs.batch(end, 5, 100, 1000, 7), 7, 1000);
        assertThatThrownBy(log::write).isInstanceOfSatisfying(LogIoException.class, e -> assertThat(e.kind())
                .isEqualTo(LogIoException.Cause.NO_SPACE));

        // then
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(log.nextOffset()).isEqualTo(end);
        assertThat(TestLogs.readAll(log, 0, 1000)).containsExactlyElementsOf(range(0, end));
        files.setCapacity(Long.MAX_VALUE);
        append(log, 30);
        assertThat(TestLogs.readAll(log, 0, 1000)).containsExactlyElementsOf(range(0, log.logEndOffset()));
        log.close();
        PartitionLog again = reopen(TestLogs.config(2000, 256), false, -1);
        assertThat(again.recovery().bytesCut()).isZero();
        assertThat(TestLogs.readAll(again, 0, 1000)).containsExactlyElementsOf(range(0, log.logEndOffset()));
    }

    @Test
    void shouldHoldNoMoreFilesOpenThanTheBound() throws Exception {
        // given
        OpenFileCache small = new OpenFileCache(files, 8);
        PartitionLog log = PartitionLog.open(
                small,
                DIRECTORY,
                TestLogs.PARTITION,
                TestLogs.config(1000, 100),
                OpenOptions.fresh(0),
                ProducerStateHook.NONE);

        // when
        append(log, 100);

        // then
        assertThat(log.segments()).hasSizeGreaterThan(8);
        assertThat(TestLogs.readAll(log, 0, 500)).hasSize((int) log.logEndOffset());
        assertThat(small.size()).isLessThanOrEqualTo(8);
    }

    private PartitionLog open(LogConfig config) throws Exception {
        return PartitionLog.open(
                cache, DIRECTORY, TestLogs.PARTITION, config, OpenOptions.fresh(1000), ProducerStateHook.NONE);
    }

    private PartitionLog reopen(LogConfig config, boolean clean, long recoveryPoint) throws Exception {
        OpenOptions options = new OpenOptions(clean, recoveryPoint, -1, -1, 1000, false, bound -> 0);
        return PartitionLog.open(cache, DIRECTORY, TestLogs.PARTITION, config, options, ProducerStateHook.NONE);
    }

    /** Appends batches of one to four records. */
    private static void append(PartitionLog log, int batches) throws Exception {
        for (int i = 0; i < batches; i++) {
            long base = log.nextOffset();
            log.stage(TestLogs.batch(base, 1 + (int) (base % 4), 20 + (int) (base % 50), 1000 + base, 0), 0, 1000);
            if (i % 3 == 0) {
                log.write();
            }
        }
        log.write();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
