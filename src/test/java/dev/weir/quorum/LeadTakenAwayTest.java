package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.Answer;
import dev.weir.quorum.QuorumEffect.Append;
import dev.weir.quorum.QuorumEffect.HighWatermarkMoved;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent.Proposed;
import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumEvent.Synced;
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

/**
 * What was checked under one epoch and comes to be written under the next. Once a replica has told anybody where its log ends in an
 * epoch, nothing of an older one may follow there: an entry that only the old leader takes for acknowledged would be missing.
 */
class LeadTakenAwayTest {
    private static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(7, 1));
    private static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(7, 2));
    private static final ReplicaKey THREE = new ReplicaKey(3, new Uuid(7, 3));
    private static final VoterSet ALL =
            VoterSet.of(List.of(new Voter(ONE, List.of()), new Voter(TWO, List.of()), new Voter(THREE, List.of())));
    private static final LogBatch.Data DATA = new Image.Command(1);

    @Test
    void shouldNotAppendADecisionOfAnEpochThatItsOwnVoteHasEnded() {
        QuorumCore leader = leaderOfEpoch2();
        long end = leader.endOffset();

        List<QuorumEffect> voting = leader.handle(new Requested(1, new Asker(1, true), vote(3, end, 2)), 20);
        List<QuorumEffect> late = leader.handle(new Proposed(2, 1, DATA), 21);

        assertThat(voting).contains(new Answer(1, new VoteResponse(Errors.NONE, 3, -1, true)));
        assertThat(late).noneMatch(Append.class::isInstance);
        assertThat(leader.endOffset()).isEqualTo(end);
    }

    @Test
    void shouldNotAppendADecisionOfAnEpochThatItLedBefore() {
        QuorumCore leader = leaderOfEpoch2();
        leader.handle(new Synced(leader.endOffset()), 20);
        leader.handle(new Requested(1, new Asker(1, true), vote(3, leader.endOffset(), 2)), 20);
        elect(leader, 3);
        long end = leader.endOffset();

        List<QuorumEffect> late = leader.handle(new Proposed(2, 1, DATA), 50_000);

        assertThat(leader.epoch()).isEqualTo(4);
        assertThat(late).noneMatch(Append.class::isInstance);
        assertThat(leader.endOffset()).isEqualTo(end);
    }

    /** Its sync and a follower's fetch arrive late: they complete what would have been a majority. */
    @Test
    void shouldCommitNothingOfAnEpochThatItsOwnVoteHasEnded() {
        QuorumCore leader = leaderOfEpoch2();
        leader.handle(new Proposed(2, 1, DATA), 20);
        long end = leader.endOffset();
        leader.handle(new Requested(1, new Asker(1, true), vote(3, end, 2)), 21);

        List<QuorumEffect> synced = leader.handle(new Synced(end), 22);
        List<QuorumEffect> fetched =
                leader.handle(new Requested(2, new Asker(1, true), new Fetch(TWO, 2, end, 2, -1, 500)), 23);

        assertThat(synced).noneMatch(HighWatermarkMoved.class::isInstance);
        assertThat(fetched).noneMatch(HighWatermarkMoved.class::isInstance);
    }

    /** The answer to its fetch left the old leader in time; meanwhile it has told the end of its log to a candidate. */
    @Test
    void shouldTakeNothingFromTheLeaderBeforeOnceItHasVoted() {
        QuorumCore follower = core(new ElectionState(4, 2, Optional.empty()), 4);
        long fetch = correlation(follower.start(0), 2);
        LogBatch batch = new LogBatch(5, 6, 4, new LogBatch.Records(DATA));

        List<QuorumEffect> voting = follower.handle(new Requested(1, new Asker(1, true), vote(5, 5, 4)), 1);
        List<QuorumEffect> late = follower.handle(
                new Responded(
                        2,
                        fetch,
                        new FetchResponse(Errors.NONE, 4, 2, 6, Optional.empty(), Optional.empty(), List.of(batch))),
                2);

        assertThat(voting).contains(new Answer(1, new VoteResponse(Errors.NONE, 5, -1, true)));
        assertThat(late).noneMatch(Append.class::isInstance).noneMatch(HighWatermarkMoved.class::isInstance);
        assertThat(follower.endOffset()).isEqualTo(5);
    }

    private static QuorumCore leaderOfEpoch2() {
        QuorumCore core = core(new ElectionState(1, -1, Optional.empty()), 1);
        core.start(0);
        elect(core, 1);
        assertThat(core.epoch()).isEqualTo(2);
        return core;
    }

    /** Lets it stand, and the second voter vote for it. */
    private static void elect(QuorumCore core, int epoch) {
        List<QuorumEffect> effects = List.of();
        long time = 100;
        while (time < 60_000
                && effects.stream().noneMatch(e -> e instanceof Send send && send.request() instanceof Vote)) {
            time += 10;
            effects = core.handle(new QuorumEvent.Tick(), time);
        }
        long preVote = correlation(effects, 2);
        List<QuorumEffect> standing =
                core.handle(new Responded(2, preVote, new VoteResponse(Errors.NONE, epoch, -1, true)), time);
        core.handle(
                new Responded(2, correlation(standing, 2), new VoteResponse(Errors.NONE, epoch + 1, -1, true)), time);
        assertThat(core.leads()).isTrue();
    }

    /** Asked by the third voter, whose log ends there. */
    private static Vote vote(int epoch, long end, int endEpoch) {
        return new Vote(THREE, ONE, epoch, new OffsetAndEpoch(end, endEpoch), false, Optional.of("given"));
    }

    /** The first voter, with five records of one epoch. */
    private static QuorumCore core(ElectionState found, int epoch) {
        RecoveredLog log = new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(epoch, 0L), Map.of(1L, ALL), false);
        return new QuorumCore(
                QuorumSettings.DEFAULT,
                new Voter(ONE, List.of()),
                ALL,
                Optional.of("given"),
                Optional.of(found),
                log,
                bound -> bound / 2);
    }

    private static long correlation(List<QuorumEffect> effects, int to) {
        return effects.stream()
                .filter(e -> e instanceof Send send && send.to() == to)
                .map(e -> ((Send) e).correlationId())
                .reduce((a, b) -> b)
                .orElseThrow();
    }
}
