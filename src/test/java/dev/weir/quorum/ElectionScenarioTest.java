package dev.weir.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures that other systems have had in elections, step by step, with three voters. */
class ElectionScenarioTest {
    private static final int V1 = 1;
    private static final int V2 = 2;
    private static final int V3 = 3;
    /** A seed whose brokers have no cluster in their settings, and of whom none is an observer. */
    private static final long WITHOUT_AN_ID_AND_OBSERVERS = 2;

    private final QuorumSimulation quorum = new QuorumSimulation(1, QuorumMistake.NONE, 3);

    @Test
    void shouldElectTheLongLogOnAnOldTermOverAShortLogOnANewTerm() {
        ReplicaKey second = quorum.node(V2).disk.key;
        voterWithLog(V1, second, 11, 5);
        voterWithLog(V2, second, 11, 5);
        voterWithLog(V3, second, 10, 7);

        quorum.begin(voters(V2, V3));
        quorum.runUntil(1_000);

        assertThat(quorum.leader()).contains(quorum.node(V2));
        assertThat(quorum.node(V2).core.epoch()).isGreaterThan(7);
    }

    @Test
    void shouldNotElectAVoterThatIsBehindWithTheVoteOfOneThatLostItsDisk() {
        ReplicaKey lost = quorum.newDisk(V2).key;
        voterWithLog(V1, lost, 100, 5);
        voterWithLog(V3, lost, 60, 5);
        quorum.oracle.synced(lost, quorum.node(V1).disk.log, 100);

        quorum.begin(voters(V2, V3));
        quorum.runUntil(3_000);

        assertThat(quorum.leader()).isEmpty();

        quorum.start(quorum.node(V1));
        quorum.begin(voters(V1));
        quorum.runUntil(5_000);

        assertThat(quorum.leader()).contains(quorum.node(V1));
        assertThat(quorum.node(V3).core.highWatermark()).isGreaterThanOrEqualTo(100);
        assertThat(quorum.node(V2).core.highWatermark()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void shouldWaitForAllConfiguredVotersInTheFirstElection() {
        quorum.begin(voters(V1, V2));
        quorum.runUntil(3_000);

        assertThat(quorum.leader()).isEmpty();

        quorum.begin(voters(V3));
        quorum.runUntil(4_000);

        SimNode leader = quorum.leader().orElseThrow();
        assertThat(leader.core.voters().pinned()).isTrue();
        assertThat(quorum.answers).isPositive();
    }

    @Test
    void shouldMakeNoIdBeforeAllVotersAreThere() {
        QuorumSimulation fresh = withoutAnId();
        fresh.begin(List.of(fresh.node(V1), fresh.node(V2)));

        fresh.runUntil(3_000);

        assertThat(fresh.knownId()).isEmpty();
    }

    @Test
    void shouldGiveEveryVoterTheIdThatTheFirstLeaderHasMade() {
        QuorumSimulation fresh = withoutAnId();
        fresh.begin(fresh.nodes);

        fresh.runUntil(3_000);

        assertThat(fresh.answers).isPositive();
        assertThat(fresh.knownId()).isPresent();
        assertThat(fresh.nodes).allMatch(node -> node.disk.clusterId.equals(fresh.knownId()));
    }

    /** Its settings name all voters and no cluster, as at the first start; but the others have begun long ago. */
    @ParameterizedTest
    @ValueSource(ints = {V1, V2, V3})
    void shouldTellAVoterThatLostItsDiskWhichClusterThereIs(int id) {
        QuorumSimulation old = withoutAnId();
        old.begin(old.nodes);
        old.runUntil(3_000);
        Optional<String> clusterId = old.knownId();
        SimNode lost = old.node(id);

        old.crash(lost, -1);
        lost.disk = old.newDisk(id);
        old.runUntil(4_000);
        int epoch = old.leader().orElseThrow().core.epoch();
        old.start(lost);
        old.runUntil(6_000);

        assertThat(lost.disk.clusterId).isEqualTo(clusterId);
        assertThat(lost.core.highWatermark()).isGreaterThan(100);
        assertThat(lost.core.voters().contains(lost.disk.key)).isFalse();
        assertThat(old.leader().orElseThrow().core.epoch())
                .as("nobody was disturbed")
                .isEqualTo(epoch);
    }

    /** As after a first leader that has told one voter only, and has lost its disk since. */
    @Test
    void shouldBeginWithTheIdOfWhicheverVoterStillKnowsOne() {
        QuorumSimulation fresh = withoutAnId();
        fresh.node(V3).disk.clusterId = Optional.of("kept");
        fresh.begin(fresh.nodes);

        fresh.runUntil(3_000);

        assertThat(fresh.nodes).allMatch(node -> node.disk.clusterId.equals(Optional.of("kept")));
        assertThat(fresh.answers).isPositive();
    }

    private static QuorumSimulation withoutAnId() {
        return new QuorumSimulation(WITHOUT_AN_ID_AND_OBSERVERS, QuorumMistake.NONE, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "1,2,false",
        "2,1,false",
        "1,2,true",
        "1,3,false",
        "3,1,false",
        "1,3,true",
        "2,3,false",
        "3,2,false",
        "2,3,true"
    })
    void shouldKeepOneLeaderAndCommitWithOneLinkCut(int from, int to, boolean both) {
        for (long seed = 1; seed <= 12; seed++) {
            QuorumSimulation here = new QuorumSimulation(seed, QuorumMistake.NONE, 3);
            here.begin(here.nodes);
            here.runUntil(1_500);
            int leadersBefore = here.oracle.leadersSoFar();

            here.cut(from, to);
            if (both) {
                here.cut(to, from);
            }
            here.runUntil(4_000);
            int answersHalfway = here.answers;
            int leadersHalfway = here.oracle.leadersSoFar();
            here.runUntil(8_000);

            assertThat(here.answers).as("commits go on, seed %d", seed).isGreaterThan(answersHalfway + 20);
            assertThat(leadersHalfway - leadersBefore).as("seed %d", seed).isLessThanOrEqualTo(1);
            assertThat(here.oracle.leadersSoFar()).as("seed %d", seed).isEqualTo(leadersHalfway);
        }
    }

    /** The membership tells later than what the lost leader had sent before. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldHaveANewLeaderLongBeforeTheFetchTimeoutIfTheMembershipTells(long seed) {
        QuorumSimulation here = new QuorumSimulation(seed, QuorumMistake.NONE, 3);
        here.begin(here.nodes);
        here.runUntil(1_500);
        SimNode lost = here.leader().orElseThrow();

        here.crash(lost, -1);
        here.runUntil(1_510);
        int rank = 0;
        for (SimNode node : here.nodes) {
            if (node != lost && node.id < QuorumSimulation.OBSERVER) {
                node.take(new QuorumEvent.LeaderLost(lost.id, rank++));
            }
        }
        here.runUntil(1_510 + here.settings.fetchTimeoutMs() / 2);

        assertThat(here.leader()).isPresent();
    }

    @Test
    void shouldHandOverAtOnceOnAPlannedStop() {
        quorum.begin(quorum.nodes);
        quorum.runUntil(1_500);
        SimNode stopping = quorum.leader().orElseThrow();

        stopping.take(new QuorumEvent.Stopping());
        quorum.runUntil(1_500 + quorum.settings.fetchTimeoutMs() / 2);

        assertThat(quorum.leader()).isPresent().get().isNotEqualTo(stopping);
    }

    private List<SimNode> voters(int... ids) {
        return Arrays.stream(ids).mapToObj(quorum::node).toList();
    }

    /** A voter whose log has everything up to {@code end}, in epoch 5, with the voters pinned in it. */
    private void voterWithLog(int id, ReplicaKey second, long end, int epoch) {
        SimDisk disk = quorum.node(id).disk;
        disk.clusterId = Optional.of("given");
        VoterSet pinned = VoterSet.of(List.of(
                new Voter(quorum.node(V1).disk.key, List.of()),
                new Voter(second, List.of()),
                new Voter(quorum.node(V3).disk.key, List.of())));
        disk.append(new LogBatch(0, 1, 5, new LogBatch.LeaderChange(V1, List.of(V1, V2, V3), List.of(V1))));
        disk.append(new LogBatch(1, 2, 5, new LogBatch.Voters(pinned)));
        for (long offset = 2; offset < end; offset++) {
            disk.append(new LogBatch(offset, offset + 1, 5, new LogBatch.Records(new Image.Command(offset))));
        }
        disk.state = Optional.of(new ElectionState(epoch, ElectionState.NOBODY, Optional.empty()));
    }
}
