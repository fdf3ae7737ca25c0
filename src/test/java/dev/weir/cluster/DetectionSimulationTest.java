package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many random lives of the detection of dead brokers. {@code -Dweir.sim.seeds=10000} runs more of them,
 * {@code -Dweir.sim.first=4711} starts at a seed that has failed.
 */
class DetectionSimulationTest {
    @Test
    void shouldReportTheDeadInTimeAndNoOneElseOverManySeeds() {
        long first = Long.getLong("weir.sim.first", 1);
        long seeds = Long.getLong("weir.sim.seeds", 300);
        long reports = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            DetectionSimulation simulation = new DetectionSimulation(seed, DetectionMistake.NONE);
            simulation.keepsHistory = Boolean.getBoolean("weir.sim.print");
            try {
                simulation.run();
                reports += simulation.oracle.trueOnes;
            } catch (RuntimeException | AssertionError e) {
                simulation.history.forEach(System.out::println);
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(reports).as("brokers that were found dead").isGreaterThan(seeds);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFindEachPlantedMistake(DetectionMistake mistake) {
        int seeds = 2_000;
        long found = -1;
        for (long seed = 1; seed <= seeds && found < 0; seed++) {
            try {
                new DetectionSimulation(seed, mistake).run();
            } catch (RuntimeException | AssertionError e) {
                found = seed;
            }
        }

        assertThat(found).as("seed that finds " + mistake).isPositive();
    }
}
