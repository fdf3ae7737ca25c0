package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A replica whose log dir is gone: whether its log is created again, to be copied from the leader. Broker 2 leads. */
class CopiedAgainTest {
    private ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 2, ShardFixture.BROKER);

    @Test
    void shouldCreateTheLogAgainWhereOthersHaveAllThatWasCommitted() {
        shard.commit(change().withIsr(List.of(2)));

        loseTheDirectory(false);

        assertThat(shard.shard.isOffline(ShardFixture.KEY)).isFalse();
        assertThat(shard.partition().log.logEndOffset()).isZero();
        assertThat(shard.placed).containsEntry(ShardFixture.KEY, shard.logDir.id());
    }

    @Test
    void shouldMissALogThatMayBeLedFrom() {
        loseTheDirectory(false);

        assertThat(shard.shard.absent()).containsExactly(ShardFixture.KEY);
    }

    @Test
    void shouldMissALogThatNobodyCanBeAskedFor() {
        shard.commit(change().withIsr(List.of(2)).withLeader(-1));

        loseTheDirectory(false);

        assertThat(shard.shard.absent()).containsExactly(ShardFixture.KEY);
    }

    /** The log may be in the one that failed, and will be back. */
    @Test
    void shouldMissALogWhileADirectoryHasFailed() {
        shard.commit(change().withIsr(List.of(2)));

        loseTheDirectory(true);

        assertThat(shard.shard.absent()).containsExactly(ShardFixture.KEY);
    }

    @Test
    void shouldCreateTheLogAgainWhenTheMetadataSaysThatOthersHaveAll() {
        loseTheDirectory(false);

        shard.commit(change().withIsr(List.of(2)));

        assertThat(shard.shard.absent()).isEmpty();
        assertThat(shard.partition().log.logEndOffset()).isZero();
    }

    private void loseTheDirectory(boolean failed) {
        shard = shard.afterPowerFailure(new Random(1), "/other", failed);
    }

    private static PartitionChangeRecord change() {
        return PartitionChangeRecord.of(ShardFixture.TOPIC, 0);
    }
}
