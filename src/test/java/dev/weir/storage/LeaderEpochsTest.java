package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.LogConfig;
import dev.weir.storage.file.CopyBuffer;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.LogIoException;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leader epochs in which nothing is written, and what the checkpoint tells of them, over the in-memory files. */
class LeaderEpochsTest {
    private static final Path DIRECTORY = Path.of("/data/orders-3");
    private static final Path CHECKPOINT = DIRECTORY.resolve("leader-epoch-checkpoint");
    private static final LogConfig CONFIG = TestLogs.config(1 << 20, 4096);

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private final OpenFileCache cache = new OpenFileCache(files, 40);

    @Test
    void shouldTellTheEndsOfEpochsBelowOneInWhichNothingIsWritten() throws Exception {
        // given
        PartitionLog log = filled(10, 3);

        // when
        log.beginEpoch(5);

        // then
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(new EpochEndOffset(5, 10));
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(new EpochEndOffset(3, 10));
        assertThat(log.endOffsetForEpoch(3)).isEqualTo(new EpochEndOffset(3, 10));
        assertThat(checkpoint()).containsExactly("3 0", "5 10");
    }

    @Test
    void shouldBeginAnEpochWithoutASyncAndAskForNone() throws Exception {
        // given
        filled(10, 3).close();
        PartitionLog log = reopen();
        List<Path> synced = syncs();

        // when
        log.beginEpoch(5);

        // then
        assertThat(log.needsSync()).isFalse();
        log.close();
        assertThat(synced).isEmpty();
        assertThat(checkpoint()).containsExactly("3 0", "5 10");
    }

    @Test
    void shouldOpenAgainWithoutASyncAfterAnEpochInWhichNothingWasWritten() throws Exception {
        // given
        filled(10, 3).close();
        PartitionLog before = reopen();
        before.beginEpoch(5);
        before.close();
        List<Path> synced = syncs();

        // when
        PartitionLog log = reopen();

        // then
        assertThat(log.latestEpoch()).hasValue(3);
        assertThat(synced).isEmpty();
    }

    @Test
    void shouldSyncABegunEpochWithItsFirstBatch() throws Exception {
        // given
        filled(10, 3).close();
        PartitionLog log = reopen();
        log.beginEpoch(5);
        List<Path> synced = syncs();

        // when
        append(log, 10, 5);
        log.flush();

        // then
        assertThat(synced).contains(CHECKPOINT);
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(new EpochEndOffset(5, 11));
    }

    @Test
    void shouldKeepABegunEpochWhenItsFirstWriteFails() throws Exception {
        // given
        PartitionLog log = filled(10, 3);
        log.beginEpoch(5);
        files.onOperation((operation, path) -> {
            if (operation == InMemoryLogFiles.Operation.WRITE && path.toString().endsWith(".log")) {
                throw new IOException("full");
            }
        });

        // when
        log.stage(TestLogs.batch(10, 1, 10, 1000, 0), 5, 1000);
        assertThatThrownBy(log::write).isInstanceOf(LogIoException.class);

        // then
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(new EpochEndOffset(3, 10));
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(new EpochEndOffset(5, 10));
    }

    @Test
    void shouldKeepABegunEpochWhenTheFirstWriteToACopyFails() throws Exception {
        // given
        PartitionLog source = filled(10, 3);
        source.beginEpoch(5);
        PartitionLog log = PartitionLog.open(
                cache,
                Path.of("/other/orders-3"),
                TestLogs.PARTITION,
                CONFIG,
                OpenOptions.fresh(1000),
                ProducerStateHook.NONE);
        LogCopy copy = new LogCopy(source, log, false, new CopyBuffer());
        while (copy.lag() > 0) {
            copy.step(1 << 20, 1000);
        }
        copy.finish();
        files.onOperation((operation, path) -> {
            if (operation == InMemoryLogFiles.Operation.WRITE && path.toString().endsWith(".log")) {
                throw new IOException("full");
            }
        });

        // when
        log.stage(TestLogs.batch(10, 1, 10, 1000, 0), 5, 1000);
        assertThatThrownBy(log::write).isInstanceOf(LogIoException.class);

        // then
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(new EpochEndOffset(3, 10));
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(new EpochEndOffset(5, 10));
    }

