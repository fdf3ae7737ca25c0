package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.LogCorruptException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import dev.weir.storage.producer.ProducerStateManager;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a disk may do to a partition's files, and what is left of the log when it is opened again. */
class LogDamageTest {
    private static final Path DIRECTORY = Path.of("/data/orders-3");

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private long end;
    private List<Long> bases = List.of();

    /** Damages the files of a closed log. */
    interface Damage {
        void apply(LogDamageTest test) throws Exception;
    }

    @BeforeEach
    void writeSegments() throws Exception {
        PartitionLog log = open(false, -1, new ProducerStateManager());
        for (int i = 0; i < 120; i++) {
            long base = log.nextOffset();
            log.stage(TestLogs.batch(base, 2, 40, 1000 + base, i / 50, i % 3 == 0 ? 7 : -1, i), -1, 1000);
            log.write();
        }
        log.close();
        end = log.logEndOffset();
        bases = log.segments().stream().map(SegmentInfo::baseOffset).toList();
        assertThat(bases).hasSizeGreaterThan(3);
    }

    static Stream<Arguments> repairable() {
        return Stream.of(
                row("offset index missing", t -> t.files.remove(t.path(1, ".index"))),
                row("time index missing", t -> t.files.remove(t.path(1, ".timeindex"))),
                row("offset index empty", t -> t.files.put(t.path(1, ".index"), new byte[0])),
                row("time index empty", t -> t.files.put(t.path(1, ".timeindex"), new byte[0])),
                row("offset index of foreign bytes", t -> t.files.put(t.path(1, ".index"), bytes(83, 0x55))),
                row("time index of foreign bytes", t -> t.files.put(t.path(1, ".timeindex"), bytes(125, 0x55))),
                row("offset index cut within an entry", t -> t.cut(t.path(1, ".index"), 3)),
                row("offset index with room of zeros", t -> t.grow(t.path(1, ".index"), 800)),
                row("time index with room of zeros", t -> t.grow(t.path(1, ".timeindex"), 1200)),
                row("bit flipped in the last offset index entry", t -> t.flip(t.path(1, ".index"), -1)),
                row("bit flipped in the first offset index entry", t -> t.flip(t.path(1, ".index"), 3)),
                row("bit flipped in an offset index position", t -> t.flip(t.path(1, ".index"), 7)),
                row("bit flipped in the last time index entry", t -> t.flip(t.path(1, ".timeindex"), -6)),
                row("active index missing", t -> t.files.remove(t.path(t.bases.size() - 1, ".index"))),
                row("transaction index without a log", t -> t.files.put(t.named(77_777, ".txnindex"), bytes(34, 1))),
                row("index without a log", t -> t.files.put(t.named(77_777, ".index"), bytes(8, 1))),
                row("snapshot flipped", t -> t.flip(t.named(t.end, ".snapshot"), 9)),
                row("snapshot empty", t -> t.files.put(t.named(t.end, ".snapshot"), new byte[0])),
                row("every snapshot missing", LogDamageTest::removeSnapshots),
                row("epoch checkpoint missing", t -> t.files.remove(t.epochs())),
                row("epoch checkpoint empty", t -> t.files.put(t.epochs(), new byte[0])),
                row("epoch checkpoint flipped", t -> t.flip(t.epochs(), 2)),
                row("epoch checkpoint of foreign bytes", t -> t.files.put(t.epochs(), bytes(40, 0xee))),
                row("foreign file", t -> t.files.put(DIRECTORY.resolve("notes.txt"), bytes(10, 1))),
                row("foreign log", t -> t.files.put(DIRECTORY.resolve("7.log"), bytes(10, 1))),
                row("deleted segment", t -> t.files.put(t.named(0, ".log.deleted"), bytes(10, 1))),
                row("unfinished compaction", t -> t.files.put(t.named(0, ".log.cleaned"), bytes(10, 1))),
                row("second segment of a base offset, being swapped in", LogDamageTest::swapOfTheSame),
                row("empty segment within another", t -> t.files.put(t.named(t.bases.get(1) + 3, ".log"), new byte[0])),
                row("empty last segment", t -> t.files.put(t.named(t.end, ".log"), new byte[0])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repairable")
    void shouldRepairAfterACleanStop(String name, Damage damage) throws Exception {
        repaired(damage, true, end);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repairable")
    void shouldRepairAfterACrash(String name, Damage damage) throws Exception {
        repaired(damage, false, bases.get(bases.size() - 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repairable")
    void shouldRepairWhenNothingIsKnownOfTheRecoveryPoint(String name, Damage damage) throws Exception {
        repaired(damage, false, -1);
    }

    private void repaired(Damage damage, boolean clean, long recoveryPoint) throws Exception {
        // given
        damage.apply(this);

        // when
        ProducerStateManager producers = new ProducerStateManager();
        PartitionLog log = open(clean, recoveryPoint, producers);

        // then
        assertThat(log.logEndOffset()).isEqualTo(end);
        for (int maxBytes : new int[] {1, 500, 1_000_000}) {
            assertThat(TestLogs.readAll(log, 0, maxBytes)).containsExactlyElementsOf(range(end));
        }
        assertThat(log.endOffsetForEpoch(0)).isEqualTo(new EpochEndOffset(0, 100));
        assertThat(log.endOffsetForEpoch(1)).isEqualTo(new EpochEndOffset(1, 200));
        assertThat(log.latestEpoch()).hasValue(2);
        assertThat(producers.producer(7).orElseThrow().lastSequence()).isEqualTo(118);
        assertThat(log.offsetForTimestamp(1000 + end - 30).map(TimestampOffset::offset))
                .hasValue(end - 30);
        // and it goes on
        log.stage(TestLogs.batch(end, 2, 40, 5000, 9), 9, 1000);
        log.write();
        log.close();
        assertThat(open(true, -1, new ProducerStateManager()).logEndOffset()).isEqualTo(end + 2);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {BatchLayout.ATTRIBUTES, BatchLayout.MAX_TIMESTAMP, BatchLayout.CRC, BatchLayout.HEADER_BYTES + 5})
    void shouldServeNothingThatDoesNotMatchItsChecksum(int where) throws Exception {
        // given: a bit that flips at rest, in what was synced long ago
        Path victim = path(1, ".log");
        List<Integer> starts = TestLogs.positions(ByteBuffer.wrap(files.content(victim)));
        flip(victim, starts.get(3) + where);
        long damaged = bases.get(1) + 6;

        // when
        PartitionLog log = open(true, end, new ProducerStateManager());

        // then
        for (int round = 0; round < 2; round++) {
            ReadResult before = log.read(bases.get(1), 1_000_000, end, true);
            assertThat(TestLogs.offsets(before.slice().toBuffer())).first().isEqualTo(bases.get(1));
            assertThat(TestLogs.lastOffset(before.slice().toBuffer())).isEqualTo(damaged - 1);
            before.slice().release();
            for (long offset = damaged; offset < damaged + 2; offset++) {
                ReadResult within = log.read(offset, 1_000_000, end, true);
                assertThat(within.error()).isEqualTo(Errors.CORRUPT_MESSAGE);
                assertThat(within.slice().isEmpty()).isTrue();
            }
            assertThatThrownBy(() -> log.readBatches(damaged, 1_000_000)).hasMessageContaining("damaged");
            assertThat(TestLogs.readAll(log, damaged + 2, 1_000_000)).last().isEqualTo(end - 1);
        }
    }

    static Stream<Arguments> tails() {
        return Stream.of(
                row("torn within the last batch", t -> t.cut(t.active(), 20)),
                row("torn within the last header", t -> t.cut(t.active(), t.lastBatchBytes() - 30)),
                row("followed by zeros", t -> t.grow(t.active(), 5000)),
                row("followed by foreign bytes", t -> t.append(t.active(), bytes(300, 0x77))),
                row("followed by an old batch", t -> t.append(t.active(), t.firstBatch())),
                row("bit flipped in the last record", t -> t.flip(t.active(), -5)),
                row("bit flipped in the last checksum", t -> t.flip(t.active(), 17 - t.lastBatchBytes())),
                row("bit flipped in the last size", t -> t.flip(t.active(), 9 - t.lastBatchBytes())),
                row("bit flipped in the last base offset", t -> t.flip(t.active(), 6 - t.lastBatchBytes())),
                row("last batch zeroed", t -> t.zero(t.active(), t.lastBatchBytes())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tails")
    void shouldCutADamagedTail(String name, Damage damage) throws Exception {
        // given
        damage.apply(this);

        // when
        PartitionLog log = open(false, bases.get(bases.size() - 1), new ProducerStateManager());

        // then
        assertThat(log.recovery().bytesCut()).isPositive();
        assertThat(log.recovery().notes()).isNotEmpty();
        assertThat(log.logEndOffset()).isBetween(end - 2, end);
        assertThat(TestLogs.readAll(log, 0, 700)).containsExactlyElementsOf(range(log.logEndOffset()));
    }

    @Test
    void shouldKeepNothingBehindAGapAboveTheRecoveryPoint() throws Exception {
        // given
        for (String suffix : List.of(".log", ".index", ".timeindex")) {
            files.remove(path(2, suffix));
        }

        // when
        PartitionLog log = open(false, bases.get(1), new ProducerStateManager());

        // then
        assertThat(log.logEndOffset()).isEqualTo(bases.get(2));
        assertThat(TestLogs.readAll(log, 0, 700)).containsExactlyElementsOf(range(log.logEndOffset()));
    }

    @Test
    void shouldKeepNothingBehindASegmentCutAtABatch() throws Exception {
        // given
        byte[] content = files.content(path(1, ".log"));
        List<Integer> starts = TestLogs.positions(ByteBuffer.wrap(content));
        files.put(path(1, ".log"), Arrays.copyOf(content, starts.get(starts.size() - 1)));

        // when
        PartitionLog log = open(false, 0, new ProducerStateManager());

        // then
        assertThat(log.logEndOffset()).isEqualTo(bases.get(2) - 2);
        assertThat(TestLogs.readAll(log, 0, 700)).containsExactlyElementsOf(range(log.logEndOffset()));
    }

    @Test
    void shouldStayOfflineWhenASyncedSegmentCannotBeIndexed() throws Exception {
        // given
        files.remove(path(1, ".index"));
        cut(path(1, ".log"), 30);

        // when, then
        assertThatThrownBy(() -> open(true, end, new ProducerStateManager()))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("below the recovery point");
    }

    @Test
    void shouldStayOfflineWhenTwoSegmentsHoldTheSameOffsets() throws Exception {
        // given
        for (String suffix : List.of(".log", ".index", ".timeindex")) {
            files.put(named(bases.get(1) + 2, suffix), files.content(path(2, suffix)));
        }

        // when, then
        assertThatThrownBy(() -> open(true, end, new ProducerStateManager()))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("begins at " + (bases.get(1) + 2));
    }

    @Test
    void shouldNotCutRecordsOfAnOldFormat() throws Exception {
        // given
        ByteBuffer old = MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V1, Compression.NONE, new SimpleRecord(1000L, bytes(3, 1), bytes(5, 2)))
                .buffer();
        byte[] content = new byte[old.remaining()];
        old.get(content);
        files.put(path(0, ".log"), content);

        // when, then
        assertThatThrownBy(() -> open(false, -1, new ProducerStateManager()))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("format v1");
        assertThat(files.content(path(0, ".log"))).isEqualTo(content);
    }

    @Test
    void shouldStartOverAboveALostEnd() throws Exception {
        // given
        long start = end + 50;

        // when
        PartitionLog log = PartitionLog.open(
                new OpenFileCache(files, 50),
                DIRECTORY,
                TestLogs.PARTITION,
                TestLogs.config(2000, 200),
                new OpenOptions(false, -1, start, -1, 1000, false, bound -> 0),
                new ProducerStateManager());

        // then
        assertThat(log.logStartOffset()).isEqualTo(start);
        assertThat(log.logEndOffset()).isEqualTo(start);
    }

    // ---- damages

    private static Arguments row(String name, Damage damage) {
        return Arguments.of(name, damage);
    }

    private static byte[] bytes(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private void flip(Path path, int at) throws Exception {
        byte[] content = files.content(path);
        content[at < 0 ? content.length + at : at] ^= 0x10;
        files.put(path, content);
    }

    private void cut(Path path, int bytes) throws Exception {
        byte[] content = files.content(path);
        files.put(path, Arrays.copyOf(content, content.length - bytes));
    }

    private void grow(Path path, int zeros) throws Exception {
        byte[] content = files.content(path);
        files.put(path, Arrays.copyOf(content, content.length + zeros));
    }

    private void append(Path path, byte[] more) throws Exception {
        byte[] content = files.content(path);
        byte[] grown = Arrays.copyOf(content, content.length + more.length);
        System.arraycopy(more, 0, grown, content.length, more.length);
        files.put(path, grown);
    }

    private void zero(Path path, int last) throws Exception {
        byte[] content = files.content(path);
        Arrays.fill(content, content.length - last, content.length, (byte) 0);
        files.put(path, content);
    }

    private void removeSnapshots() throws Exception {
        files.list(DIRECTORY).stream()
                .filter(n -> n.endsWith(".snapshot"))
                .forEach(n -> files.remove(DIRECTORY.resolve(n)));
    }

    private void swapOfTheSame() throws Exception {
        files.put(named(bases.get(1), ".log.swap"), files.content(path(1, ".log")));
    }

    private byte[] firstBatch() throws Exception {
        byte[] content = files.content(path(0, ".log"));
        return Arrays.copyOf(
                content, TestLogs.positions(ByteBuffer.wrap(content)).get(1));
    }

    private int lastBatchBytes() throws Exception {
        byte[] content = files.content(active());
        List<Integer> starts = TestLogs.positions(ByteBuffer.wrap(content));
        return content.length - starts.get(starts.size() - 1);
    }

    private Path active() {
        return path(bases.size() - 1, ".log");
    }

    private Path epochs() {
        return DIRECTORY.resolve("leader-epoch-checkpoint");
    }

    private Path path(int segment, String suffix) {
        return named(bases.get(segment), suffix);
    }

    private Path named(long offset, String suffix) {
        return DIRECTORY.resolve(String.format("%020d%s", offset, suffix));
    }

    private PartitionLog open(boolean clean, long recoveryPoint, ProducerStateHook producers) throws Exception {
        return PartitionLog.open(
                new OpenFileCache(files, 50),
                DIRECTORY,
                TestLogs.PARTITION,
                TestLogs.config(2000, 200),
                new OpenOptions(clean, recoveryPoint, -1, -1, 1000, false, bound -> 0),
                producers);
    }

    private static List<Long> range(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
