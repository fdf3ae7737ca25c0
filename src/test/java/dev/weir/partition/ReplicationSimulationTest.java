package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many random lives of a replicated partition. {@code -Dweir.sim.seeds=10000} runs more of them, {@code -Dweir.sim.first=4711}
 * starts at a seed that has failed, {@code -Dweir.sim.print=true} shows what happened in it.
 */
class ReplicationSimulationTest {
    @Test
    void shouldKeepEveryPromiseOverManySeeds() {
        long first = Long.getLong("weir.sim.first", 1);
        long seeds = Long.getLong("weir.sim.seeds", 200);
        long acked = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            ReplicationSimulation simulation = new ReplicationSimulation(seed, ReplicationMistake.NONE);
            simulation.keepsHistory = Boolean.getBoolean("weir.sim.print");
            try {
                simulation.run();
            } catch (RuntimeException | AssertionError e) {
                simulation.history.forEach(System.out::println);
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            acked += simulation.oracle.acked();
        }

        assertThat(acked).as("records answered for").isGreaterThan(20 * seeds);
    }

    /** Those left out need so much to come together that {@link ReplicationScenarioTest} makes it come. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "NONE",
                "POSITION_OF_A_FORMER_INCARNATION",
                "REFUSAL_ENDS_A_PROPOSAL",
                "PROPOSES_THE_EPOCH_OF_A_LATER_FETCH"
            })
    void shouldFindEachPlantedMistake(ReplicationMistake mistake) {
        int seeds = 2_000;
        long found = -1;
        for (long seed = 1; seed <= seeds && found < 0; seed++) {
            try {
                new ReplicationSimulation(seed, mistake).run();
            } catch (RuntimeException | AssertionError e) {
                found = seed;
            }
        }

        assertThat(found).as("seed that finds " + mistake).isPositive();
    }
}
