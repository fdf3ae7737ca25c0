package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many random lives of three replicas. {@code -Dweir.sim.seeds=10000} runs more of them, {@code -Dweir.sim.first=4711} starts at a
 * seed that has failed.
 */
class FollowerSimulationTest {
    private static final int SEEDS_FOR_A_MISTAKE = 3000;

    @Test
    void shouldAgreeOverManySeeds() {
        long first = Long.getLong("weir.sim.first", 1);
        long seeds = Long.getLong("weir.sim.seeds", 200);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new FollowerSimulation(seed, FollowerMistake.NONE).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFindAPlantedMistake(FollowerMistake mistake) {
        long found = 0;
        for (long seed = 1; seed <= SEEDS_FOR_A_MISTAKE && found == 0; seed++) {
            try {
                new FollowerSimulation(seed, mistake).run();
            } catch (Exception | AssertionError e) {
                found = seed;
            }
        }
        assertThat(found).as("the seed that finds it").isPositive();
    }
}
