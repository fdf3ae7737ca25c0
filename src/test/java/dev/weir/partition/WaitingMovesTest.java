package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.LogMessages.DescribeLogs;
import dev.weir.partition.client.LogMessages.LogDescription;
import dev.weir.partition.client.PartitionKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However many moves are asked for, a few are under way and the others wait, seen and not forgotten. */
class WaitingMovesTest {
    private static final int LOGS = 12;
    private static final Path TO = Path.of("/other");

    private ShardFixture shard = new ShardFixture(ShardFixture.config(1, 1, 700), 1);

    @BeforeEach
    void create() {
        for (int i = 0; i < LOGS; i++) {
            shard.move(new PartitionKey(Uuid.ZERO_UUID, 0), name(i), "/logs");
            shard.commit(ShardMetadata.topic(name(i).topic(), topic(i), 1).toArray(MetadataRecord[]::new));
        }
        shard.drive();
    }

    @Test
    void shouldHaveAFewUnderWayAndShowAllOfThem() {
        moveAll();

        assertThat(shard.moves.all()).hasSize(LogMoves.AT_ONCE);
        assertThat(copies()).hasSize(LogMoves.AT_ONCE);
        assertThat(described()).hasSize(LOGS);
        List<PartitionKey> order =
                new ArrayList<>(shard.moves.all().stream().map(move -> move.key).toList());
        while (shard.goOn()) {
            assertThat(shard.moves.all()).hasSizeLessThanOrEqualTo(LogMoves.AT_ONCE);
            shard.moves.all().stream()
                    .map(move -> move.key)
                    .filter(key -> !order.contains(key))
                    .forEach(order::add);
        }
        assertThat(described()).isEmpty();
        assertThat(order).isEqualTo(keys());
        assertThat(keys()).allMatch(key -> partition(key).logDir.path().equals(TO));
        assertThat(copies()).isEmpty();
    }

    @Test
    void shouldMakeOneDirectoryInATurn() {
        moveAll();
        for (int turn = 1; shard.moves.waiting().size() > 3; turn++) {
            int before = copies().size();
            shard.goOn();
            assertThat(copies().size()).as("turn %s", turn).isLessThanOrEqualTo(before + 1);
        }
    }

    @Test
    void shouldCancelOneThatWaits() {
        moveAll();
        shard.goOn();
        int last = LOGS - 1;

        assertThat(shard.move(key(last), name(last), "/logs")).isEqualTo(Errors.NONE);
        assertThat(described()).hasSize(LOGS - 1);
        shard.commit(new RemoveTopicRecord(topic(LOGS - 2)));
        assertThat(described()).hasSize(LOGS - 2);
        shard.drive();

        assertThat(partition(key(last)).logDir.path()).isEqualTo(Path.of("/logs"));
        shard.housekeeping.tick(shard.nowMs + 60_000, shard.syncs::sync);
        assertThat(shard.files.list(TO))
                .noneMatch(n -> n.startsWith(name(last).topic())
                        || n.startsWith(name(last - 1).topic()));
    }

    @Test
    void shouldNotForgetThoseThatWaitWhenItStops() throws Exception {
        moveAll();

        shard = shard.afterStop();

        assertThat(described()).hasSize(LOGS);
        assertThat(shard.moves.all()).hasSize(LogMoves.AT_ONCE);
        shard = shard.afterStop();
        shard.drive();
        assertThat(keys()).allMatch(key -> partition(key).logDir.path().equals(TO));
        assertThat(copies()).isEmpty();
    }

    @Test
    void shouldNotForgetThoseThatWaitWhenThePowerFails() {
        moveAll();
        for (int i = 0; i < LOGS; i++) {
            shard.goOn();
        }

        shard = shard.afterPowerFailure(new Random(1));
        shard.drive();

        assertThat(keys()).allMatch(key -> partition(key).logDir.path().equals(TO));
        shard.housekeeping.tick(shard.nowMs + 60_000, shard.syncs::sync);
        assertThat(copies()).isEmpty();
    }

    @Test
    void shouldWaitAsTheRateSaysAndNoLongerThanItHolds() {
        shard.alter("replica.alter.log.dirs.io.max.bytes.per.second", "1");
        moveAll();
        write(0, 10);
        for (int i = 0; i < 3 * LOGS; i++) {
            shard.goOn();
        }
        assertThat(shard.turnAfterMs).isEqualTo(MoveThrottle.MOST_MS);
        assertThat(described()).isNotEmpty();

        shard.alter("replica.alter.log.dirs.io.max.bytes.per.second", "1000000000");
        shard.drive();

        assertThat(described()).isEmpty();
    }

    private void write(int log, int batches) {
        for (int i = 0; i < batches; i++) {
            shard.appends.append(
                    new AppendRequest(
                            List.of(new AppendRequest.Entry(key(log), -1, shard.batch("value " + i))),
                            (short) 1,
                            30_000,
                            ShardFixture.NEWEST,
                            AppendRequest.Origin.CLIENT),
                    shard.nowMs,
                    answers -> {});
            shard.appends.writeStaged(shard.nowMs);
        }
    }

    private void moveAll() {
        for (int i = 0; i < LOGS; i++) {
            assertThat(shard.move(key(i), name(i), "/other")).isEqualTo(Errors.NONE);
        }
    }

    private List<PartitionKey> described() {
        return shard.logs.describe(new DescribeLogs(List.of())).stream()
                .filter(LogDescription::future)
                .map(LogDescription::key)
                .toList();
    }

    private List<String> copies() {
        return shard.files.list(TO).stream()
                .filter(name -> name.endsWith("-future"))
                .toList();
    }

    private Partition partition(PartitionKey key) {
        Partition partition = shard.shard.find(key);
        if (partition == null) {
            throw new AssertionError(key + " is not here");
        }
        return partition;
    }

    private static List<PartitionKey> keys() {
        List<PartitionKey> keys = new ArrayList<>();
        for (int i = 0; i < LOGS; i++) {
            keys.add(key(i));
        }
        return keys;
    }

    private static Uuid topic(int i) {
        return new Uuid(9, i + 1);
    }

    private static PartitionKey key(int i) {
        return new PartitionKey(topic(i), 0);
    }

    private static TopicPartition name(int i) {
        return new TopicPartition("t" + (10 + i), 0);
    }
}
