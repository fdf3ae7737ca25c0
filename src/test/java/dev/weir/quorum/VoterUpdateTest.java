package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.Answer;
import dev.weir.quorum.QuorumEffect.Append;
import dev.weir.quorum.QuorumEffect.BecameLeader;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumEvent.Synced;
import dev.weir.quorum.QuorumEvent.Tick;
import dev.weir.quorum.QuorumEvent.Unanswered;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** KIP-853: a voter that the log describes as it is not has its record changed. */
class VoterUpdateTest {
    private static final Voter ONE = voter(1, 9001);
    private static final Voter TWO = voter(2, 9002);
    private static final Voter MOVED = voter(1, 9999);
    private static final Voter UPGRADED = new Voter(ONE.key(), ONE.endpoints(), new Voter.Levels((short) 0, (short) 2));
    private static final VoterSet BOTH = VoterSet.of(List.of(ONE, TWO));

    private long fetched;

    @ParameterizedTest
    @MethodSource("changed")
    void shouldTellTheLeaderUntilTheLogHasIt(Voter self) {
        // given
        QuorumCore core = follower(self);

        // when: the leader has answered for the first time
        List<Send> sent = sends(core.handle(new Responded(2, fetched, records()), 1));

        // then
        assertThat(sent).extracting(Send::request).containsExactly(new UpdateVoter(self));

        // and when: it refuses, then time passes
        sent = sends(core.handle(new Responded(2, sent.get(0).correlationId(), refused()), 2));
        assertThat(sent).extracting(Send::request).hasOnlyElementsOfType(Fetch.class);
        List<Send> later = fetchFor(core, sent.get(0).correlationId(), QuorumSettings.DEFAULT.fetchTimeoutMs());

        // then
        assertThat(later)
                .extracting(Send::request)
                .filteredOn(UpdateVoter.class::isInstance)
                .hasSize(1);

        // and when: the log has it
        long update = later.get(later.size() - 1).correlationId();
        sent = sends(core.handle(new Responded(2, update, done()), 3_000));
        LogBatch record = new LogBatch(5, 6, 1, new LogBatch.Voters(BOTH.with(self)));
        core.handle(new Responded(2, sent.get(0).correlationId(), records(record)), 3_001);
        sent = sends(core.handle(new Synced(6), 3_002));

        // then
        assertThat(fetchFor(core, sent.get(0).correlationId(), 3 * QuorumSettings.DEFAULT.fetchTimeoutMs()))
                .extracting(Send::request)
                .hasOnlyElementsOfType(Fetch.class);
    }

    static List<Voter> changed() {
        return List.of(MOVED, UPGRADED);
    }

    @Test
    void shouldTryAgainIfTheLeaderDoesNotAnswer() {
        QuorumCore core = follower(MOVED);
        Send update =
                sends(core.handle(new Responded(2, fetched, records()), 1)).get(0);

        core.handle(new Unanswered(2, update.correlationId()), 2);
        List<Send> sent = new ArrayList<>();
        for (long time = 10; sent.isEmpty(); time += 10) {
            sent.addAll(sends(core.handle(new Tick(), time)));
        }

        assertThat(sent.get(0).request()).as("it fetches meanwhile").isInstanceOf(Fetch.class);
        assertThat(fetchFor(core, sent.get(0).correlationId(), QuorumSettings.DEFAULT.fetchTimeoutMs()))
                .extracting(Send::request)
                .contains(new UpdateVoter(MOVED));
    }

    @Test
    void shouldSayNothingIfTheLogDescribesItAsItIs() {
        QuorumCore core = follower(ONE);

        Send sent = sends(core.handle(new Responded(2, fetched, records()), 1)).get(0);

        assertThat(fetchFor(core, sent.correlationId(), 3 * QuorumSettings.DEFAULT.fetchTimeoutMs()))
                .extracting(Send::request)
                .hasOnlyElementsOfType(Fetch.class);
    }

    @Test
    void shouldReplaceItsOwnRecordWhenItLeads() {
        QuorumCore core = core(MOVED, VoterSet.of(List.of(ONE)));
        List<QuorumEffect> led = core.start(0);

        List<QuorumEffect> committed = core.handle(new Synced(6), 1);

        assertThat(led).anyMatch(BecameLeader.class::isInstance);
        assertThat(committed)
                .contains(new Append(new LogBatch(6, 7, 1, new LogBatch.Voters(VoterSet.of(List.of(MOVED))))));
        assertThat(core.handle(new Synced(7), 2)).noneMatch(Append.class::isInstance);
    }

