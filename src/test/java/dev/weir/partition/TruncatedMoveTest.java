package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.PartitionChangeRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log that moves is truncated, as a replica does that has to follow another leader: its copy must not outlive that. */
class TruncatedMoveTest extends LogMoveFixture {
    @Test
    void shouldNotGoOnWithACopyThatWasStaleWhenTheBrokerStopped() throws Exception {
        append(0, 6);
        move("/other");
        copyAll();
        truncate(4);
        shard.append(1, shard.batch("10"));
        shard.append(1, shard.batch("11"));

        shard = shard.afterStop();
        drive();

        assertMoved(4, 10, 2);
    }

    @Test
    void shouldNotGoOnWithTheLastRunsCopyOfWhatWasTruncatedSince() throws Exception {
        append(0, 6);
        move("/other");
        copyAll();
        shard = shard.afterStop();
        truncate(4);
        shard.append(1, shard.batch("10"));
        shard.append(1, shard.batch("11"));

        drive();

        assertMoved(4, 10, 2);
    }

    @Test
    void shouldCheckpointAgainWhereTheCopyHasStartedOver() throws Exception {
        append(0, 6);
        move("/other");
        while (!shard.moves.all().iterator().next().ready) {
            shard.goOn();
        }
        truncate(4);

        drive();

        assertMoved(4, 0, 0);
        assertThat(shard.logDir(1).directory().readRecoveryPoints()).containsEntry(ShardFixture.name(), 4L);
    }

    private void copyAll() {
        LogMove move = shard.moves.all().iterator().next();
        while (move.copy.lag() > 0) {
            shard.goOn();
        }
    }

    private void truncate(long to) throws IOException {
        Partition partition = shard.partition();
        partition.log.truncateTo(to, shard.nowMs);
        partition.clamp();
        shard.checkpoint();
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(ShardFixture.BROKER));
    }

    private void assertMoved(int kept, int first, int count) {
        List<String> expected = new ArrayList<>(values(0, kept));
        expected.addAll(values(first, count));
        assertThat(shard.partition().logDir.path()).isEqualTo(TO);
        assertThat(shard.written()).isEqualTo(expected);
    }
}
