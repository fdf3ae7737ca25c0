package dev.weir.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.CleanerSettings;
import dev.weir.config.TestLogConfig;
import dev.weir.storage.CleanedSegments;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.IoThrottle;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** Compaction as a shard drives it: planned and swapped in by the shard, run elsewhere. */
class CleanerTest {
    private static final double FAST = Double.MAX_VALUE;

    private final CleanerSlots slots = new CleanerSlots();
    private final ShardFixture fixture = compacting();
    private final Cleaner cleaner = new Cleaner(fixture.shard, new IoThrottle(FAST), slots);

    @Test
    void shouldCompactWhatIsDueAndTellNothingMoreIsDue() throws Exception {
        // Given
        writeTenKeys(200);
        long before = fixture.partition().log.sizeInBytes();

        // When
        Cleaner.Job job = cleaner.next(settings(true, 1, FAST), fixture.nowMs).orElseThrow();
        CleanedSegments cleaned = elsewhere(job);
        cleaner.finish(job, cleaned, fixture.nowMs);

        // Then
        assertThat(fixture.partition().log.sizeInBytes()).isLessThan(before / 2);
        assertThat(fixture.partition().cleanedTo())
                .isEqualTo(cleaned.endOffset())
                .isPositive();
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isEmpty();
    }

    @Test
    void shouldRunOneAtATime() throws Exception {
        writeTenKeys(200);
        Cleaner.Job job = cleaner.next(settings(true, 1, FAST), fixture.nowMs).orElseThrow();

        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isEmpty();
        cleaner.finish(job, elsewhere(job), fixture.nowMs);
    }

    @Test
    void shouldRunNoMoreOverAllShardsThanIsSetWhileItRuns() throws Exception {
        // Given
        ShardFixture second = compacting();
        Cleaner other = new Cleaner(second.shard, new IoThrottle(FAST), slots);
        writeTenKeys(fixture, 200);
        writeTenKeys(second, 200);
        Cleaner.Job job = cleaner.next(settings(true, 1, FAST), fixture.nowMs).orElseThrow();

        // When, Then
        assertThat(other.next(settings(true, 1, FAST), second.nowMs)).isEmpty();
        assertThat(other.isHeldBack()).isTrue();
        Cleaner.Job beside = other.next(settings(true, 2, FAST), second.nowMs).orElseThrow();
        assertThat(other.isHeldBack()).isFalse();
        cleaner.finish(job, elsewhere(job), fixture.nowMs);
        other.fail(beside, new NoSuchFileException("00000000000000000000.log"));
        assertThat(other.next(settings(true, 1, FAST), second.nowMs)).isPresent();
    }

    @Test
    void shouldKeepNoSlotWhereNothingIsDue() throws Exception {
        // Given
        ShardFixture second = compacting();
        writeTenKeys(second, 200);

        // When
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isEmpty();

        // Then
        assertThat(cleaner.isHeldBack()).isFalse();
        assertThat(new Cleaner(second.shard, new IoThrottle(FAST), slots).next(settings(true, 1, FAST), second.nowMs))
                .isPresent();
    }

    @Test
    void shouldNotCompactWhereItIsTurnedOff() throws Exception {
        writeTenKeys(200);

        assertThat(cleaner.next(settings(false, 1, FAST), fixture.nowMs)).isEmpty();
        assertThat(cleaner.next(settings(true, 0, FAST), fixture.nowMs)).isEmpty();
    }

    @Test
    void shouldLeaveAPartitionAloneThatCannotBeCompacted() throws Exception {
        // Given
        writeTenKeys(200);
        Cleaner.Job job = cleaner.next(settings(true, 1, FAST), fixture.nowMs).orElseThrow();

        // When
        cleaner.fail(job, new IllegalStateException("what cannot be"));

        // Then
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isEmpty();
        assertThat(fixture.append(1, keyed(0)).came()).isTrue();
    }

    @Test
    void shouldTryAgainWhereRetentionTookASegmentAway() throws Exception {
        // Given
        writeTenKeys(200);
        Cleaner.Job job = cleaner.next(settings(true, 1, FAST), fixture.nowMs).orElseThrow();

        // When
        cleaner.fail(job, new NoSuchFileException("00000000000000000000.log"));

        // Then
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isPresent();
        assertThat(fixture.writeFailures).isEmpty();
    }

    @Test
    void shouldTryAgainWhenTheDiskWorksAgain() throws Exception {
        // Given
        writeTenKeys(200);
        Cleaner.Job job = cleaner.next(settings(true, 1, FAST), fixture.nowMs).orElseThrow();

        // When
        cleaner.fail(job, new IOException("no space left on device"));

        // Then
        assertThat(fixture.writeFailures).hasSize(1);
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isEmpty();
        fixture.shard.health(fixture.logDir.id(), DirectoryHealth.WRITABLE);
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isPresent();
    }

    @Test
    void shouldEndWhatRunsWhenItStops() throws Exception {
        // Given
        writeTenKeys(200);
        Cleaner.Job job = cleaner.next(settings(true, 1, 1), fixture.nowMs).orElseThrow();

        // When
        cleaner.stop();

        // Then
        assertThatThrownBy(() -> job.run().call()).isInstanceOf(InterruptedIOException.class);
        assertThat(fixture.files.list(fixture.partition().log.directory())).noneMatch(n -> n.endsWith(".cleaned"));
        assertThat(cleaner.next(settings(true, 1, FAST), fixture.nowMs)).isEmpty();
    }

    @Test
    void shouldTakeAChangedRateWhileItRuns() throws Exception {
        // Given
        writeTenKeys(200);
        Cleaner.Job job = cleaner.next(settings(true, 1, 1), fixture.nowMs).orElseThrow();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<CleanedSegments> outcome = thread.submit(job.run());

        // When
        cleaner.next(settings(true, 1, FAST), fixture.nowMs);

        // Then
        assertThat(outcome.get(30, TimeUnit.SECONDS).bytesWritten()).isPositive();
        thread.shutdownNow();
    }

    private static CleanedSegments elsewhere(Cleaner.Job job) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            return thread.submit(job.run()).get(30, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
    }

    private static ShardFixture compacting() {
        return new ShardFixture(
                TestLogConfig.of(c -> {
                    c.segmentBytes = 2000;
                    c.compact = true;
                    c.delete = false;
                    c.minCleanableDirtyRatio = 0.01;
                }),
                ShardFixture.BROKER);
    }

    private void writeTenKeys(int records) throws IOException {
        writeTenKeys(fixture, records);
    }

    private void writeTenKeys(ShardFixture shard, int records) throws IOException {
        for (int i = 0; i < records; i++) {
            assertThat(shard.append(1, keyed(i)).came()).isTrue();
        }
        shard.partition().log.roll(shard.nowMs);
        shard.partition().log.flush();
        assertThat(shard.partition().log.segments()).hasSizeGreaterThan(3);
    }

    private ByteBuffer keyed(int i) {
        SimpleRecord record =
                new SimpleRecord(fixture.nowMs, ("k" + i % 10).getBytes(UTF_8), ("value" + i).getBytes(UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, record).buffer();
    }

    private static CleanerSettings settings(boolean enabled, int threads, double rate) {
        return new CleanerSettings(enabled, threads, 1 << 20, 1 << 16, 0.9, rate, 0);
    }
}
