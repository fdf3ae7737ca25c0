package dev.weir.partition.logdirs;

import static dev.weir.partition.logdirs.CheckpointFile.HIGH_WATERMARKS;
import static dev.weir.partition.logdirs.CheckpointFile.LOG_STARTS;
import static dev.weir.partition.logdirs.CheckpointFile.RECOVERY_POINTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Checkpoints that are asked for together are written together. */
class CheckpointRoundsTest {
    private static final Uuid ONE = new Uuid(1, 1);
    private static final Uuid OTHER = new Uuid(1, 2);

    private final List<Map<Uuid, Set<CheckpointFile>>> rounds = new ArrayList<>();
    private final Deque<Consumer<Set<Uuid>>> running = new ArrayDeque<>();
    private final CheckpointRounds checkpoints = new CheckpointRounds((wanted, done) -> {
        rounds.add(wanted);
        running.add(done);
    });
    private final List<String> told = new ArrayList<>();

    @Test
    void shouldWriteWhatComesDuringARoundInTheNextOneEachFileOnce() {
        ask("first", ONE, RECOVERY_POINTS);
        for (int i = 0; i < 100; i++) {
            ask("later " + i, i % 2 == 0 ? ONE : OTHER, LOG_STARTS, HIGH_WATERMARKS);
        }
        running.remove().accept(Set.of());
        assertThat(told).containsExactly("first true");
        running.remove().accept(Set.of());

        assertThat(rounds)
                .containsExactly(
                        Map.of(ONE, Set.of(RECOVERY_POINTS)),
                        Map.of(ONE, Set.of(LOG_STARTS, HIGH_WATERMARKS), OTHER, Set.of(LOG_STARTS, HIGH_WATERMARKS)));
        assertThat(told).hasSize(101).contains("later 0 true", "later 99 true");
    }

    @Test
    void shouldTellOnlyThoseWhoseDirectoryFailed() {
        ask("first", ONE, RECOVERY_POINTS);
        ask("one", ONE, RECOVERY_POINTS);
        ask("other", OTHER, RECOVERY_POINTS);
        running.remove().accept(Set.of());
        running.remove().accept(Set.of(OTHER));

        assertThat(told).containsExactly("first true", "one true", "other false");
    }

    @Test
    void shouldWriteNothingOlderOverTheLastRound() {
        ask("first", ONE, RECOVERY_POINTS);
        ask("second", ONE, RECOVERY_POINTS);

        checkpoints.close();
        ask("third", ONE, RECOVERY_POINTS);
        running.remove().accept(Set.of());

        assertThat(rounds).hasSize(1);
        assertThat(told).containsExactlyInAnyOrder("first true", "second false", "third false");
    }

    private void ask(String who, Uuid directory, CheckpointFile... files) {
        checkpoints.ask(Map.of(directory, Set.of(files)), written -> told.add(who + " " + written));
    }
}
