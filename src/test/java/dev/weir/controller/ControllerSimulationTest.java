package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many random lives of a controller's decisions. {@code -Dweir.sim.seeds=10000} runs more of them, {@code -Dweir.sim.first=4711}
 * starts at a seed that has failed.
 */
class ControllerSimulationTest {
    @Test
    void shouldKeepEveryPromiseOverManySeeds() {
        long first = Long.getLong("weir.sim.first", 1);
        long seeds = Long.getLong("weir.sim.seeds", 100);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new ControllerSimulation(seed, ControllerMistake.NONE).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFindEachPlantedMistake(ControllerMistake mistake) {
        // Recorded refusals hide this one from nearly all seeds.
        int first = mistake == ControllerMistake.BROKER_EPOCH_NOT_CHECKED ? 4_400 : 1;
        int seeds = 1_000;
        long found = -1;
        for (long seed = first; seed < first + seeds && found < 0; seed++) {
            try {
                new ControllerSimulation(seed, mistake).run();
            } catch (RuntimeException | AssertionError e) {
                found = seed;
            }
        }

        assertThat(found).as("seed that finds " + mistake).isPositive();
    }
}