    @Test
    void shouldForgetTheEpochOfABatchThatCouldNotBeWritten() throws Exception {
        // given
        PartitionLog log = filled(10, 3);
        files.onOperation((operation, path) -> {
            if (operation == InMemoryLogFiles.Operation.WRITE && path.toString().endsWith(".log")) {
                throw new IOException("full");
            }
        });

        // when
        log.stage(TestLogs.batch(10, 1, 10, 1000, 0), 5, 1000);
        assertThatThrownBy(log::write).isInstanceOf(LogIoException.class);
        files.onOperation((operation, path) -> {});
        append(log, 10, 3);

        // then
        assertThat(log.latestEpoch()).hasValue(3);
        assertThat(checkpoint()).containsExactly("3 0");
    }

    /** The leader that came after knows nothing of the epoch: it is told of the one before, which ends where the log ends. */
    @ParameterizedTest
    @ValueSource(longs = {10, 12})
    void shouldForgetAnEpochWithoutRecordsWhenItIsCutAtOrAboveItsEnd(long offset) throws Exception {
        // given
        PartitionLog log = filled(10, 4);
        log.beginEpoch(5);

        // when
        long end = log.truncateTo(offset, 1000);

        // then
        assertThat(end).isEqualTo(10);
        assertThat(log.latestEpoch()).hasValue(4);
    }

    @Test
    void shouldWriteThatAnEpochIsForgottenBeforeTheNextBatch() throws Exception {
        // given
        PartitionLog log = filled(10, 4);
        log.beginEpoch(5);
        log.truncateTo(10, 1000);

        // when
        append(log, 10, 4);
        log.close();

        // then
        assertThat(checkpoint()).containsExactly("4 0");
        assertThat(reopen().epochForOffset(10)).hasValue(4);
    }

    @Test
    void shouldNotBeginAnEpochThatCannotBeWritten() throws Exception {
        // given
        PartitionLog log = filled(10, 3);
        files.onOperation((operation, path) -> {
            throw new IOException("broken");
        });

        // when
        assertThatThrownBy(() -> log.beginEpoch(5)).isInstanceOf(IOException.class);

        // then
        assertThat(log.latestEpoch()).hasValue(3);
    }

    /** A write that breaks off may leave a part of the file. */
    @Test
    void shouldWriteTheCheckpointAgainBeforeACleanStopWhenAWriteOfItBrokeOff() throws Exception {
        // given
        PartitionLog log = filled(10, 3);
        log.flush();
        List<String> before = checkpoint();
        files.onOperation((operation, path) -> {
            if (path.equals(CHECKPOINT)) {
                throw new IOException("broken");
            }
        });
        assertThatThrownBy(() -> log.beginEpoch(5)).isInstanceOf(IOException.class);
        files.onOperation((operation, path) -> {});
        files.put(CHECKPOINT, Arrays.copyOf(files.content(CHECKPOINT), 2));

        // when
        log.close();

        // then
        assertThat(checkpoint()).isEqualTo(before);
    }

    @Test
    void shouldForgetEpochsBelowTheLogStartAlsoWhereTheNextBeginsThere() throws Exception {
        // given
        PartitionLog log = filled(10, 3);
        log.beginEpoch(5);

        // when
        log.advanceLogStartOffset(10);

        // then
        assertThat(checkpoint()).containsExactly("5 10");
        assertThat(log.endOffsetForEpoch(3)).isEqualTo(new EpochEndOffset(3, 10));
    }

    private PartitionLog filled(int records, int epoch) throws Exception {
        PartitionLog log = open(OpenOptions.fresh(1000));
        for (int i = 0; i < records; i++) {
            append(log, i, epoch);
        }
        return log;
    }

    private static void append(PartitionLog log, long offset, int epoch) throws IOException {
        log.stage(TestLogs.batch(offset, 1, 10, 1000, 0), epoch, 1000);
        log.write();
    }

    /** As after a clean stop. */
    private PartitionLog reopen() throws Exception {
        return open(new OpenOptions(true, -1, -1, -1, 1000, false, bound -> 0));
    }

    private PartitionLog open(OpenOptions options) throws Exception {
        return PartitionLog.open(cache, DIRECTORY, TestLogs.PARTITION, CONFIG, options, ProducerStateHook.NONE);
    }

    /** The files and directories that are synced from now on. */
    private List<Path> syncs() {
        List<Path> synced = new ArrayList<>();
        files.onOperation((operation, path) -> {
            if (operation == InMemoryLogFiles.Operation.FORCE
                    || operation == InMemoryLogFiles.Operation.SYNC_DIRECTORY) {
                synced.add(path);
            }
        });
        return synced;
    }

    private List<String> checkpoint() throws IOException {
        List<String> lines = new String(files.content(CHECKPOINT), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return lines.subList(2, lines.size());
    }
}
