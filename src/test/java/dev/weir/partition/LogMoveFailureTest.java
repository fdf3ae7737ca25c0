package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.AppendResult;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A move that a stop, a failure of a disk or of the power cuts short. */
class LogMoveFailureTest extends LogMoveFixture {
    @Test
    void shouldStayWhereItIsWhenTheOtherDiskFails() {
        append(0, 3);
        move("/other");
        shard.files.onOperation((operation, path) -> {
            if (path.startsWith(TO)) {
                throw new IOException("No space left on device");
            }
        });
        drive();
        shard.files.onOperation((operation, path) -> {});
        append(3, 2);

        assertThat(shard.partition().logDir.path()).isEqualTo(FROM);
        assertThat(shard.moves.all()).isEmpty();
        assertThat(shard.written()).isEqualTo(values(0, 5));
        assertThat(shard.shard.isWritable(shard.logDir)).isTrue();
    }

    @Test
    void shouldWaitForACopyThatCannotBeGivenItsNameAtStart() throws Exception {
        // given: the old directory is gone and the copy has no name yet
        append(0, 3);
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.RENAME && path.toString().endsWith("-future")) {
                throw new IOException("Input/output error");
            }
        });
        move("/other");
        drive();

        // when
        ShardFixture again = shard.after(false);

        // then
        assertThat(again.shard.isOffline(ShardFixture.KEY)).isTrue();
        assertThat(again.files.list(TO)).doesNotContain("orders-0");
        again.files.onOperation((operation, path) -> {});
        again.shard.health(again.logDir(1).id(), DirectoryHealth.WRITABLE);
        again.lifecycle.reopen(again.logDir(1).id(), again.nowMs);
        assertThat(again.written()).isEqualTo(values(0, 3));
    }

    @Test
    void shouldGoOnAfterACleanStopWithoutCopyingAgain() throws Exception {
        append(0, 40);
        move("/other");
        shard.goOn();
        shard.goOn();
        long lag = shard.moves.all().iterator().next().copy.lag();

        shard = shard.afterStop();

        assertThat(lag).isBetween(1L, 39L);
        LogMove move = shard.moves.all().iterator().next();
        shard.goOn();
        assertThat(move.copy.lag()).isLessThan(lag);
        drive();
        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.written()).isEqualTo(values(0, 40));
    }

    @Test
    void shouldStartOverWhenTheLogWasOpenedAgainAfterAFailedSync() {
        append(0, 20);
        move("/other");
        shard.goOn();
        Answer<AppendResult> lost = shard.append(1, shard.batch("lost"));
        shard.turns = 0;
        shard.finishSync(new IOException("Input/output error"));
        assertThat(lost.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
        shard.turns = 1;
        drive();
        long end = shard.partition().log.logEndOffset();
        append(20, 1);

        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.written()).containsAll(values(0, 21)).endsWith("20").hasSize((int) end + 1);
    }

    /** The power fails, or the disk, before each operation in turn: one log is left, and everything acknowledged is in it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveOneWholeLogWhereverItIsCutShort(boolean power) throws Exception {
        int operations = 0;
        boolean cut = true;
        while (cut) {
            shard = new ShardFixture(ShardFixture.config(1, 1, 700), 1);
            append(0, 6);
            cut = cutShort(operations++, power);
        }
        assertThat(operations).isGreaterThan(50);
    }

    private boolean cutShort(int operations, boolean power) throws Exception {
        int[] left = {operations};
        boolean[] failed = new boolean[1];
        shard.files.onOperation((operation, path) -> {
            int ahead = left[0]--;
            if (ahead == 0 || (power && ahead < 0)) {
                failed[0] = true;
                if (power) {
                    throw new PowerFailure();
                }
                throw new IOException("Input/output error");
            }
        });
        List<String> expected = new ArrayList<>(values(0, 6));
        Answer<AppendResult> during = new Answer<>();
        try {
            move("/other");
            shard.goOn();
            during = shard.append(1, shard.batch("during"));
            drive();
        } catch (PowerFailure e) {
            assertThat(failed[0]).isTrue();
        }
        if (power && failed[0]) {
            shard = shard.afterPowerFailure(new Random(operations));
        }
        shard.files.onOperation((operation, path) -> {});
        for (LogDirAtStart logDir : shard.logDirs) {
            shard.shard.health(logDir.id(), DirectoryHealth.WRITABLE);
            shard.lifecycle.reopen(logDir.id(), shard.nowMs);
        }
        String where = "operation " + operations;
        assertThat(live()).as(where).hasSize(1);
        drive();
        if (during.came() && during.only().error() == Errors.NONE) {
            expected.add("during");
        }
        assertThat(shard.written()).as(where).containsAll(expected).doesNotHaveDuplicates();
        append(6, 1);
        assertThat(shard.written()).as(where).endsWith("6");
        assertThat(live()).as(where).containsExactly(shard.partition().log.directory());
        return failed[0];
    }

    private List<Path> live() {
        List<Path> live = new ArrayList<>();
        for (LogDirAtStart logDir : shard.logDirs) {
            if (logDir.directory().holds(ShardFixture.name())) {
                live.add(logDir.path().resolve("orders-0"));
            }
        }
        return live;
    }

    private static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }
}
