package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.RemoveTopicRecord;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
    private final ShardFixture shard = ShardFixture.alone();

    @Test
    void shouldBeQuietWhenOnlyBytesThatNobodyWaitsForAreUnsynced() {
        assertThat(tick(0)).isFalse();

        shard.append(1, shard.batch("a"));

        assertThat(shard.partition().log.needsSync()).isTrue();
        assertThat(tick(0)).isFalse();
    }

    @Test
    void shouldNotBeQuietWhileAnAcknowledgementIsOwed() {
        ShardFixture replicated = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        replicated.stage(-1, 100, replicated.batch("a"));
        replicated.appends.writeStaged(replicated.nowMs);

        assertThat(replicated.housekeeping.tick(replicated.nowMs, replicated.syncs::sync))
                .isTrue();
    }

    @Test
    void shouldNotBeQuietUntilADeletedTopicIsUnlinked() {
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(tick(59_999)).isTrue();
        assertThat(tick(60_000)).isFalse();
    }

    private boolean tick(long afterMs) {
        return shard.housekeeping.tick(shard.nowMs + afterMs, shard.syncs::sync);
    }
}
