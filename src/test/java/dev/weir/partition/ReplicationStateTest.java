package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.ReplicationState.FollowerPosition;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicationStateTest {
    private static final Set<Integer> THREE = Set.of(1, 2, 3);

    private final ReplicationState state = new ReplicationState(1, 5);

    @Test
    void shouldSayOncePerEpochThatItLeads() {
        assertThat(state.update(1, 3, THREE, THREE)).isTrue();
        assertThat(state.update(1, 3, Set.of(1, 2), THREE)).isFalse();
        assertThat(state.update(1, 4, THREE, THREE)).isTrue();
        assertThat(state.update(2, 5, THREE, THREE)).isFalse();
        assertThat(state.isLeader()).isFalse();
    }

    @Test
    void shouldIgnoreAnOlderEpoch() {
        state.update(2, 7, THREE, THREE);

        state.update(1, 6, Set.of(1), THREE);

        assertThat(state.isLeader()).isFalse();
        assertThat(state.leaderEpoch()).isEqualTo(7);
        assertThat(state.inSyncReplicas()).isEqualTo(3);
    }

    @Test
    void shouldRaiseTheHighWatermarkToTheLowestInSyncReplica() {
        state.update(1, 0, THREE, THREE);

        state.followerAt(2, 20, 50);
        assertThat(state.advance(30)).isFalse();
        state.followerAt(3, 10, 50);
        assertThat(state.advance(30)).isTrue();

        assertThat(state.highWatermark()).isEqualTo(10);
    }

    @Test
    void shouldNotWaitForAReplicaThatIsOutOfSync() {
        state.update(1, 0, Set.of(1, 2), THREE);
        state.followerAt(2, 20, 50);

        state.advance(30);

        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldNotRaiseTheHighWatermarkAboveItsOwnEnd() {
        state.update(1, 0, THREE, THREE);
        state.followerAt(2, 40, 50);
        state.followerAt(3, 40, 50);

        // Of its 50 offsets 12 are synced.
        state.advance(12);

        assertThat(state.highWatermark()).isEqualTo(12);
    }

    @Test
    void shouldNotBelieveAPositionAboveItsOwnEnd() {
        state.update(1, 0, THREE, THREE);
        state.followerAt(3, 12, 12);

        FollowerPosition position = state.followerAt(2, 99, 12);
        state.advance(12);

        assertThat(position).isEqualTo(FollowerPosition.IGNORED);
        assertThat(state.highWatermark()).isEqualTo(5);
    }

    @Test
    void shouldTellOnceThatAnInSyncReplicaHasLostCommittedRecords() {
        state.update(1, 0, Set.of(1, 2), THREE);
        assertThat(state.followerAt(2, 20, 50)).isEqualTo(FollowerPosition.TAKEN);
        state.advance(50);

        assertThat(state.followerAt(2, 19, 50)).isEqualTo(FollowerPosition.LOST_COMMITTED);

        assertThat(state.followerAt(2, 19, 50)).isEqualTo(FollowerPosition.TAKEN);
        assertThat(state.followerAt(2, 20, 50)).isEqualTo(FollowerPosition.TAKEN);
        assertThat(state.followerAt(2, 19, 50)).isEqualTo(FollowerPosition.LOST_COMMITTED);
        assertThat(state.followerAt(3, 0, 50)).isEqualTo(FollowerPosition.TAKEN);
        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldForgetWhereFollowersWereInAnEarlierEpoch() {
        state.update(1, 0, THREE, THREE);
        state.followerAt(2, 50, 50);
        state.followerAt(3, 50, 50);

        state.update(1, 2, THREE, THREE);

        assertThat(state.advance(50)).isFalse();
        assertThat(state.highWatermark()).isEqualTo(5);
    }

    @Test
    void shouldCountAFollowerThatLostItsTailFromWhereItIsNow() {
        state.update(1, 0, THREE, THREE);
        state.followerAt(2, 50, 50);
        state.followerAt(2, 20, 50);
        state.followerAt(3, 50, 50);

        state.advance(50);

        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldNotHearAnybodyWhoIsNoReplica() {
        state.update(1, 0, Set.of(1, 2), Set.of(1, 2));
        state.followerAt(9, 50, 50);
        state.followerAt(1, 50, 50);

        // 9 becomes a replica later and has to show again where it is.
        state.update(1, 0, Set.of(1, 9), Set.of(1, 9));

        assertThat(state.advance(50)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverLowerTheHighWatermarkWhileTheRoleLasts(long seed) {
        Random random = new Random(seed);
        long end = 5;
        int epoch = 0;
        state.update(1, epoch, THREE, THREE);
        for (int step = 0; step < 2_000; step++) {
            long before = state.highWatermark();
            switch (random.nextInt(4)) {
                case 0 -> end += random.nextInt(4);
                case 1 -> state.followerAt(2 + random.nextInt(2), Math.max(0, end - random.nextInt(10)), end);
                case 2 -> state.update(1, random.nextBoolean() ? epoch : ++epoch, isr(random), THREE);
                default -> state.advance(end);
            }
            assertThat(state.highWatermark()).isBetween(before, end);
        }
    }

    private static Set<Integer> isr(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Set.of(1);
            case 1 -> Set.of(1, 2);
            case 2 -> Set.of(1, 3);
            default -> THREE;
        };
    }
}
