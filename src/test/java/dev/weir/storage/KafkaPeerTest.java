package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.file.FileNames;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.RealLogFiles;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateHook;
import dev.weir.storage.producer.ProducerStateManager;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same directories read and written by Apache Kafka's own log and by ours. */
@NullUnmarked
class KafkaPeerTest {
    private static final Path NAME = Path.of("orders-3");

    /** Kafka forgets producers that are older than a day when it opens a log. */
    private static final long NOW = System.currentTimeMillis();

    @TempDir
    Path root;

    private final OpenFileCache cache = new OpenFileCache(new RealLogFiles(), 100);

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

    /** Runs at once what Kafka would do soon in the background, and nothing else. */
    private final class InlineScheduler implements Scheduler {
        @Override
        public void startup() {}

        @Override
        public void shutdown() {}

        @Override
        public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
            if (delayMs == 0 && periodMs < 0) {
                task.run();
            }
            return timer.schedule(() -> {}, 1, TimeUnit.DAYS);
        }

        @Override
        public void resizeThreadPool(int newSize) {}
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWriteWhatKafkaOpens(boolean clean) throws Exception {
        // given
        ProducerStateManager producers = new ProducerStateManager();
        PartitionLog log = ours(OpenOptions.fresh(0), producers);
        writeMixed(log);
        long end = log.logEndOffset();
        List<String> aborted = log.abortedTransactions(0, end).stream()
                .map(a -> a.producerId() + " " + a.firstOffset())
                .toList();
        if (clean) {
            log.close();
        } else {
            log.flush();
        }

        // when
        UnifiedLog kafka = kafka(clean);

        // then
        assertThat(kafka.logEndOffset()).isEqualTo(log.logEndOffset());
        assertThat(kafka.logStartOffset()).isZero();
        for (LogSegment segment : kafka.logSegments()) {
            segment.sanityCheck(false);
        }
        assertThat(kafkaOffsets(kafka)).containsExactlyElementsOf(range(0, log.logEndOffset()));
        assertThat(kafka.leaderEpochCache().epochEntries())
                .extracting(e -> e.epoch() + " " + e.startOffset())
                .containsExactly("0 0", "4 150");
        assertThat(kafka.activeProducersWithLastSequence())
                .isEqualTo(producers.activeProducers().stream()
                        .collect(Collectors.toMap(ProducerEntry::producerId, ProducerEntry::lastSequence)));
        kafka.updateHighWatermark(kafka.logEndOffset());
        assertThat(kafka.collectAbortedTransactions(0, kafka.logEndOffset()))
                .extracting(a -> a.producerId() + " " + a.firstOffset())
                .containsExactlyElementsOf(aborted)
                .isNotEmpty();
        kafka.close();
    }

    @Test
    void shouldKeepItsFilesWhenKafkaOpensAndClosesThem() throws Exception {
        // given
        PartitionLog log = ours(OpenOptions.fresh(0), new ProducerStateManager());
        writeMixed(log);
        log.close();
        Map<String, byte[]> before = contents();

        // when
        kafka(true).close();

        // then
        Map<String, byte[]> after = contents();
        before.forEach((name, bytes) -> assertThat(after.get(name)).as(name).isEqualTo(bytes));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldOpenWhatKafkaWrote(boolean clean) throws Exception {
        // given
        Files.createDirectories(root.resolve(NAME));
        UnifiedLog kafka = kafka(true);
        for (int i = 0; i < 120; i++) {
            kafka.appendAsLeader(records(i, 0), i < 60 ? 0 : 2);
        }
        long end = kafka.logEndOffset();
        if (clean) {
            kafka.close();
        } else {
            kafka.flush(true);
        }

        // when
        ProducerStateManager producers = new ProducerStateManager();
        PartitionLog log = ours(new OpenOptions(clean, -1, -1, -1, 0, false, b -> 0), producers);

        // then
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(log.recovery().bytesCut()).isZero();
        assertThat(log.segments()).hasSizeGreaterThan(3);
        assertThat(recordOffsets(log)).containsExactlyElementsOf(range(0, end));
        assertThat(log.endOffsetForEpoch(0).endOffset())
                .isEqualTo(log.epochForOffset(end - 1).isPresent() ? 120 : -1);
        assertThat(producers.activeProducers())
                .extracting(ProducerEntry::producerId)
                .containsExactly(77L);
        assertThat(log.offsetForTimestamp(1050).map(TimestampOffset::offset)).isEqualTo(Optional.of(100L));
        if (clean) {
            assertThat(log.recovery().notes()).isEmpty();
        }
    }

    @Test
    void shouldBuildTheSameIndexesAsKafka() throws Exception {
        // given
        Files.createDirectories(root.resolve(NAME));
        UnifiedLog kafka = kafka(true);
        List<ByteBuffer> batches = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            kafka.appendAsLeader(records(i, 0), 0);
            batches.add(records(i, i * 2L).buffer());
        }
        kafka.close();
        Map<String, byte[]> expected = contents();
        try (Stream<Path> files = Files.list(root.resolve(NAME))) {
            files.map(Path::toFile).forEach(File::delete);
        }

        // when
        PartitionLog log = ours(OpenOptions.fresh(0), new ProducerStateManager());
        for (ByteBuffer batch : batches) {
            log.stage(batch, 0, 0);
        }
        log.write();
        log.close();

        // then
        Map<String, byte[]> actual = contents();
        String active =
                FileNames.of(log.segments().get(log.segments().size() - 1).baseOffset(), FileNames.TIME_INDEX);
        expected.forEach((name, bytes) -> {
            // Only we complete the active segment's time index on close.
            if ((name.endsWith(".log") || name.endsWith("index")) && !name.equals(active)) {
                assertThat(actual.get(name)).as(name).isEqualTo(bytes);
            }
        });
    }

