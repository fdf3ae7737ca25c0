package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.PartitionKey;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class LagQueueTest {
    private static final long LAG_MS = 100;

    private final LagQueue queue = new LagQueue();

    @Test
    void shouldFindWhoHasBeenBehindForLongerThanTheLag() {
        Follower first = watched(1, 1_000);
        Follower second = watched(2, 1_050);

        assertThat(queue.check(1_100, LAG_MS)).isEmpty();
        assertThat(queue.nextMs(LAG_MS)).isEqualTo(1_101);
        assertThat(queue.check(1_101, LAG_MS)).containsExactly(key(1));
        assertThat(queue.check(1_151, LAG_MS)).containsExactly(key(2));

        assertThat(first.isLagging()).isTrue();
        assertThat(second.isLagging()).isTrue();
        assertThat(queue.nextMs(LAG_MS)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldLeaveAFollowerWhereItStandsWhenItCatchesUp() {
        Follower follower = watched(1, 1_000);
        follower.fetched(new FollowerFetch(2, 42, 10, 0, 1_090), 10, LAG_MS, true);
        follower.leftBehind(11, 1_095);
        queue.watch(key(1), follower);

        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.check(1_101, LAG_MS)).isEmpty();
        assertThat(queue.nextMs(LAG_MS)).isEqualTo(1_196);
        assertThat(queue.check(1_196, LAG_MS)).containsExactly(key(1));
    }

    @Test
    void shouldForgetAFollowerThatIsAtTheEnd() {
        Follower follower = watched(1, 1_000);
        follower.fetched(new FollowerFetch(2, 42, 10, 0, 1_001), 10, LAG_MS, true);

        assertThat(queue.check(9_000, LAG_MS)).isEmpty();
        assertThat(queue.size()).isZero();
        assertThat(follower.isLagging()).isFalse();

        follower.leftBehind(11, 9_000);
        queue.watch(key(1), follower);
        assertThat(queue.check(9_101, LAG_MS)).containsExactly(key(1));
    }

    @Test
    void shouldForgetAFollowerThatItsLeaderDoesNotCountAnyMore() {
        watched(1, 1_000).end();

        assertThat(queue.check(9_000, LAG_MS)).isEmpty();
        assertThat(queue.size()).isZero();
    }

    private Follower watched(int partition, long sinceMs) {
        Follower follower = new Follower(2);
        follower.startClock(sinceMs);
        queue.watch(key(partition), follower);
        return follower;
    }

    private static PartitionKey key(int partition) {
        return new PartitionKey(new Uuid(3, 1), partition);
    }
}
