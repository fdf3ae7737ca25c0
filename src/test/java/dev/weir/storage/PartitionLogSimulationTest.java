package dev.weir.storage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many random lives of a log against a simple model. {@code -Dweir.sim.seeds=10000} runs more of them, {@code
 * -Dweir.sim.first=4711} starts at a seed that has failed.
 */
class PartitionLogSimulationTest {
    @Test
    void shouldKeepEveryPromiseOverManySeeds() {
        long first = Long.getLong("weir.sim.first", 1);
        long seeds = Long.getLong("weir.sim.seeds", 300);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new LogSimulation(seed, LogMistake.NONE).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * An index entry that points before its file; a snapshot in which compaction had closed a transaction whose marker was
     * yet to come; a table of epochs left torn by a write that failed, and one damaged where compaction has left a gap.
     */
    @ParameterizedTest
    @ValueSource(longs = {487, 1200, 6829, 7590})
    void shouldKeepEveryPromiseForASeedThatOnceFoundAMistake(long seed) throws Exception {
        new LogSimulation(seed, LogMistake.NONE).run();
    }
}
