package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.quorum.QuorumEffect.Answer;
import dev.weir.quorum.QuorumEffect.Append;
import dev.weir.quorum.QuorumEffect.BecameLeader;
import dev.weir.quorum.QuorumEffect.LeaderChanged;
import dev.weir.quorum.QuorumEffect.NameCluster;
import dev.weir.quorum.QuorumEffect.Persist;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Tick;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The id that a new cluster gets from its first leader. */
class ClusterNameTest {
    private static final ReplicaKey ONE = new ReplicaKey(1, new Uuid(7, 1));
    private static final ReplicaKey TWO = new ReplicaKey(2, new Uuid(7, 2));
    private static final VoterSet ALONE = VoterSet.of(List.of(new Voter(ReplicaKey.of(1), List.of())));
    private static final VoterSet THREE = VoterSet.of(List.of(
            new Voter(ReplicaKey.of(1), List.of()),
            new Voter(ReplicaKey.of(2), List.of()),
            new Voter(ReplicaKey.of(3), List.of())));
    private static final Optional<String> NONE = Optional.empty();
    private static final Optional<String> A = Optional.of("a");
    private static final Optional<String> B = Optional.of("b");

    @Test
    void shouldMakeAnIdBeforeItsFirstRecord() {
        List<QuorumEffect> effects = core(ALONE, NONE).start(0);

        assertThat(effects)
                .extracting(QuorumEffect::getClass)
                .containsSubsequence(List.of(NameCluster.class, BecameLeader.class, Append.class));
        assertThat(effects.stream().filter(NameCluster.class::isInstance)).hasSize(1);
    }

    @Test
    void shouldMakeNoIdIfThereIsOne() {
        assertThat(core(ALONE, A).start(0)).noneMatch(NameCluster.class::isInstance);
    }

    @Test
    void shouldGrantItsVoteToAnybodyUntilItKnowsTheId() {
        for (Optional<String> candidates : List.of(NONE, A, B)) {
            assertThat(granted(core(THREE, NONE), candidates, false))
                    .as("%s", candidates)
                    .isTrue();
            assertThat(granted(core(THREE, NONE), candidates, true))
                    .as("%s", candidates)
                    .isTrue();
        }
    }

    @Test
    void shouldGrantItsVoteOnlyToACandidateThatKnowsTheSameId() {
        assertThat(granted(core(THREE, A), A, false)).isTrue();
        assertThat(granted(core(THREE, A), NONE, false)).isFalse();
        assertThat(granted(core(THREE, A), NONE, true)).isFalse();
    }

    @Test
    void shouldLearnNothingFromAnotherCluster() {
        QuorumCore core = core(THREE, A);
        core.start(0);

        assertThat(core.handle(new Requested(1, new Asker(1, true), vote(B, 9, false)), 1))
                .containsExactly(new Answer(1, new VoteResponse(Errors.INCONSISTENT_CLUSTER_ID, 0, -1, false)));
        assertThat(core.handle(new Requested(2, new Asker(1, true), begin(9, B)), 1))
                .containsExactly(new Answer(2, new EpochResponse(Errors.INCONSISTENT_CLUSTER_ID, 0, -1)));
    }

    @Test
    void shouldKeepTheIdThatTheLeaderTellsBeforeItFollows() {
        QuorumCore core = core(THREE, NONE);
        core.start(0);

        List<QuorumEffect> effects = core.handle(new Requested(1, new Asker(1, true), begin(4, A)), 1);

        assertThat(effects)
                .startsWith(
                        new NameCluster("a"),
                        new Persist(new ElectionState(4, 2, Optional.empty())),
                        new LeaderChanged(4, 2));
        assertThat(effects)
                .contains(new Answer(1, new EpochResponse(Errors.NONE, 4, 2)))
                .anyMatch(e -> e instanceof Send send && send.request() instanceof Fetch);
    }

    @Test
    void shouldTakeNoIdFromALeaderOfAnOlderEpoch() {
        QuorumCore core = core(THREE, NONE);
        core.start(0);
        core.handle(new Requested(1, new Asker(1, true), vote(NONE, 5, false)), 1);

        List<QuorumEffect> effects = core.handle(new Requested(2, new Asker(1, true), begin(4, A)), 2);

        assertThat(effects).containsExactly(new Answer(2, new EpochResponse(Errors.FENCED_LEADER_EPOCH, 5, -1)));
    }

    /** The answer to a fetch may bring records, which have no place yet; and it would tell a directory that has no name yet. */
    @Test
    void shouldFetchNothingBeforeItKnowsTheId() {
        QuorumCore core = core(THREE, NONE);
        List<QuorumEffect> effects = new ArrayList<>(core.start(0));
        effects.addAll(core.handle(new Requested(1, new Asker(1, true), begin(4, NONE)), 1));

        for (long time = 100; time < 10_000; time += 100) {
            effects.addAll(core.handle(new Tick(), time));
        }

        assertThat(effects)
                .filteredOn(Send.class::isInstance)
                .isNotEmpty()
                .allMatch(e -> ((Send) e).request() instanceof Vote);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldMakeIdsOfKafkasForm(long seed) {
        Random random = new Random(seed);

        for (int i = 0; i < 500; i++) {
            String made = ClusterName.random(random::nextInt);
            assertThat(made).hasSize(22).doesNotStartWith("-").isNotEqualTo(ClusterName.random(random::nextInt));
            assertThat(Uuid.fromString(made)).hasToString(made);
        }
    }

    private static boolean granted(QuorumCore core, Optional<String> candidates, boolean preVote) {
        core.start(0);
        return core.handle(new Requested(1, new Asker(1, true), vote(candidates, 3, preVote)), 1).stream()
                .filter(Answer.class::isInstance)
                .map(e -> ((VoteResponse) ((Answer) e).response()).granted())
                .findFirst()
                .orElseThrow();
    }

    private static Vote vote(Optional<String> clusterId, int epoch, boolean preVote) {
        return new Vote(TWO, ReplicaKey.of(1), epoch, new OffsetAndEpoch(0, 0), preVote, clusterId);
    }

    private static BeginQuorumEpoch begin(int epoch, Optional<String> clusterId) {
        return new BeginQuorumEpoch(2, epoch, ReplicaKey.of(1), clusterId);
    }

    private static QuorumCore core(VoterSet configured, Optional<String> clusterId) {
        return new QuorumCore(
                QuorumSettings.DEFAULT,
                new Voter(ONE, List.of()),
                configured,
                clusterId,
                Optional.empty(),
                RecoveredLog.EMPTY,
                bound -> bound / 2);
    }
}
