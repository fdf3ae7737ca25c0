package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.directory.CopyMark;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several copies of one log may be left behind, by a disk that did not let go of an old one: the right one is used. */
class FoundCopiesTest {
    private static final Path FROM = Path.of("/logs");
    private static final Path TO = Path.of("/other");
    private static final List<String> ALL = List.of("0", "1", "2", "3", "4", "5");

    private ShardFixture shard = new ShardFixture(ShardFixture.config(1, 1, 700), 1);

    @BeforeEach
    void append() {
        for (String value : ALL) {
            shard.append(1, shard.batch(value));
            shard.drive();
        }
    }

    @Test
    void shouldGoOnWithTheMoveThatWasAskedForLast() throws Exception {
        stale("000");
        move();
        shard.goOn();
        Path newest = onlyMove().future.directory();

        shard = shard.afterStop();

        assertThat(onlyMove().future.directory()).isEqualTo(newest);
        shard.drive();
        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.written()).isEqualTo(ALL);
        assertThat(copies()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"000", "zzz"})
    void shouldTakeTheCompleteCopyWhereTheOldDirectoryIsGone(String nameOfStale) throws Exception {
        stale(nameOfStale);
        move();
        cutBeforeTheCopyGetsItsName(new PowerFailure());

        shard = shard.afterPowerFailure(new Random(1));

        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.written()).isEqualTo(ALL);
        assertThat(copies()).isEmpty();
        assertThat(shard.files.list(TO.resolve("orders-0"))).doesNotContain("weir-copied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"000", "zzz"})
    void shouldTakeTheCompleteCopyWhenTheDiskRecovers(String nameOfStale) throws Exception {
        stale(nameOfStale);
        move();
        cutBeforeTheCopyGetsItsName(new IOException("Input/output error"));
        assertThat(shard.shard.find(ShardFixture.KEY)).isNull();

        shard.shard.health(shard.logDir(1).id(), DirectoryHealth.WRITABLE);
        shard.lifecycle.reopen(shard.logDir(1).id(), shard.nowMs);

        assertThat(shard.written()).isEqualTo(ALL);
        assertThat(shard.files.list(TO.resolve("orders-0"))).doesNotContain("weir-copied");
    }

    @ParameterizedTest
    @CsvSource({"000, 0", "zzz, -1"})
    void shouldTakeTheNewestOfSeveralCompleteCopies(String nameOfStale, int epochOfStale) throws Exception {
        other().writeCopyMark(stale(nameOfStale), new CopyMark(epochOfStale));
        move();
        cutBeforeTheCopyGetsItsName(new PowerFailure());

        shard = shard.afterPowerFailure(new Random(1));

        assertThat(shard.written()).isEqualTo(ALL);
    }

    @Test
    void shouldNeverServeAPartOfALogThatIsGone() throws Exception {
        append();
        move();
        shard.goOn();
        shard.goOn();
        assertThat(onlyMove().copy.lag()).isLessThan(12L);
        shard.files.rename(FROM.resolve("orders-0"), Path.of("/elsewhere"));

        shard = shard.afterPowerFailure(new Random(1));

        assertThat(shard.shard.find(ShardFixture.KEY)).isNull();
        assertThat(shard.shard.errorForMissing(ShardFixture.KEY)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.files.list(FROM)).doesNotContain("orders-0");
        assertThat(shard.files.list(TO)).doesNotContain("orders-0");

        // When it is back it goes on.
        shard.files.rename(Path.of("/elsewhere"), FROM.resolve("orders-0"));
        shard = shard.afterPowerFailure(new Random(1));
        assertThat(shard.written()).startsWith(ALL.toArray(String[]::new));
        shard.drive();
        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(copies()).isEmpty();
    }

    /** A copy that is complete for long: the log has been written to since, elsewhere. */
    @Test
    void shouldNotTakeACompleteCopyWhereTheMetadataNamesAnotherDirectory() throws Exception {
        other().writeCopyMark(stale("000"), new CopyMark(9));
        shard.files.rename(FROM.resolve("orders-0"), Path.of("/elsewhere"));

        shard = shard.afterPowerFailure(new Random(1));

        assertThat(shard.shard.errorForMissing(ShardFixture.KEY)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.files.list(TO)).doesNotContain("orders-0");
        shard.files.rename(Path.of("/elsewhere"), FROM.resolve("orders-0"));
        shard = shard.afterPowerFailure(new Random(1));
        assertThat(shard.written()).isEqualTo(ALL);
    }

    @Test
    void shouldNotTakeACopyForCompleteThatIsGoneOnWith() throws Exception {
        move();
        shard.goOn();
        other().writeCopyMark(onlyMove().future.directory(), new CopyMark(7));

        shard = shard.afterStop();

        assertThat(other().readCopyMark(onlyMove().future.directory())).isEmpty();
    }

    /** What a move that was given up has left where nothing could be deleted. */
    private Path stale(String id) throws IOException {
        Path path = other().futurePath(ShardFixture.name(), id);
        other().createFuture(path, ShardFixture.TOPIC);
        return path;
    }

    private void move() {
        assertThat(shard.move(ShardFixture.KEY, ShardFixture.name(), "/other")).isEqualTo(Errors.NONE);
    }

    private void cutBeforeTheCopyGetsItsName(Throwable how) {
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.RENAME && path.toString().endsWith("-future")) {
                if (how instanceof IOException failure) {
                    throw failure;
                }
                throw new PowerFailure();
            }
        });
        try {
            shard.drive();
        } catch (PowerFailure e) {
            assertThat(how).isInstanceOf(PowerFailure.class);
        }
        shard.files.onOperation((operation, path) -> {});
        assertThat(shard.logDir.directory().holds(ShardFixture.name())).isFalse();
        assertThat(other().holds(ShardFixture.name())).isFalse();
    }

    private LogMove onlyMove() {
        assertThat(shard.moves.all()).hasSize(1);
        return shard.moves.all().iterator().next();
    }

    private LogDirectory other() {
        return shard.logDir(1).directory();
    }

    private List<String> copies() {
        return shard.files.list(TO).stream()
                .filter(name -> name.endsWith("-future"))
                .toList();
    }

    private static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }
}