    @Test
    void shouldAnswerAnUpdateBeforeItIsCommitted() {
        QuorumCore core = leader();
        Voter moved = voter(1, 7777);

        List<QuorumEffect> effects = core.handle(new Requested(9, new Asker(1, true), new UpdateVoter(moved)), 2);

        assertThat(effects)
                .containsSubsequence(
                        new Append(new LogBatch(6, 7, 1, new LogBatch.Voters(VoterSet.of(List.of(moved))))),
                        new Answer(9, new VoterChangeResponse(Errors.NONE, 1, 1, "")));
    }

    static List<Voter> unfit() {
        return List.of(
                new Voter(ONE.key(), List.of()),
                new Voter(ONE.key(), ONE.endpoints(), new Voter.Levels((short) 0, (short) 0)),
                new Voter(ONE.key(), ONE.endpoints(), new Voter.Levels((short) 2, (short) 3)));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void shouldRefuseAVoterThatListensNowhereOrCannotRunAtTheLevel(Voter voter) {
        List<QuorumEffect> effects = leader().handle(new Requested(9, new Asker(1, true), new UpdateVoter(voter)), 2);

        assertThat(effects)
                .hasSize(1)
                .first()
                .matches(e -> e instanceof Answer answer && answer.response().error() == Errors.INVALID_REQUEST);
    }

    @Test
    void shouldRefuseAnUpdateOfWhatIsNoVoter() {
        Voter other = new Voter(new ReplicaKey(1, new Uuid(7, 99)), ONE.endpoints());

        List<QuorumEffect> effects = leader().handle(new Requested(9, new Asker(1, true), new UpdateVoter(other)), 2);

        assertThat(effects)
                .first()
                .matches(e -> e instanceof Answer answer && answer.response().error() == Errors.VOTER_NOT_FOUND);
    }

    /** Answers every fetch without news, for so long. Returns what was sent; ends with the first update. */
    private static List<Send> fetchFor(QuorumCore core, long firstFetch, long forMs) {
        List<Send> sent = new ArrayList<>();
        long fetch = firstFetch;
        for (long time = 10; time <= forMs + 100; time += 10) {
            List<Send> next = sends(core.handle(new Responded(2, fetch, records()), 3_000 + time));
            sent.addAll(next);
            if (next.stream().anyMatch(one -> one.request() instanceof UpdateVoter)) {
                break;
            }
            fetch = next.get(0).correlationId();
        }
        return sent;
    }

    private QuorumCore follower(Voter self) {
        QuorumCore core = new QuorumCore(
                QuorumSettings.DEFAULT,
                self,
                VoterSet.EMPTY,
                Optional.of("cluster"),
                Optional.of(new ElectionState(1, 2, Optional.empty())),
                log(BOTH),
                bound -> bound / 2);
        fetched = sends(core.start(0)).get(0).correlationId();
        return core;
    }

    private static QuorumCore leader() {
        QuorumCore core = core(ONE, VoterSet.of(List.of(ONE)));
        core.start(0);
        core.handle(new Synced(6), 1);
        return core;
    }

    private static QuorumCore core(Voter self, VoterSet voters) {
        return new QuorumCore(
                QuorumSettings.DEFAULT,
                self,
                VoterSet.EMPTY,
                Optional.of("cluster"),
                Optional.of(ElectionState.INITIAL),
                log(voters),
                bound -> 0);
    }

    private static RecoveredLog log(VoterSet voters) {
        return new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(0, 0L), Map.of(1L, voters), false);
    }

    private static FetchResponse records(LogBatch... batches) {
        return new FetchResponse(Errors.NONE, 1, 2, 5, Optional.empty(), Optional.empty(), List.of(batches));
    }

    private static VoterChangeResponse refused() {
        return new VoterChangeResponse(Errors.REQUEST_TIMED_OUT, 1, 2, "");
    }

    private static VoterChangeResponse done() {
        return new VoterChangeResponse(Errors.NONE, 1, 2, "");
    }

    private static List<Send> sends(List<QuorumEffect> effects) {
        return effects.stream()
                .filter(Send.class::isInstance)
                .map(Send.class::cast)
                .toList();
    }

    private static Voter voter(int id, int port) {
        return new Voter(
                new ReplicaKey(id, new Uuid(7, id)), List.of(new Voter.Endpoint("CONTROLLER", "host" + id, port)));
    }
}
