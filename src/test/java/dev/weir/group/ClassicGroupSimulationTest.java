package dev.weir.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random joins, leaves, deaths, lost answers, clock jumps and crashes; {@code -Dweir.sim.seeds=N} runs more of them. */
class ClassicGroupSimulationTest {
    static LongStream seeds() {
        long first = Long.getLong("weir.sim.first", 1);
        return LongStream.range(first, first + Integer.getInteger("weir.sim.seeds", 12));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepItsPromises(long seed) {
        ClassicGroupSimulation simulation = new ClassicGroupSimulation(seed);

        simulation.run(2_000);

        assertThat(simulation.stableGenerations).isPositive();
    }
}
