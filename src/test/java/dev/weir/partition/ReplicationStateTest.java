package dev.weir.partition;

import static dev.weir.partition.FixedRules.LAG_MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.IsrProposal.Member;
import dev.weir.partition.ReplicationState.FollowerPosition;
import dev.weir.partition.client.ShardStats;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicationStateTest {
    private static final Set<Integer> ONE = Set.of(1);
    private static final Set<Integer> TWO = Set.of(1, 2);
    private static final Set<Integer> THREE = Set.of(1, 2, 3);

    private final FixedRules rules = new FixedRules(1);
    private final IsrCounts counts = new IsrCounts();
    private final ReplicationState state = new ReplicationState(1, 5, rules, counts);
    private int minIsr = 1;
    private long nowMs = 50_000;

    @Test
    void shouldSayOncePerEpochThatItLeads() {
        assertThat(lead(3, 0, THREE)).isTrue();
        assertThat(lead(3, 1, TWO)).isFalse();
        assertThat(lead(4, 2, THREE)).isTrue();
        assertThat(state.update(role(2, 5, 3, THREE, THREE), nowMs)).isFalse();
        assertThat(state.isLeader()).isFalse();
    }

    @Test
    void shouldIgnoreAnOlderLeaderEpochAndAnOlderPartitionEpoch() {
        state.update(role(2, 7, 9, THREE, THREE), nowMs);

        state.update(role(1, 6, 10, ONE, THREE), nowMs);
        state.update(role(2, 7, 8, ONE, THREE), nowMs);

        assertThat(state.isLeader()).isFalse();
        assertThat(state.leaderEpoch()).isEqualTo(7);
        assertThat(state.isr()).isEqualTo(THREE);
    }

    @Test
    void shouldRaiseTheHighWatermarkToTheLowestInSyncReplica() {
        lead(0, 0, THREE);

        follow(2, 20, 50);
        assertThat(state.advance(30, minIsr)).isFalse();
        follow(3, 10, 50);
        assertThat(state.advance(30, minIsr)).isTrue();

        assertThat(state.highWatermark()).isEqualTo(10);
    }

    @Test
    void shouldNotWaitForAReplicaThatIsOutOfSync() {
        lead(0, 0, TWO);
        follow(2, 20, 50);
        follow(3, 7, 50);

        state.advance(30, minIsr);

        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldNotRaiseTheHighWatermarkAboveItsOwnEnd() {
        lead(0, 0, THREE);
        follow(2, 40, 50);
        follow(3, 40, 50);

        // Of its 50 offsets 12 are synced.
        state.advance(12, minIsr);

        assertThat(state.highWatermark()).isEqualTo(12);
    }

    @Test
    void shouldNotBelieveAPositionAboveItsOwnEnd() {
        lead(0, 0, THREE);
        follow(3, 12, 12);

        FollowerPosition position = follow(2, 99, 12);
        state.advance(12, minIsr);

        assertThat(position).isEqualTo(FollowerPosition.IGNORED);
        assertThat(state.highWatermark()).isEqualTo(5);
    }

    @Test
    void shouldNotMoveTheHighWatermarkWhileFewerAreInSyncThanMustBe() {
        minIsr = 2;
        lead(0, 0, ONE);

        assertThat(state.advance(30, minIsr)).isFalse();
        lead(0, 1, TWO);
        follow(2, 20, 30);

        assertThat(state.advance(30, minIsr)).isTrue();
        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldNeedNoMoreInSyncThanThereAreReplicas() {
        minIsr = 3;
        state.update(role(1, 0, 0, ONE, ONE), nowMs);

        assertThat(state.advance(30, minIsr)).isTrue();
    }

    @Test
    void shouldCountWhomTheControllerMayHaveAdmittedAlready() {
        lead(0, 0, ONE);
        follow(2, 20, 20);
        IsrProposal proposal = state.propose().orElseThrow();

        state.advance(30, minIsr);

        assertThat(proposal.isr()).isEqualTo(TWO);
        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldCountWhomItWantsToLeaveUntilTheControllerHasTakenThat() {
        lead(0, 0, TWO);
        follow(2, 20, 30);
        lag(2);
        IsrProposal proposal = state.propose().orElseThrow();

        assertThat(proposal.isr()).isEqualTo(ONE);
        assertThat(advancedTo(40)).isEqualTo(20);
        state.accepted(proposal, 0, 1, ONE, nowMs);

        assertThat(advancedTo(40)).isEqualTo(40);
    }

    @Test
    void shouldKeepAProposalWhenTheMetadataRepeatsWhatAnAnswerHasSaid() {
        lead(0, 7, ONE);
        follow(2, 20, 20);
        state.accepted(state.propose().orElseThrow(), 0, 8, TWO, nowMs);
        follow(3, 20, 20);
        IsrProposal next = state.propose().orElseThrow();

        lead(0, 8, TWO);
        state.advance(30, minIsr);

        assertThat(state.isPending(next)).isTrue();
        assertThat(next.partitionEpoch()).isEqualTo(8);
        assertThat(state.maximalIsr()).isEqualTo(THREE);
        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldEndAProposalWithNewerMetadataWhateverThatSays() {
        lead(0, 7, ONE);
        follow(2, 20, 20);
        IsrProposal proposal = state.propose().orElseThrow();

        lead(0, 8, ONE);

        assertThat(state.isPending(proposal)).isFalse();
        assertThat(state.propose()).isPresent();
    }

    @Test
    void shouldCountAChangeOnceInWhateverOrderAnswerAndMetadataCome() {
        lead(0, 7, ONE);
        follow(2, 20, 20);
        IsrProposal first = state.propose().orElseThrow();
        lead(0, 8, TWO);
        state.accepted(first, 0, 8, TWO, nowMs);
        lag(2);
        IsrProposal second = state.propose().orElseThrow();
        state.accepted(second, 0, 9, ONE, nowMs);
        lead(0, 9, ONE);

        assertThat(counts.stats()).isEqualTo(new ShardStats.IsrChanges(1, 1, 0));
        assertThat(state.partitionEpoch()).isEqualTo(9);
    }

    @Test
    void shouldIgnoreAnAnswerThatIsOlderThanTheMetadata() {
        lead(0, 7, ONE);
        follow(2, 20, 20);
        IsrProposal proposal = state.propose().orElseThrow();
        lead(0, 9, THREE);

        state.accepted(proposal, 0, 8, TWO, nowMs);

        assertThat(state.isr()).isEqualTo(THREE);
    }

    @Test
    void shouldEndAProposalThatChangesNothing() {
        lead(0, 7, ONE);
        follow(2, 20, 20);
        IsrProposal proposal = state.propose().orElseThrow();

        state.accepted(proposal, 0, 7, ONE, nowMs);

        assertThat(state.pending()).isNull();
    }

    @Test
    void shouldNameTheIncarnationThatHasFetched() {
        lead(0, 0, TWO);
        state.followerAt(new FollowerFetch(3, 43, 20, 0, nowMs), 20);
        IsrProposal proposal = state.propose().orElseThrow();

        rules.active.put(3, 99L);
        state.followerAt(new FollowerFetch(3, 99, 0, 0, nowMs), 20);

        assertThat(proposal.members())
                .containsExactly(new Member(1, 41), new Member(2, ReplicaRules.NO_BROKER_EPOCH), new Member(3, 43));
    }

    @Test
    void shouldProposeOnlyActiveBrokersInTheIncarnationThatIsRegistered() {
        lead(0, 0, ONE);
        rules.active.remove(2);
        rules.active.put(3, 99L);
        follow(2, 20, 20);
        follow(3, 20, 20);

        assertThat(state.propose()).isEmpty();
    }

    /** What an earlier leader has committed may lie between the high watermark that is known here and the end of the log. */
    @Test
    void shouldTakeNobodyIntoTheIsrBelowTheStartOfItsEpoch() {
        lead(2, 0, ONE);
        state.beginEpochAt(100);
        follow(3, 95, 100);

        assertThat(state.propose()).isEmpty();
        follow(3, 100, 100);

        assertThat(state.propose()).isPresent();
    }

    @Test
    void shouldGiveMembersOfTheIsrAWholeLagFromTheElectionOn() {
        lead(3, 0, THREE);

        assertThat(lagging(LAG_MS)).isEmpty();
        assertThat(lagging(1)).containsExactly(2, 3);
        assertThat(state.propose().orElseThrow().isr()).isEqualTo(ONE);
    }

    @Test
    void shouldKeepTheClockOfAFollowerWhenThePartitionChangesInTheSameLeaderEpoch() {
        lead(3, 0, THREE);
        follow(2, 20, 20);
        nowMs += LAG_MS / 2;

        lead(3, 1, THREE);
        state.logEndsAt(30, id -> Follower.NEVER);

        assertThat(lagging(LAG_MS / 2 + 1)).containsExactly(2, 3);
        lead(3, 2, THREE);
        assertThat(state.propose().orElseThrow().isr()).isEqualTo(ONE);
    }

    @Test
    void shouldTakeAFollowerForCaughtUpWhereTheLogEndedAtTheFetchBefore() {
        lead(0, 0, TWO);
        long end = 100;
        for (int fetch = 0; fetch < 20; fetch++) {
            follow(2, end - 10, end);
            nowMs += LAG_MS / 4;
            end += 10;
            assertThat(lagging(0)).isEmpty();
        }

        for (int fetch = 0; fetch < 20; fetch++) {
            follow(2, end - 11, end);
            nowMs += LAG_MS / 4;
            end += 10;
        }

        assertThat(lagging(0)).containsExactly(2);
    }

    @Test
    void shouldTakeAFollowerAtTheEndForCaughtUpSinceItsSessionFetchedLast() {
        lead(0, 0, TWO);
        follow(2, 20, 20);
        nowMs += 10 * LAG_MS;
        assertThat(lagging(0)).isEmpty();

        state.logEndsAt(21, id -> nowMs - 1);

        assertThat(lagging(LAG_MS - 1)).isEmpty();
        assertThat(lagging(1)).containsExactly(2);
    }

    @Test
    void shouldWaitWithTheHighWatermarkForAFollowerThatIsAboutToJoin() {
        lead(0, 0, ONE);
        follow(2, 30, 30);
        follow(2, 30, 40);
        state.propose().ifPresent(state::refused);

        assertThat(advancedTo(50)).isEqualTo(30);
        rules.active.remove(2);
        assertThat(advancedTo(50)).isEqualTo(50);
    }

    @Test
    void shouldNotWaitForAFollowerThatLags() {
        lead(0, 0, ONE);
        follow(2, 30, 30);
        state.propose().ifPresent(state::refused);
        state.logEndsAt(50, id -> Follower.NEVER);

        assertThat(advancedTo(50)).isEqualTo(30);
        lag(2);

        assertThat(advancedTo(50)).isEqualTo(50);
    }

    @Test
    void shouldTellOnceThatAnInSyncReplicaHasLostCommittedRecordsAndHaveItLeave() {
        lead(0, 0, TWO);
        assertThat(follow(2, 20, 50)).isEqualTo(FollowerPosition.TAKEN);
        state.advance(50, minIsr);

        assertThat(follow(2, 19, 50)).isEqualTo(FollowerPosition.LOST_COMMITTED);

        assertThat(follow(2, 19, 50)).isEqualTo(FollowerPosition.TAKEN);
        assertThat(state.propose().orElseThrow().isr()).isEqualTo(ONE);
        assertThat(follow(2, 20, 50)).isEqualTo(FollowerPosition.TAKEN);
        assertThat(follow(2, 19, 50)).isEqualTo(FollowerPosition.LOST_COMMITTED);
        assertThat(follow(3, 0, 50)).isEqualTo(FollowerPosition.TAKEN);
        assertThat(state.highWatermark()).isEqualTo(20);
    }

    @Test
    void shouldForgetWhereFollowersWereInAnEarlierEpoch() {
        lead(0, 0, THREE);
        follow(2, 50, 50);
        follow(3, 50, 50);

        lead(2, 1, THREE);

        assertThat(advancedTo(50)).isEqualTo(5);
    }

    @Test
    void shouldForgetTheProposalsOfAnEarlierEpoch() {
        lead(0, 0, TWO);
        follow(3, 50, 50);
        IsrProposal proposal = state.propose().orElseThrow();

        lead(1, 1, TWO);
        state.accepted(proposal, 0, 1, THREE, nowMs);

        assertThat(state.isPending(proposal)).isFalse();
        assertThat(state.isr()).isEqualTo(TWO);
    }

    @Test
    void shouldCountAFollowerThatLostItsTailFromWhereItIsNow() {
        lead(0, 0, THREE);
        follow(2, 50, 50);
        follow(2, 20, 50);
        follow(3, 50, 50);

        assertThat(advancedTo(50)).isEqualTo(20);
    }

    /** Its log may have been lost or cut: only what it says after that counts. */
    @Test
    void shouldTakeAFollowerThatHasLeftBackInOnlyAfterAnotherFetch() {
        lead(0, 0, TWO);
        follow(2, 20, 20);

        lead(0, 1, ONE);

        assertThat(state.propose()).isEmpty();
        assertThat(advancedTo(20)).isEqualTo(20);
        follow(2, 20, 20);
        assertThat(state.propose().orElseThrow().isr()).isEqualTo(TWO);
    }

    @Test
    void shouldNotTakeInAFollowerThatLagsThoughTheHighWatermarkStandsStill() {
        minIsr = 2;
        lead(0, 0, TWO);
        follow(2, 20, 20);
        state.advance(20, minIsr);
        state.logEndsAt(50, id -> Follower.NEVER);
        assertThat(lagging(LAG_MS + 1)).containsExactly(2);
        state.accepted(state.propose().orElseThrow(), 0, 1, ONE, nowMs);

        follow(2, 20, 50);
        nowMs += LAG_MS / 2;
        follow(2, 20, 50);

        assertThat(state.propose()).isEmpty();
        follow(2, 50, 50);
        assertThat(state.propose().orElseThrow().isr()).isEqualTo(TWO);
    }

    @Test
    void shouldNotHearAnybodyWhoIsNoReplica() {
        state.update(role(1, 0, 0, TWO, TWO), nowMs);
        assertThat(follow(9, 50, 50)).isEqualTo(FollowerPosition.IGNORED);
        assertThat(follow(1, 50, 50)).isEqualTo(FollowerPosition.IGNORED);

        // 9 becomes a replica later and has to show again where it is.
        state.update(role(1, 0, 1, Set.of(1, 9), Set.of(1, 9)), nowMs);

        assertThat(advancedTo(50)).isEqualTo(5);
    }

    @Test
    void shouldKnowWhereTheLogsOfAllLiveReplicasBegin() {
        lead(0, 0, THREE);
        assertThat(state.lowWatermark(30)).isEqualTo(Follower.UNKNOWN);

        state.followerAt(new FollowerFetch(2, 42, 40, 30, nowMs), 50);
        state.followerAt(new FollowerFetch(3, 43, 40, 10, nowMs), 50);
        assertThat(state.lowWatermark(30)).isEqualTo(10);
        rules.active.remove(3);

        assertThat(state.lowWatermark(30)).isEqualTo(30);
    }

    @Test
    void shouldKnowTheLatestOffsetWhenTheHighWatermarkHasReachedTheStartOfItsEpoch() {
        lead(3, 0, TWO);
        state.beginEpochAt(10);
        assertThat(state.knowsLatest()).isFalse();

        follow(2, 10, 12);
        state.advance(12, minIsr);

        assertThat(state.knowsLatest()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverLowerTheHighWatermarkWhileTheRoleLasts(long seed) {
        Random random = new Random(seed);
        long end = 5;
        int epoch = 0;
        int partitionEpoch = 0;
        lead(epoch, 0, THREE);
        for (int step = 0; step < 2_000; step++) {
            long before = state.highWatermark();
            nowMs += random.nextInt(300);
            switch (random.nextInt(5)) {
                case 0 -> end += random.nextInt(4);
                case 1 -> follow(2 + random.nextInt(2), Math.max(0, end - random.nextInt(10)), end);
                case 2 -> lead(random.nextBoolean() ? epoch : ++epoch, ++partitionEpoch, isr(random));
                case 3 -> state.propose();
                default -> state.advance(end, 1 + random.nextInt(2));
            }
            assertThat(state.highWatermark()).isBetween(before, end);
        }
    }

    private static Set<Integer> isr(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> ONE;
            case 1 -> TWO;
            case 2 -> Set.of(1, 3);
            default -> THREE;
        };
    }

    private static PartitionRole role(
            int leader, int leaderEpoch, int partitionEpoch, Set<Integer> isr, Set<Integer> replicas) {
        return new PartitionRole(leader, leaderEpoch, partitionEpoch, isr, replicas, Set.of());
    }

    private boolean lead(int leaderEpoch, int partitionEpoch, Set<Integer> isr) {
        return state.update(role(1, leaderEpoch, partitionEpoch, isr, THREE), nowMs);
    }

    private FollowerPosition follow(int broker, long offset, long logEnd) {
        return state.followerAt(new FollowerFetch(broker, 40 + broker, offset, 0, nowMs), logEnd);
    }

    private long advancedTo(long ownEnd) {
        state.advance(ownEnd, minIsr);
        return state.highWatermark();
    }

    private void lag(int broker) {
        state.followers().stream()
                .filter(follower -> follower.brokerId() == broker)
                .forEach(Follower::setLagging);
    }

    /** Lets time pass, and returns who lags then. */
    private List<Integer> lagging(long passedMs) {
        nowMs += passedMs;
        LagQueue queue = new LagQueue();
        state.followers().forEach(follower -> {
            follower.watched = false;
            queue.watch(FetchQueries.entry(0, 0, -1).key(), follower);
        });
        queue.check(nowMs, LAG_MS);
        return state.followers().stream()
                .filter(Follower::isLagging)
                .map(Follower::brokerId)
                .filter(state.isr()::contains)
                .toList();
    }
}
