package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.Answer;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumEvent.Tick;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Anybody may reach the quorum; only its own replicas move it. */
class StrangersTest {
    private static final QuorumSettings SETTINGS = QuorumSettings.DEFAULT;
    private static final ReplicaKey ONE = LeaderCore.ONE;
    private static final ReplicaKey TWO = LeaderCore.TWO;
    private static final ReplicaKey OTHER = new ReplicaKey(9, new Uuid(7, 9));
    private static final Asker STRANGER = new Asker(9, false);
    private static final Asker BROKER = new Asker(9, true);

    private long time;

    @Test
    void shouldNotEndALead() {
        LeaderCore leader = new LeaderCore();
        int next = LeaderCore.EPOCH + 1;
        List<QuorumRequest> forged = List.of(
                vote(OTHER, next, true),
                vote(OTHER, next, false),
                new BeginQuorumEpoch(9, next, ONE, Optional.empty()),
                new EndQuorumEpoch(9, next, List.of(ONE)));

        for (Asker asker : List.of(STRANGER, BROKER)) {
            for (QuorumRequest request : forged) {
                assertThat(errorOf(leader.core, request, asker, leader.time)).isEqualTo(Errors.INCONSISTENT_VOTER_SET);
            }
        }

        assertThat(leader.core.leads()).isTrue();
        assertThat(leader.core.epoch()).isEqualTo(LeaderCore.EPOCH);
    }

    @Test
    void shouldNotDisturbAFollowerThatHearsFromItsLeader() {
        QuorumCore follower = followerOfTwo();

        for (Asker asker : List.of(STRANGER, BROKER)) {
            assertThat(errorOf(follower, vote(OTHER, 5, false), asker, time)).isEqualTo(Errors.INCONSISTENT_VOTER_SET);
            assertThat(errorOf(follower, new BeginQuorumEpoch(9, 5, ONE, Optional.empty()), asker, time))
                    .isEqualTo(Errors.INCONSISTENT_VOTER_SET);
        }

        assertThat(follower.epoch()).isEqualTo(1);
        assertThat(follower.leaderId()).isEqualTo(2);
    }

    @Test
    void shouldNotTakeAVoteOrFollowersDuringAnElection() {
        QuorumCore core = withoutLeader();

        assertThat(errorOf(core, vote(OTHER, 4, false), STRANGER, time)).isEqualTo(Errors.INCONSISTENT_VOTER_SET);
        assertThat(errorOf(core, new BeginQuorumEpoch(9, 4, ONE, Optional.empty()), STRANGER, time))
                .isEqualTo(Errors.INCONSISTENT_VOTER_SET);

        assertThat(core.leaderId()).isEqualTo(ElectionState.NOBODY);
        assertThat(answerTo(core, vote(TWO, 4, false), BROKER, time))
                .isEqualTo(new VoteResponse(Errors.NONE, 4, -1, true));
    }

    /** It may have become a voter by a record that this replica does not have yet. */
    @Test
    void shouldListenToARegisteredBrokerWithoutALeader() {
        QuorumCore core = withoutLeader();

        assertThat(answerTo(core, vote(OTHER, 6, false), BROKER, time))
                .isEqualTo(new VoteResponse(Errors.NONE, 6, -1, true));
        assertThat(errorOf(core, new BeginQuorumEpoch(9, 6, ONE, Optional.empty()), BROKER, time))
                .isEqualTo(Errors.NONE);
        assertThat(core.leaderId()).isEqualTo(9);
    }

    /** The voters may all have changed while this replica was away. */
    @Test
    void shouldLetAnyoneStandWhenNobodyHasLedForLong() {
        QuorumCore core = withoutLeader();
        while (time <= 10L * SETTINGS.fetchTimeoutMs()) {
            pass(core);
        }

        assertThat(errorOf(core, new BeginQuorumEpoch(9, core.epoch() + 2, ONE, Optional.empty()), STRANGER, time))
                .isEqualTo(Errors.INCONSISTENT_VOTER_SET);
        int epoch = core.epoch() + 2;
        assertThat(answerTo(core, vote(OTHER, epoch, false), STRANGER, time).granted())
                .isTrue();
        assertThat(errorOf(core, new BeginQuorumEpoch(9, epoch, ONE, Optional.empty()), STRANGER, time))
                .isEqualTo(Errors.NONE);
        assertThat(core.leaderId()).isEqualTo(9);
    }

    @Test
    void shouldUseUpFewEpochsWhateverItIsToldInTheNameOfAVoter() {
        QuorumCore core = withoutLeader();
        int first = core.epoch();

        for (int i = 0; i < 10_000; i++) {
            answerTo(core, vote(TWO, core.epoch() + 4_000, true), BROKER, time);
            answerTo(core, vote(TWO, core.epoch() + 1, true), BROKER, time);
        }
        int second = core.epoch();
        for (long until = time + 60_000; time < until; ) {
            pass(core);
            for (int i = 0; i < 10; i++) {
                answerTo(core, vote(TWO, core.epoch() + 1, true), BROKER, time);
            }
        }

        assertThat(second - first).isBetween(1_000, EpochAllowance.MOST);
        assertThat(core.epoch() - second).isBetween(55, 65);
    }

