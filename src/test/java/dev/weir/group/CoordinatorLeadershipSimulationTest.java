package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.group.SimulatedReplica.Mistake;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The leadership of the group log moves at every moment; {@code -Dweir.sim.seeds=N} runs more of it. */
class CoordinatorLeadershipSimulationTest {
    private static final int SEEDS = Integer.getInteger("weir.sim.seeds", 100);
    private static final int SEEDS_TO_FIND_A_MISTAKE = 300;
    private static final int EVENTS = 2_000;

    /** Where the lead goes, one after the other, in the middle of a load by broker 1. */
    static Stream<List<Integer>> moves() {
        return Stream.of(List.of(1), List.of(0), List.of(0, 1), List.of(-1), List.of(-1, 1), List.of(1, 0, 1));
    }

    @Test
    void shouldNeverTakeBackWhatItHasTold() {
        LongStream.range(0, SEEDS).forEach(seed -> {
            CoordinatorLeadershipSimulation simulation = new CoordinatorLeadershipSimulation(seed, Set.of());
            try {
                simulation.run(EVENTS);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            assertThat(simulation.answered).isPositive();
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindAPlantedMistake(Mistake mistake) {
        assertThat(LongStream.range(0, SEEDS_TO_FIND_A_MISTAKE).anyMatch(seed -> isFound(mistake, seed)))
                .isTrue();
    }

    private static boolean isFound(Mistake mistake, long seed) {
        try {
            new CoordinatorLeadershipSimulation(seed, Set.of(mistake)).run(EVENTS);
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }

    @ParameterizedTest
    @MethodSource("moves")
    void shouldStandAMoveAtEachStepOfALoadAndOfAnUnload(List<Integer> moves) {
        IntStream.range(0, 120).forEach(step -> {
            // given: broker 0 has led, and broker 1 has most of its log when it takes over
            CoordinatorLeadershipSimulation simulation = new CoordinatorLeadershipSimulation(step, Set.of());
            simulation.move(0);
            deliver(simulation, 100);
            for (int i = 0; i < 8; i++) {
                simulation.act(i % 4, 0, true);
                deliver(simulation, 100);
                simulation.replicate(i < 6 ? 100 : 0, false);
                simulation.replicate(0, false);
                deliver(simulation, 100);
            }
            simulation.replicate(1, false);
            simulation.move(1);
            simulation.act(0, 1, false);

            // when
            deliver(simulation, step);
            moves.forEach(simulation::move);
            simulation.act(1, 0, false);
            simulation.act(2, 1, false);

            // then
            simulation.settle();
        });
    }

    /** So many messages, of each queue in turn; a moment passes when there are none. */
    private static void deliver(CoordinatorLeadershipSimulation simulation, int messages) {
        for (int i = 0; i < messages; i++) {
            if (!simulation.deliver(i % CoordinatorLeadershipSimulation.QUEUES)) {
                simulation.advance(1);
            }
        }
    }
}
