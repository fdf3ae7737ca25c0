package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.RecordsFixture;
import dev.weir.storage.producer.ProducerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same log compacted by Apache Kafka's own cleaner and by ours, and ours then opened by Kafka. */
class KafkaCleanerPeerTest {
    private final Path root;
    private final KafkaScheduler scheduler = new KafkaScheduler(1);

    KafkaCleanerPeerTest(@TempDir Path root) {
        this.root = root;
        scheduler.startup();
    }

    @AfterEach
    void stop() throws InterruptedException {
        scheduler.shutdown();
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("weir.sim.seeds", 3));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepTheRecordsThatKafkaKeeps(long seed) throws Exception {
        // given
        CompactedLog ours = new CompactedLog(seed);
        ours.nowMs = System.currentTimeMillis();
        ours.append(250);
        ours.commitAndRoll();
        ours.log.flush();
        UnifiedLog kafka = open(ours, "kafka");
        List<Integer> kept = new ArrayList<>();

        for (int round = 0; round < 3; round++) {
            // when
            compact(kafka, ours.nowMs);
            ours.checkpoint = -1;
            ours.compact(1 << 20);

            // then
            List<String> records = data(ours.batches());
            assertThat(records).as("round %d", round).isEqualTo(data(batches(kafka)));
            kept.add(records.size());
            ours.nowMs += 10_000;
        }
        assertThat(kept.get(2)).as("tombstones are gone").isLessThan(kept.get(0));
        kafka.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldWriteCompactedSegmentsThatKafkaOpens(long seed) throws Exception {
        // given
        CompactedLog ours = new CompactedLog(seed);
        ours.nowMs = System.currentTimeMillis();
        for (int round = 0; round < 3; round++) {
            ours.append(100);
            ours.commitAndRoll();
            ours.compact(1 << 20);
        }
        ours.log.close();
        new LogFormatCheck(ours.files, CompactedLog.DIRECTORY).check();

        // when
        UnifiedLog kafka = open(ours, "ours");

        // then
        for (LogSegment segment : kafka.logSegments()) {
            segment.sanityCheck(false);
        }
        assertThat(kafka.logEndOffset()).isEqualTo(ours.log.logEndOffset());
        assertThat(data(batches(kafka))).isEqualTo(data(ours.batches()));
        assertThat(kafka.activeProducersWithLastSequence())
                .isEqualTo(ours.producers.activeProducers().stream()
                        .collect(Collectors.toMap(ProducerEntry::producerId, ProducerEntry::lastSequence)));
        kafka.close();
    }

    private UnifiedLog open(CompactedLog ours, String name) throws IOException {
        Path directory = Files.createDirectories(root.resolve(name).resolve("orders-3"));
        for (String file : ours.names()) {
            if (!file.endsWith(".deleted")) {
                Files.write(directory.resolve(file), ours.files.content(CompactedLog.DIRECTORY.resolve(file)));
            }
        }
        Map<String, Object> settings = new HashMap<>();
        settings.put("internal.segment.bytes", 1500);
        settings.put("index.interval.bytes", 100);
        settings.put("cleanup.policy", "compact");
        settings.put("delete.retention.ms", 500L);
        return UnifiedLog.create(
                directory.toFile(),
                new LogConfig(settings),
                0,
                ours.log.logEndOffset(),
                scheduler,
                new BrokerTopicStats(),
                Time.SYSTEM,
                60_000,
                new ProducerStateManagerConfig(86_400_000, false),
                60_000,
                new LogDirFailureChannel(10),
                true,
                Optional.empty());
    }

    private static void compact(UnifiedLog kafka, long nowMs) throws Exception {
        kafka.updateHighWatermark(kafka.logEndOffset());
        Cleaner cleaner = new Cleaner(
                0,
                new SkimpyOffsetMap(1 << 20),
                1 << 16,
                1 << 20,
                0.9,
                new Throttler(Double.MAX_VALUE, 1000, "io", "bytes", Time.SYSTEM),
                Time.SYSTEM,
                partition -> {});
        long end = kafka.activeSegment().baseOffset();
        cleaner.doClean(new LogToClean(kafka, 0, end, true), nowMs);
    }

    private static List<RecordBatch> batches(UnifiedLog kafka) {
        List<RecordBatch> all = new ArrayList<>();
        for (LogSegment segment : kafka.logSegments()) {
            segment.log().batches().forEach(all::add);
        }
        return all;
    }

    private static List<String> data(List<RecordBatch> batches) {
        List<String> found = new ArrayList<>();
        for (RecordBatch batch : batches) {
            batch.ensureValid();
            if (!batch.isControlBatch()) {
                for (Record record : batch) {
                    found.add(RecordsFixture.Seen.of(record) + " of " + batch.producerId() + " "
                            + batch.compressionType());
                }
            }
        }
        return found;
    }
}
