package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.file.InterceptedLogFiles.Mistake;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Many random lives of a log that moves; {@code -Dweir.sim.seeds} and {@code -Dweir.sim.first} as for logs that stay. */
class LogMoveSimulationTest {
    private static final int SEEDS_TO_FIND = 400;

    @Test
    void shouldKeepTheLogWholeOverManySeeds() {
        long first = Long.getLong("weir.sim.first", 1);
        long seeds = Long.getLong("weir.sim.seeds", 150);
        int moved = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                moved += new LogMoveSimulation(seed, new Mistake() {}).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat((long) moved).as("moves completed").isGreaterThan(seeds / 2);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("the copy's log not synced", new Mistake() {
                    @Override
                    public boolean forgetsForce(Path path) {
                        return path.toString().contains("-future")
                                && path.toString().endsWith(".log");
                    }
                }),
                Arguments.of("the names in the copy not synced", new Mistake() {
                    @Override
                    public boolean forgetsDirectorySync(Path directory) {
                        return directory.toString().endsWith("-future");
                    }
                }),
                Arguments.of("a complete copy not marked as such", new Mistake() {
                    @Override
                    public ByteBuffer falsified(Path path, ByteBuffer bytes) {
                        return path.endsWith("weir-copied.tmp") ? bytes.slice(0, bytes.remaining() - 2) : bytes;
                    }
                }),
                Arguments.of("the copy not cut where the log was", new Mistake() {
                    @Override
                    public boolean forgetsTruncate(Path path) {
                        return path.toString().contains("-future")
                                && path.toString().endsWith(".log");
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void shouldFindAPlantedMistake(String name, Mistake mistake) {
        int found = 0;
        for (long seed = 1; seed <= SEEDS_TO_FIND && found == 0; seed++) {
            try {
                new LogMoveSimulation(seed, mistake).run();
            } catch (Exception | AssertionError e) {
                found++;
            }
        }

        assertThat(found).as("seeds that find: %s", name).isPositive();
    }
}
