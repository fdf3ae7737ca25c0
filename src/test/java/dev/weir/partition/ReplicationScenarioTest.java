package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.partition.SimReplica.Fetch;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/**
 * Failures that other systems have had, step by step, on three brokers; each is found when the rule against it is missing. Broker 1
 * leads at first, and all are in sync.
 */
class ReplicationScenarioTest {
    private static final int A = 1;
    private static final int B = 2;
    private static final int C = 3;

    private ReplicationSimulation simulation = new ReplicationSimulation(1, ReplicationMistake.NONE, 1);
    private long values;

    @Test
    void shouldNotAnswerWithoutAReplicaThatTheControllerMayHaveAdmitted() {
        admittedWithoutAnAnswer(ReplicationMistake.NONE);

        assertThat(replica(A).waits).hasSize(10);
        assertThat(replica(A).state.highWatermark()).isEqualTo(50);

        assertFound(() -> admittedWithoutAnAnswer(ReplicationMistake.COMMITS_ON_THE_COMMITTED_ISR_ALONE));
    }

    /** A replica is admitted, the answer is lost, and the leader dies. */
    private void admittedWithoutAnAnswer(ReplicationMistake mistake) {
        begin(mistake, 1);
        outOfSync(B, C);
        append(50);
        fetchAll(B);
        fetch(B);
        simulation.controller.alter(asked(A));
        append(10);
        simulation.now += ReplicationSimulation.LAG_MS + 1;
        broker(A).checkLag();
        check();
        simulation.controller.fence(A);
        know(B);
        check();
    }

    @Test
    void shouldShowNobodyWhatFewerThanMinIsrHold() {
        alone(ReplicationMistake.NONE);

        assertThat(replica(A).state.highWatermark()).isEqualTo(20);

        assertFound(() -> alone(ReplicationMistake.COMMITS_BELOW_MIN_ISR));
    }

    /** The last one in sync goes on writing, and dies for good. */
    private void alone(ReplicationMistake mistake) {
        begin(mistake, 2);
        append(20);
        fetchAll(B);
        fetchAll(C);
        fetch(B);
        fetch(C);
        fenced(B, C);
        append(100);
        check();
        simulation.controller.unfence(B);
        simulation.controller.fence(A);
        know(B);
        check();
    }

    @Test
    void shouldNotAdmitAReplicaThatHasBegunAnewSinceItWasAskedFor() {
        begunAnew(ReplicationMistake.NONE);

        assertThat(simulation.controller.isr(0)).containsExactlyInAnyOrder(A, B);

        assertFound(() -> begunAnew(ReplicationMistake.PROPOSES_THE_EPOCH_OF_A_LATER_FETCH));
    }

    /** C has caught up; before the request is built it loses its disk, registers again and fetches. */
    private void begunAnew(ReplicationMistake mistake) {
        begin(mistake, 1);
        outOfSync(C);
        append(50);
        fetchAll(B);
        fetchAll(C);
        fetch(B);
        fetch(C);
        replica(C).log.truncate(0);
        simulation.controller.register(C, true);
        simulation.controller.unfence(C);
        broker(C).start(simulation.controller.image());
        AlterPartitionRequestData asked = asked(A);
        broker(A).image = simulation.controller.image();
        fetch(C);
        simulation.controller.alter(simulation.mistaken(broker(A), asked));
        check();
    }

    @Test
    void shouldNotBelieveAFetchOfAFormerIncarnation() {
        formerFetch(ReplicationMistake.NONE);

        assertThat(broker(A).proposals.next()).isEmpty();

        assertFound(() -> formerFetch(ReplicationMistake.POSITION_OF_A_FORMER_INCARNATION));
    }

    /** A fetch of C comes after C has lost its disk and registered again. */
    private void formerFetch(ReplicationMistake mistake) {
        begin(mistake, 1);
        outOfSync(C);
        append(50);
        fetchAll(B);
        fetch(B);
        fetchAll(C);
        Fetch former = broker(C).fetch(replica(C)).orElseThrow();
        replica(C).log.truncate(0);
        simulation.controller.register(C, true);
        simulation.controller.unfence(C);
        know(A);
        broker(C).start(simulation.controller.image());
        broker(A).answer(former);
        broker(A).proposals.next().ifPresent(simulation.controller::alter);
        check();
    }

    @Test
    void shouldNotAdmitAReplicaBelowTheStartOfTheEpoch() {
        belowTheStart(ReplicationMistake.NONE);

        assertThat(simulation.controller.isr(0)).containsExactly(B);
    }

