package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.Answer;
import dev.weir.quorum.QuorumEffect.AnswerRecords;
import dev.weir.quorum.QuorumEffect.Append;
import dev.weir.quorum.QuorumEffect.BecameLeader;
import dev.weir.quorum.QuorumEffect.Halt;
import dev.weir.quorum.QuorumEffect.HighWatermarkMoved;
import dev.weir.quorum.QuorumEffect.LeaderChanged;
import dev.weir.quorum.QuorumEffect.Persist;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumEvent.Synced;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.EndQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class QuorumCoreTest {
    private static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(7, 1));
    private static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(7, 2));
    private static final ReplicaKey THREE = new ReplicaKey(3, new Uuid(7, 3));
    private static final Optional<String> CLUSTER = Optional.of("cluster");
    private static final VoterSet ALL = VoterSet.of(List.of(voter(ONE), voter(TWO), voter(THREE)));

    @Test
    void shouldLeadAtOnceIfItIsTheOnlyVoter() {
        VoterSet configured = VoterSet.of(List.of(voter(ReplicaKey.of(1))));
        QuorumCore core = core(ONE, configured, Optional.empty(), RecoveredLog.EMPTY);

        List<QuorumEffect> effects = core.start(0);

        assertThat(effects)
                .containsExactly(
                        new Persist(new ElectionState(1, -1, Optional.of(ONE))),
                        new LeaderChanged(1, -1),
                        new Persist(new ElectionState(1, 1, Optional.of(ONE))),
                        new LeaderChanged(1, 1),
                        new BecameLeader(1, 0),
                        new Append(new LogBatch(0, 1, 1, new LogBatch.LeaderChange(1, List.of(1), List.of(1)))),
                        new Append(new LogBatch(1, 3, 1, new LogBatch.Voters(VoterSet.of(List.of(voter(ONE)))))));
        assertThat(core.handle(new Synced(3), 1)).containsExactly(new HighWatermarkMoved(3));
    }

    @Test
    void shouldHaveItsVoteOnTheDiskBeforeTheAnswerLeaves() {
        QuorumCore core = core(ONE, ALL, Optional.of(ElectionState.INITIAL), log(5, 1));
        core.start(0);

        List<QuorumEffect> effects = core.handle(asked(1, vote(TWO, ONE, 9, 5, 1)), 1);

        ElectionState promised = new ElectionState(9, -1, Optional.of(TWO));
        assertThat(effects)
                .containsSubsequence(new Persist(promised), new Answer(1, new VoteResponse(Errors.NONE, 9, -1, true)));
    }

    @Test
    void shouldKeepItsVoteOverARestart() {
        ElectionState promised = new ElectionState(9, -1, Optional.of(TWO));
        QuorumCore core = core(ONE, ALL, Optional.of(promised), log(5, 1));
        core.start(0);

        assertThat(core.handle(asked(1, vote(THREE, ONE, 9, 50, 8)), 1))
                .contains(new Answer(1, new VoteResponse(Errors.NONE, 9, -1, false)));
        assertThat(core.handle(asked(2, vote(TWO, ONE, 9, 5, 1)), 1))
                .contains(new Answer(2, new VoteResponse(Errors.NONE, 9, -1, true)));
    }

    @Test
    void shouldNotVoteUnderAnotherDirectory() {
        QuorumCore core = core(ONE, ALL, Optional.empty(), RecoveredLog.EMPTY);
        core.start(0);
        ReplicaKey before = new ReplicaKey(1, new Uuid(7, 99));

        List<QuorumEffect> effects = core.handle(asked(1, vote(TWO, before, 3, 5, 1)), 1);

        assertThat(effects).contains(new Answer(1, new VoteResponse(Errors.INVALID_VOTER_KEY, 3, -1, false)));
    }

    /** An epoch is promised for ever: a forged one near the end would leave none for the elections to come. */
    @Test
    void shouldNotTakeOverAnEpochThatIsTooFarAhead() {
        int last = Integer.MAX_VALUE;
        QuorumCore core = core(ONE, ALL, Optional.of(new ElectionState(4, 2, Optional.empty())), log(5, 1));
        long fetch = correlation(core.start(0), 2);
        Vote preVote = new Vote(THREE, ONE, last, new OffsetAndEpoch(50, last), true, CLUSTER);

        assertThat(core.handle(asked(1, preVote), 1))
                .containsExactly(new Answer(1, new VoteResponse(Errors.INVALID_REQUEST, 4, 2, false)));
        assertThat(core.handle(asked(2, vote(THREE, ONE, last, 50, 4)), 1))
                .containsExactly(new Answer(2, new VoteResponse(Errors.INVALID_REQUEST, 4, 2, false)));
        assertThat(core.handle(asked(3, new BeginQuorumEpoch(3, last, ONE, CLUSTER)), 1))
                .containsExactly(new Answer(3, new EpochResponse(Errors.INVALID_REQUEST, 4, 2)));
        assertThat(core.handle(asked(4, new EndQuorumEpoch(3, last, List.of())), 1))
                .containsExactly(new Answer(4, new EpochResponse(Errors.INVALID_REQUEST, 4, 2)));
        core.handle(new Responded(2, fetch, records(last, 3, 9)), 1);
        assertThat(core.epoch()).isEqualTo(4);
    }

    @Test
    void shouldStopAtTheLastEpochRatherThanGoRound() {
        ElectionState found = new ElectionState(Integer.MAX_VALUE, 1, Optional.of(ONE));
        QuorumCore core = core(ONE, ALL, Optional.of(found), log(5, 1));
        List<QuorumEffect> effects = core.start(0);

        for (int time = 10; core.takesPart(); time += 10) {
            effects = core.handle(new QuorumEvent.Tick(), time);
        }

        assertThat(effects).hasSize(1).first().isInstanceOf(Halt.class);
        assertThat(core.epoch()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void shouldNotVoteBeforeItHasCaughtUpIfItLostWhatItHadSynced() {
        RecoveredLog cut = new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(1, 0L), Map.of(1L, ALL), true);
        QuorumCore core = core(ONE, ALL, Optional.of(new ElectionState(1, 2, Optional.empty())), cut);
        core.start(0);

        assertThat(core.handle(asked(1, vote(THREE, ONE, 2, 50, 1)), 1))
                .contains(new Answer(1, new VoteResponse(Errors.NONE, 2, -1, false)));
    }

    @Test
    void shouldVoteAgainWhenItHasCaughtUp() {
        RecoveredLog cut = new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(1, 0L), Map.of(1L, ALL), true);
        QuorumCore other = core(ONE, ALL, Optional.of(new ElectionState(1, 2, Optional.empty())), cut);
        long fetch = correlation(other.start(0), 2);

        assertThat(other.handle(new Responded(2, fetch, records(1, 2, 5)), 1)).contains(new QuorumEffect.CaughtUp());
        assertThat(other.handle(asked(1, vote(THREE, ONE, 2, 50, 1)), 1))
                .contains(new Answer(1, new VoteResponse(Errors.NONE, 2, -1, true)));
    }

    @Test
    void shouldFetchAgainOnlyWhenWhatItHasIsSynced() {
        QuorumCore core = core(ONE, ALL, Optional.of(new ElectionState(1, 2, Optional.empty())), log(5, 1));
        long fetch = correlation(core.start(0), 2);
        LogBatch batch = new LogBatch(5, 6, 1, new LogBatch.Records(new Image.Command(1)));

        List<QuorumEffect> appended = core.handle(new Responded(2, fetch, records(1, 2, 5, batch)), 1);
        List<QuorumEffect> synced = core.handle(new Synced(6), 2);

        assertThat(appended).contains(new Append(batch)).noneMatch(Send.class::isInstance);
        assertThat(synced)
                .anyMatch(e -> e instanceof Send send && send.request() instanceof Fetch f && f.fetchOffset() == 6);
    }

    @Test
    void shouldHaltRatherThanTruncateWhatIsCommitted() {
        QuorumCore core = core(ONE, ALL, Optional.of(new ElectionState(1, 2, Optional.empty())), log(5, 1));
        long fetch = correlation(core.start(0), 2);
        long next = correlation(core.handle(new Responded(2, fetch, records(1, 2, 5)), 1), 2);
        FetchResponse diverging = new FetchResponse(
                Errors.NONE, 1, 2, 5, Optional.of(new OffsetAndEpoch(3, 1)), Optional.empty(), List.of());

        List<QuorumEffect> effects = core.handle(new Responded(2, next, diverging), 2);

        assertThat(effects).hasSize(1).first().isInstanceOf(Halt.class);
        assertThat(core.endOffset()).isEqualTo(5);
    }

    @Test
    void shouldCommitOnlyWithARecordOfItsOwnEpochThatAMajorityHasSynced() {
        QuorumCore core = leaderOfEpoch2();

        assertThat(core.handle(asked(7, fetch(TWO, 5, 1)), 20)).noneMatch(HighWatermarkMoved.class::isInstance);
        assertThat(core.handle(asked(8, fetch(TWO, 6, 2)), 21)).noneMatch(HighWatermarkMoved.class::isInstance);
        assertThat(core.handle(new Synced(6), 22)).contains(new HighWatermarkMoved(6));
    }

    @Test
    void shouldTellAFetcherWhereItsLogDiverges() {
        QuorumCore core = leaderOfEpoch2();

        List<QuorumEffect> effects = core.handle(asked(7, fetch(THREE, 9, 1)), 20);

        assertThat(effects)
                .contains(new Answer(
                        7,
                        new FetchResponse(
                                Errors.NONE,
                                2,
                                1,
                                -1,
                                Optional.of(new OffsetAndEpoch(5, 1)),
                                Optional.empty(),
                                List.of())));
    }

    @Test
    void shouldAnswerAWaitingFetchWhenTheHighWatermarkMoves() {
        QuorumCore core = leaderOfEpoch2();
        core.handle(new Synced(6), 20);

        List<QuorumEffect> effects = core.handle(asked(8, fetch(TWO, 6, 2)), 21);

        assertThat(effects)
                .containsSubsequence(
                        new HighWatermarkMoved(6),
                        new AnswerRecords(
                                8,
                                new FetchResponse(Errors.NONE, 2, 1, 6, Optional.empty(), Optional.empty(), List.of()),
                                6));
    }

    @Test
    void shouldTakeOneVoterChangeAtATime() {
        QuorumCore core = leaderOfEpoch2();
        core.handle(new Synced(6), 20);
        core.handle(asked(8, fetch(TWO, 6, 2)), 21);

        core.handle(asked(9, new RemoveVoter(THREE)), 22);
        List<QuorumEffect> second = core.handle(asked(10, new RemoveVoter(TWO)), 23);

        assertThat(core.voters().ids()).containsExactly(1, 2);
        assertThat(second)
                .contains(new Answer(
                        10,
                        new VoterChangeResponse(
                                Errors.REQUEST_TIMED_OUT, 2, 1, "the change before is not committed yet")));
    }

    @Test
    void shouldResignWithoutFetchesFromAMajority() {
        QuorumCore core = leaderOfEpoch2();

        long time = 20;
        while (core.leads() && time < 60_000) {
            time += QuorumSettings.DEFAULT.tickMs();
            core.handle(new QuorumEvent.Tick(), time);
        }

        assertThat(time).isBetween(3_000L, 3_600L);
    }

    /** A leader of 2 with five records of epoch 1 and its LeaderChange at 5, nothing of it synced. */
    private static QuorumCore leaderOfEpoch2() {
        QuorumCore core = core(ONE, ALL, Optional.of(new ElectionState(1, -1, Optional.empty())), log(5, 1));
        core.start(0);
        List<QuorumEffect> effects = List.of();
        long time = 0;
        while (effects.stream().noneMatch(Send.class::isInstance)
                || effects.stream().noneMatch(e -> e instanceof Send s && s.request() instanceof Vote)) {
            time += 10;
            effects = core.handle(new QuorumEvent.Tick(), time);
        }
        long preVote = correlation(effects, 2);
        List<QuorumEffect> standing =
                core.handle(new Responded(2, preVote, new VoteResponse(Errors.NONE, 1, -1, true)), time);
        core.handle(new Responded(2, correlation(standing, 2), new VoteResponse(Errors.NONE, 2, -1, true)), time);
        assertThat(core.leads()).isTrue();
        return core;
    }

    private static Requested asked(long requestId, QuorumRequest request) {
        return new Requested(requestId, new Asker(1, true), request);
    }

    private static Voter voter(ReplicaKey key) {
        return new Voter(key, List.of());
    }

    private static Vote vote(ReplicaKey candidate, ReplicaKey voter, int epoch, long end, int endEpoch) {
        return new Vote(candidate, voter, epoch, new OffsetAndEpoch(end, endEpoch), false, CLUSTER);
    }

    private static Fetch fetch(ReplicaKey replica, long offset, int lastEpoch) {
        return new Fetch(replica, 2, offset, lastEpoch, -1, 500);
    }

    private static FetchResponse records(int epoch, int leader, long highWatermark, LogBatch... batches) {
        return new FetchResponse(
                Errors.NONE, epoch, leader, highWatermark, Optional.empty(), Optional.empty(), List.of(batches));
    }

    private static RecoveredLog log(long end, int epoch) {
        return new RecoveredLog(0, end, OffsetAndEpoch.NONE, Map.of(epoch, 0L), Map.of(1L, ALL), false);
    }

    private static QuorumCore core(
            ReplicaKey me, VoterSet configured, Optional<ElectionState> found, RecoveredLog log) {
        return new QuorumCore(
                QuorumSettings.DEFAULT, new Voter(me, List.of()), configured, CLUSTER, found, log, bound -> bound / 2);
    }

    private static long correlation(List<QuorumEffect> effects, int to) {
        return effects.stream()
                .filter(e -> e instanceof Send send && send.to() == to)
                .map(e -> ((Send) e).correlationId())
                .reduce((a, b) -> b)
                .orElseThrow();
    }
}
