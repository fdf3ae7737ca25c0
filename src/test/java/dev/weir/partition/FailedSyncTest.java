package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.directory.DirectoryHealth;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** After a failed fsync the system may have dropped what it was to write, and later ones succeed: nobody may build on that. */
class FailedSyncTest {
    @SuppressWarnings("StaticAssignmentOfThrowable") // where it was made does not matter to a disk that throws it
    private static final IOException BROKEN = new IOException("Input/output error");

    private ShardFixture shard = ShardFixture.synced();

    @Test
    void shouldAnswerWithAStorageErrorAndOpenTheLogAgainAtOnce() {
        Answer<AppendResult> one = shard.append(1, shard.batch("a"));
        Answer<AppendResult> all = shard.append(-1, shard.batch("b"));
        Partition before = shard.partition();

        shard.finishSync(BROKEN);

        assertThat(one.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(all.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.writeFailures).hasSize(1);
        assertThat(before.isEnded()).isTrue();
        assertThat(shard.partition()).isNotSameAs(before);
        assertThat(shard.partition().log.recoveryPoint()).isZero();
        assertThat(shard.partition().highWatermark()).isZero();
    }

    @Test
    void shouldDropWhatIsStagedWhileASyncFails() {
        shard.append(1, shard.batch("a"));
        Answer<AppendResult> staged = shard.stage(1, shard.batch("b"));

        shard.finishSync(BROKEN);

        assertThat(staged.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.appends.writeStaged(shard.nowMs);
        assertThat(shard.written()).doesNotContain("b");
    }

    @Test
    void shouldAnswerAWaitingReaderAndServeWhatWasSyncedBefore() {
        shard.append(1, shard.batch("synced"));
        shard.finishSync(null);
        Answer<FetchAnswer> waiting = shard.fetch(1, 1, 60_000, 1);
        shard.append(1, shard.batch("lost"));

        shard.finishSync(BROKEN);

        assertThat(waiting.only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        shard.electAfterCut();
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
        assertThat(shard.fetch(0, 1, 0, 2).only().size()).isPositive();
        assertThat(shard.append(1, shard.batch("refused")).only().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldStayOfflineUntilTheDirectoryHasRecoveredWhereItCannotBeOpened() {
        shard.append(1, shard.batch("synced"));
        shard.finishSync(null);
        shard.append(1, shard.batch("a"));
        shard.files.onOperation((operation, path) -> {
            if (operation == Operation.WRITE || operation == Operation.FORCE || operation == Operation.TRUNCATE) {
                throw BROKEN;
            }
        });

        shard.runSync();

        assertThat(shard.shard.errorForMissing(ShardFixture.KEY)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(shard.logs.checkpoints(true).clean()).isFalse();
        assertThat(shard.logs
                        .checkpoints(true)
                        .byDirectory()
                        .get(shard.logDir.id())
                        .recoveryPoints())
                .containsEntry(ShardFixture.name(), 1L);
        shard.files.onOperation((operation, path) -> {});
        recover();
        shard.electAfterCut();
        shard.append(1, shard.batch("b"));
        shard.finishSync(null);
        assertThat(shard.written()).startsWith("synced").endsWith("b");
    }

    /** A log may be given up for another reason while a sync of it runs, and that sync fails then. */
    @Test
    void shouldNotBuildOnASyncThatFailsOnceTheLogIsGivenUp() {
        // given
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 30; round++) {
            shard.append(1, shard.batch("unsynced"));
            shard.lifecycle.reopen(shard.partition(), "for the test", shard.nowMs);
            shard.finishSync(BROKEN);
            recover();
            shard.electAfterCut();
            Answer<AppendResult> next = shard.append(1, shard.batch("next " + round));
            while (!shard.running.isEmpty()) {
                shard.finishSync(null);
            }
            assertThat(next.only().error()).isEqualTo(Errors.NONE);
            acknowledged.add("next " + round);
        }

        // when
        shard = shard.afterPowerFailure(new Random(1));

        // then
        assertThat(shard.written()).containsAll(acknowledged);
    }

    @Test
    void shouldNotOpenALogAgainWhileASyncOfItRuns() {
        shard.append(1, shard.batch("a"));
        shard.shard.takeOffline(shard.partition(), "for the test", shard.nowMs);

        recover();

        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isTrue();
        shard.finishSync(null);
        assertThat(shard.written()).containsExactly("a");
    }

    /** What is acknowledged survives, and what is read is whole, however syncs fail and the power goes. */
    @Test
    void shouldLoseNothingAcknowledgedOverManySeeds() {
        for (long seed = 1; seed <= Long.getLong("weir.sim.seeds", 200); seed++) {
            try {
                new Life(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private void recover() {
        shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
        shard.lifecycle.reopen(shard.logDir.id(), shard.nowMs);
    }

    /** One seeded life of a shard. */
    private static final class Life {
        private final Random random;
        private final List<String> acknowledged = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();
        /** What was ever in the log, by leader epoch and offset. */
        private final Map<String, String> seen = new HashMap<>();

        private ShardFixture shard = ShardFixture.synced();
        private int next;

        private record Sent(String value, Answer<AppendResult> answer) {}

        Life(long seed) {
            random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < 60; step++) {
                int choice = random.nextInt(20);
                if (choice < 9) {
                    append();
                } else if (choice < 14) {
                    sync();
                } else if (choice < 17) {
                    shard.shard.health(shard.logDir.id(), DirectoryHealth.WRITABLE);
                    shard.lifecycle.reopen(shard.logDir.id(), shard.nowMs);
                } else if (choice < 18) {
                    shard.nowMs += 1_000;
                    shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);
                } else if (choice < 19) {
                    shard.config = ShardFixture.config(1, 1, 400 + random.nextInt(2_000));
                } else {
                    shard.checkpoint();
                    shard = shard.afterPowerFailure(random);
                    shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(ShardFixture.BROKER));
                    sent.clear();
                }
                shard.electAfterCut();
                check();
            }
        }

        /** The same offset never holds two records in one leader epoch. */
        private void checkEpochs(List<String> values) {
            PartitionLog log = shard.partition().log;
            for (int i = 0; i < values.size(); i++) {
                long offset = log.logStartOffset() + i;
                String place = log.epochForOffset(offset).orElseThrow() + "/" + offset;
                String before = seen.putIfAbsent(place, values.get(i));
                assertThat(before == null ? values.get(i) : before).as(place).isEqualTo(values.get(i));
            }
        }

        private void append() {
            String value = "value " + next++ + "-".repeat(random.nextInt(150));
            sent.add(new Sent(value, shard.append(random.nextBoolean() ? 1 : -1, shard.batch(value))));
        }

        private void sync() {
            while (!shard.running.isEmpty()) {
                if (random.nextInt(3) == 0) {
                    int[] left = {random.nextInt(3)};
                    boolean lasting = random.nextInt(4) == 0;
                    shard.files.onOperation((operation, path) -> {
                        boolean sync = operation == Operation.FORCE || operation == Operation.SYNC_DIRECTORY;
                        if (sync && left[0]-- <= 0 && (lasting || left[0] >= -1)) {
                            throw BROKEN;
                        }
                    });
                    shard.runSync();
                    shard.files.onOperation((operation, path) -> {});
                } else {
                    shard.finishSync(null);
                }
            }
        }

        private void check() {
            sent.removeIf(s -> {
                if (s.answer.came() && s.answer.only().error() == Errors.NONE) {
                    acknowledged.add(s.value);
                }
                return s.answer.came();
            });
            if (shard.shard.find(ShardFixture.KEY) != null) {
                List<String> kept = new ArrayList<>(shard.written());
                checkEpochs(kept);
                kept.retainAll(acknowledged);
                assertThat(kept).containsExactlyElementsOf(acknowledged);
            } else {
                assertThat(shard.shard.errorForMissing(ShardFixture.KEY)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            }
        }
    }
}