    /** The new leader does not know yet how much was committed; C ends between what it knows and what was. */
    private void belowTheStart(ReplicationMistake mistake) {
        begin(mistake, 2);
        append(90);
        fetchAll(B);
        fetchAll(C);
        fetch(B);
        fetch(C);
        append(5);
        fetchAll(C);
        fenced(C);
        append(5);
        fetchAll(B);
        broker(A).answer(broker(B).fetch(replica(B)).orElseThrow());
        assertThat(replica(A).state.highWatermark()).isEqualTo(100);
        assertThat(replica(B).highWatermark).isLessThanOrEqualTo(95);
        check();
        simulation.controller.fence(A);
        simulation.controller.unfence(C);
        know(B);
        know(C);
        broker(B).answer(broker(C).fetch(replica(C)).orElseThrow());
        broker(B).proposals.next().ifPresent(simulation.controller::alter);
        check();
    }

    @Test
    void shouldLearnFromTheMetadataWhatALostAnswerWouldHaveSaid() {
        begin(ReplicationMistake.NONE, 1);
        outOfSync(B, C);
        append(50);
        fetchAll(B);
        fetch(B);
        simulation.controller.alter(asked(A));

        broker(A).proposals.failed(Errors.REQUEST_TIMED_OUT);
        broker(A).proposals.again();
        AlterPartitionResponseData repeated = simulation.controller.alter(asked(A));
        answer(A, repeated);
        know(A);

        assertThat(replica(A).state.pending()).isNull();
        assertThat(replica(A).state.isr()).containsExactlyInAnyOrder(A, B);
        assertThat(simulation.controller.isr(0)).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void shouldShrinkAgainAfterAnAnswerThatANewLeadershipHasOvertaken() {
        begin(ReplicationMistake.NONE, 1);
        outOfSync(C);
        append(50);
        fetchAll(C);
        fetch(C);
        AlterPartitionResponseData late = simulation.controller.alter(asked(A));
        simulation.controller.move(0, 0);
        know(A);

        answer(A, late);
        simulation.now += ReplicationSimulation.LAG_MS + 1;
        append(1);
        broker(A).checkLag();

        assertThat(replica(A).state.pending().isr()).containsExactly(A);
    }

    @Test
    void shouldKeepCountingARefusedReplicaAsLongAsACopyMayBeTaken() {
        lateCopy(ReplicationMistake.NONE);

        assertThat(simulation.controller.isr(0)).containsExactlyInAnyOrder(A, B);

        assertFound(() -> lateCopy(ReplicationMistake.REFUSAL_ENDS_A_PROPOSAL));
    }

    /** The first copy of a request comes after the second, which was refused since the replica was fenced for a moment. */
    private void lateCopy(ReplicationMistake mistake) {
        begin(mistake, 1);
        outOfSync(C);
        append(50);
        fetchAll(B);
        fetchAll(C);
        fetch(B);
        fetch(C);
        AlterPartitionRequestData first = asked(A);
        broker(A).proposals.failed(Errors.REQUEST_TIMED_OUT);
        broker(A).proposals.again();
        simulation.controller.fence(C);
        answer(A, simulation.controller.alter(asked(A)));
        if (mistake == ReplicationMistake.REFUSAL_ENDS_A_PROPOSAL) {
            replica(A).state.refused(replica(A).state.pending());
        }
        know(A);
        append(10);
        fetchAll(B);
        fetch(B);
        check();
        simulation.controller.unfence(C);
        simulation.controller.alter(first);
        check();
    }

    @Test
    void shouldLeaveHealthyFollowersInTheIsrWhenANewLeaderWritesAtOnce() {
        begin(ReplicationMistake.NONE, 2);
        append(10);
        fetchAll(B);
        fetchAll(C);
        simulation.now += 50 * ReplicationSimulation.LAG_MS;
        simulation.controller.fence(A);
        know(B);
        know(C);

        broker(B).append(0, ++values, true);
        simulation.now += ReplicationSimulation.LAG_MS;
        broker(B).checkLag();

        assertThat(broker(B).proposals.next()).isEmpty();
        simulation.now += 1;
        broker(B).checkLag();
        assertThat(replica(B).state.pending().isr()).containsExactly(B);
    }

    @Test
    void shouldBelieveNoPositionOfAFollowerWhoseLogIsNotTheLeaders() {
        diverging(ReplicationMistake.NONE);

        assertThat(replica(B).log.end()).isEqualTo(replica(A).log.end());

        assertFound(() -> diverging(ReplicationMistake.POSITION_FROM_A_DIVERGING_FETCH));
    }

    /** B has records of an epoch in which A, which has led since, never had them. */
    private void diverging(ReplicationMistake mistake) {
        begin(mistake, 1);
        append(20);
        fetchAll(C);
        fetchAll(B);
        append(30);
        fetchAll(B);
        replica(A).log.truncate(20);
        simulation.controller.move(0, 0);
        know(A);
        know(B);
        know(C);
        append(30);
        fetchAll(C);
        fetch(C);
        fetch(B);
        check();
        fetchAll(B);
    }

    @Test
    void shouldTellAFollowerWhereItsLogPartsThoughNothingWasWrittenInTheEpochsBetween() {
        emptyEpochs(ReplicationMistake.NONE);

        assertThat(replica(C).log.entries).isEqualTo(replica(B).log.entries);

        emptyEpochs(ReplicationMistake.NO_START_OF_THE_EPOCH);

        assertThat(replica(C).log.entries).isNotEqualTo(replica(B).log.entries);
    }

    /** C led in an epoch that nobody else wrote in; B leads in a newer one without a record. */
    private void emptyEpochs(ReplicationMistake mistake) {
        begin(mistake, 1);
        append(20);
        fetchAll(B);
        fetchAll(C);
        outOfSync(A, B);
        know(C);
        broker(C).append(0, ++values, false);
        replica(B).highWatermark = 20;
        simulation.controller.register(C, true);
        broker(C).start(simulation.controller.image());
        broker(B)
                .start(new SimImage(
                        99,
                        Map.of(0, new PartitionRole(B, 40, 99, Set.of(B), Set.of(A, B, C), Set.of())),
                        simulation.controller.image().brokers()));
        broker(C).apply(broker(B).image);
        for (int round = 0; round < 3; round++) {
            broker(C)
                    .take(
                            replica(C),
                            broker(B).answer(broker(C).fetch(replica(C)).orElseThrow()));
        }
    }

    private void begin(ReplicationMistake mistake, int minIsr) {
        simulation = new ReplicationSimulation(1, mistake, minIsr);
        values = 0;
        simulation.brokers.values().forEach(broker -> broker.start(simulation.controller.image()));
    }

    private void fenced(int... ids) {
        Arrays.stream(ids).forEach(simulation.controller::fence);
        simulation.brokers.keySet().forEach(this::know);
    }

    /** Whoever is named leaves the ISR, comes back at once, and everybody knows; without a fetch that counts it is no candidate. */
    private void outOfSync(int... ids) {
        fenced(ids);
        Arrays.stream(ids).forEach(simulation.controller::unfence);
        simulation.brokers.keySet().forEach(this::know);
        replica(A).state.followers().forEach(follower -> {
            if (Arrays.stream(ids).anyMatch(id -> id == follower.brokerId())) {
                follower.setLagging();
            }
        });
    }

    private SimBroker broker(int id) {
        return simulation.brokers.get(id);
    }

    private SimReplica replica(int id) {
        return broker(id).replica(0);
    }

    private void know(int id) {
        broker(id).apply(simulation.controller.image());
    }

    private void append(int records) {
        for (int i = 0; i < records; i++) {
            broker(A).append(0, ++values, true);
        }
    }

    /** Fetches until there is nothing more, without a word on the last position. */
    private void fetchAll(int follower) {
        long end = replica(A).log.end();
        for (int round = 0; round < 100 && replica(follower).log.end() < end; round++) {
            fetch(follower);
        }
    }

    private void fetch(int follower) {
        SimReplica replica = replica(follower);
        broker(follower).fetch(replica).ifPresent(fetch -> broker(follower)
                .take(replica, broker(replica.state.leader()).answer(fetch)));
    }

    private AlterPartitionRequestData asked(int leader) {
        return broker(leader).proposals.next().orElseThrow();
    }

    private void answer(int leader, AlterPartitionResponseData response) {
        broker(leader).proposals.answered(response, simulation.now);
        broker(leader).progress(replica(leader));
    }

    private void check() {
        simulation.oracle.check(simulation.controller, simulation.brokers, Set.of(0));
    }

    private static void assertFound(Runnable scenario) {
        assertThatThrownBy(scenario::run).isInstanceOf(AssertionError.class);
    }
}