    /** Its epoch never goes back, so it could follow nobody before the others come to it. */
    @Test
    void shouldTakeOverTheEpochOfABrokerThatIsAheadButNotWithinItsFirstTime() {
        LeaderCore leader = new LeaderCore();
        Fetch ahead = new Fetch(OTHER, LeaderCore.EPOCH + 5, LeaderCore.END, LeaderCore.EPOCH, 0, 0);

        assertThat(errorOf(leader.core, ahead, BROKER, leader.time)).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        leader.passWithFollowers(11L * SETTINGS.fetchTimeoutMs());
        assertThat(errorOf(leader.core, ahead, STRANGER, leader.time)).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(leader.core.leads()).isTrue();

        assertThat(errorOf(leader.core, ahead, BROKER, leader.time)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(leader.core.leads()).isFalse();
        assertThat(leader.core.epoch()).isEqualTo(LeaderCore.EPOCH + 5);
    }

    @Test
    void shouldLearnFromAnswersHoweverFarTheQuorumIsAhead() {
        QuorumCore core = withoutLeader();
        List<QuorumEffect> effects = List.of();
        while (effects.stream().noneMatch(e -> e instanceof Send)) {
            effects = pass(core);
        }
        Send asking = (Send)
                effects.stream().filter(Send.class::isInstance).findFirst().orElseThrow();
        FetchResponse refusal = new FetchResponse(
                Errors.FENCED_LEADER_EPOCH, 1_000_000, 3, -1, Optional.empty(), Optional.empty(), List.of());

        core.handle(new Responded(asking.to(), asking.correlationId(), refusal), time);

        assertThat(core.epoch()).isEqualTo(1_000_000);
        assertThat(core.leaderId()).isEqualTo(3);
    }

    @Test
    void shouldNotAskAPeerOfAnOlderEpochAgainAtOnce() {
        QuorumCore core = withoutLeader();
        List<QuorumEffect> effects = List.of();
        while (effects.stream().noneMatch(e -> e instanceof Send send && send.request() instanceof Vote)) {
            effects = pass(core);
        }
        Send vote = (Send) effects.stream()
                .filter(e -> e instanceof Send send && send.request() instanceof Vote)
                .findFirst()
                .orElseThrow();

        List<QuorumEffect> refused = core.handle(
                new Responded(
                        vote.to(),
                        vote.correlationId(),
                        new VoteResponse(Errors.INCONSISTENT_VOTER_SET, core.epoch() - 1, -1, false)),
                time);

        assertThat(refused).noneMatch(e -> e instanceof Send send && send.to() == vote.to());
        time += SETTINGS.retryBackoffMs();
        assertThat(core.handle(new Tick(), time)).anyMatch(e -> e instanceof Send send && send.to() == vote.to());
    }

    private QuorumCore followerOfTwo() {
        QuorumCore core = core(new ElectionState(1, 2, Optional.empty()));
        Send fetch = (Send) core.start(0).stream()
                .filter(e -> e instanceof Send send && send.request() instanceof Fetch)
                .findFirst()
                .orElseThrow();
        FetchResponse nothing = new FetchResponse(Errors.NONE, 1, 2, 5, Optional.empty(), Optional.empty(), List.of());
        core.handle(new Responded(2, fetch.correlationId(), nothing), time);
        return core;
    }

    private QuorumCore withoutLeader() {
        QuorumCore core = core(new ElectionState(4, -1, Optional.empty()));
        core.start(0);
        return core;
    }

    private List<QuorumEffect> pass(QuorumCore core) {
        time += SETTINGS.tickMs();
        return core.handle(new Tick(), time);
    }

    private static QuorumCore core(ElectionState found) {
        RecoveredLog log =
                new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(1, 0L), Map.of(1L, LeaderCore.ALL), false);
        return new QuorumCore(
                SETTINGS,
                new Voter(ONE, List.of()),
                LeaderCore.ALL,
                Optional.of("given"),
                Optional.of(found),
                log,
                bound -> bound / 2);
    }

    private static Vote vote(ReplicaKey candidate, int epoch, boolean preVote) {
        return new Vote(candidate, ONE, epoch, new OffsetAndEpoch(50, 1), preVote, Optional.of("given"));
    }

    private static Errors errorOf(QuorumCore core, QuorumRequest request, Asker asker, long now) {
        return answer(core, request, asker, now).error();
    }

    private static VoteResponse answerTo(QuorumCore core, Vote vote, Asker asker, long now) {
        return (VoteResponse) answer(core, vote, asker, now);
    }

    private static QuorumResponse answer(QuorumCore core, QuorumRequest request, Asker asker, long now) {
        return core.handle(new Requested(1, asker, request), now).stream()
                .filter(Answer.class::isInstance)
                .map(effect -> ((Answer) effect).response())
                .findFirst()
                .orElseThrow();
    }
}