    @Test
    void shouldHoldBatchesThatFileRecordsReads() throws Exception {
        // given
        PartitionLog log = ours(OpenOptions.fresh(0), ProducerStateHook.NONE);
        writeMixed(log);

        // when, then
        for (SegmentInfo segment : log.segments()) {
            try (FileRecords records = FileRecords.open(segment.log().toFile(), false)) {
                records.batches().forEach(b -> b.ensureValid());
                assertThat(records.sizeInBytes()).isEqualTo((int) segment.sizeInBytes());
            }
        }
    }

    private void writeMixed(PartitionLog log) throws IOException {
        EndTransactionMarker abort = new EndTransactionMarker(ControlRecordType.ABORT, 0);
        EndTransactionMarker commit = new EndTransactionMarker(ControlRecordType.COMMIT, 0);
        while (log.nextOffset() < 400) {
            long base = log.nextOffset();
            SimpleRecord record = new SimpleRecord(NOW + base, TestLogs.key(base), TestLogs.value(base, 40));
            MemoryRecords records =
                    switch ((int) (base % 10)) {
                        case 1 ->
                            MemoryRecords.withTransactionalRecords(
                                    base, Compression.NONE, 5, (short) 0, (int) base / 10, -1, record);
                        case 3 ->
                            MemoryRecords.withTransactionalRecords(
                                    base, Compression.NONE, 6, (short) 0, (int) base / 10, -1, record);
                        case 5 -> MemoryRecords.withEndTransactionMarker(base, NOW + base, -1, 5, (short) 0, abort);
                        case 7 -> MemoryRecords.withEndTransactionMarker(base, NOW + base, -1, 6, (short) 0, commit);
                        case 8 ->
                            MemoryRecords.withIdempotentRecords(
                                    base, Compression.NONE, 9, (short) 0, (int) base / 10, -1, record);
                        default ->
                            MemoryRecords.withRecords(
                                    base,
                                    Compression.of(org.apache.kafka.common.record.internal.CompressionType.GZIP)
                                            .build(),
                                    -1,
                                    record);
                    };
            log.stage(records.buffer(), base < 150 ? 0 : 4, 0);
            if (base % 4 == 0) {
                log.write();
            }
        }
        log.write();
    }

    /** @param first base offset in the batch; a client's is 0 */
    private static MemoryRecords records(int i, long first) {
        long base = i * 2L;
        SimpleRecord[] content = {
            new SimpleRecord(950 + base, TestLogs.key(base), TestLogs.value(base, 40)),
            new SimpleRecord(951 + base, TestLogs.key(base + 1), TestLogs.value(base + 1, 40))
        };
        return i % 5 == 0
                ? MemoryRecords.withIdempotentRecords(first, Compression.NONE, 77, (short) 0, i / 5 * 2, -1, content)
                : MemoryRecords.withRecords(first, Compression.NONE, -1, content);
    }

    private PartitionLog ours(OpenOptions options, ProducerStateHook producers) throws Exception {
        return PartitionLog.open(
                cache, root.resolve(NAME), TestLogs.PARTITION, TestLogs.config(3000, 300), options, producers);
    }

    private UnifiedLog kafka(boolean clean) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put("internal.segment.bytes", 3000);
        settings.put("index.interval.bytes", 300);
        settings.put("segment.ms", Long.MAX_VALUE);
        settings.put("retention.ms", -1L);
        return UnifiedLog.create(
                root.resolve(NAME).toFile(),
                new LogConfig(settings),
                0,
                0,
                new InlineScheduler(),
                new BrokerTopicStats(),
                Time.SYSTEM,
                60_000,
                new ProducerStateManagerConfig(86_400_000, false),
                60_000,
                new LogDirFailureChannel(10),
                clean,
                Optional.empty());
    }

    private static List<Long> kafkaOffsets(UnifiedLog kafka) throws IOException {
        List<Long> found = new ArrayList<>();
        long next = 0;
        while (next < kafka.logEndOffset()) {
            for (Record record : kafka.read(next, 10_000, FetchIsolation.LOG_END, true)
                    .records
                    .records()) {
                if (record.offset() >= next) {
                    found.add(record.offset());
                }
            }
            next = found.get(found.size() - 1) + 1;
        }
        return found;
    }

    private static List<Long> recordOffsets(PartitionLog log) throws IOException {
        List<Long> found = new ArrayList<>();
        while (found.size() < log.logEndOffset()) {
            ByteBuffer bytes = log.readBatches(found.size(), 700);
            MemoryRecords.readableRecords(bytes).records().forEach(r -> found.add(r.offset()));
        }
        return found;
    }

    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> found = new HashMap<>();
        try (Stream<Path> files = Files.list(root.resolve(NAME))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                byte[] bytes = Files.readAllBytes(file);
                found.put(name, name.endsWith("index") ? withoutRoom(bytes) : bytes);
            }
        }
        return found;
    }

    /** An index without the zeros that Kafka keeps at its end for more entries. */
    private static byte[] withoutRoom(byte[] index) {
        int end = index.length;
        while (end > 0 && index[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(index, end);
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
