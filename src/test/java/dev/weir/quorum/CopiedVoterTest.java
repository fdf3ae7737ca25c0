package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.Halt;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** A voter that is told of a leader with its own id, although it has promised nobody to lead. */
class CopiedVoterTest {
    private static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(7, 1));
    private static final ReplicaKey EMPTIED = new ReplicaKey(1, new Uuid(8, 1));
    private static final VoterSet ALL = VoterSet.of(List.of(
            new Voter(ONE, List.of()),
            new Voter(new ReplicaKey(2, new Uuid(7, 2)), List.of()),
            new Voter(new ReplicaKey(3, new Uuid(7, 3)), List.of())));
    private static final ElectionState FOLLOWING = new ElectionState(4, 2, Optional.empty());

    @Test
    void shouldStopIfAnotherProcessLeadsALaterEpochInItsPlace() {
        List<QuorumEffect> effects = told(core(ONE, FOLLOWING), 9);

        assertThat(effects)
                .containsExactly(
                        new Halt("epoch 9 is led by another process that is voter 1 as well: this directory is a"
                                + " copy of its directory, or an older one that was put back"));
    }

    @Test
    void shouldStopIfAnotherProcessLeadsTheEpochInWhichItHasFollowed() {
        assertThat(told(core(ONE, FOLLOWING), 4)).hasAtLeastOneElementOfType(Halt.class);
    }

    @Test
    void shouldTakePartNoMoreThen() {
        QuorumCore copy = core(ONE, FOLLOWING);
        told(copy, 9);

        assertThat(copy.takesPart()).isFalse();
    }

    @Test
    void shouldGoOnIfItHasLedThatEpochBeforeItWasStartedAgain() {
        QuorumCore restarted = core(ONE, new ElectionState(4, 1, Optional.of(ONE)));

        assertThat(told(restarted, 4)).noneMatch(Halt.class::isInstance);
    }

    /** The others still tell of the leader that it was before its disk was emptied. */
    @Test
    void shouldGoOnIfItsDirectoryIsNew() {
        assertThat(told(core(EMPTIED, ElectionState.INITIAL), 9)).noneMatch(Halt.class::isInstance);
    }

    private static QuorumCore core(ReplicaKey me, ElectionState found) {
        RecoveredLog log = new RecoveredLog(0, 5, OffsetAndEpoch.NONE, Map.of(1, 0L), Map.of(1L, ALL), false);
        return new QuorumCore(
                QuorumSettings.DEFAULT,
                new Voter(me, List.of()),
                ALL,
                Optional.of("given"),
                Optional.of(found),
                log,
                bound -> bound / 2);
    }

    /** The effects of an answer of another voter, whichever is asked first, that this one leads the epoch. */
    private static List<QuorumEffect> told(QuorumCore core, int epoch) {
        List<QuorumEffect> effects = core.start(0);
        for (long time = 10; time < 60_000 && effects.stream().noneMatch(Send.class::isInstance); time += 10) {
            effects = core.handle(new QuorumEvent.Tick(), time);
        }
        Send asked = effects.stream()
                .filter(Send.class::isInstance)
                .map(Send.class::cast)
                .findFirst()
                .orElseThrow();
        FetchResponse answer = new FetchResponse(
                Errors.NOT_LEADER_OR_FOLLOWER, epoch, 1, -1, Optional.empty(), Optional.empty(), List.of());
        return core.handle(new Responded(asked.to(), asked.correlationId(), answer), 60_000);
    }
}
