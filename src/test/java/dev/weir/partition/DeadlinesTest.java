package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.partition.Deadlines.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines();
    private final List<String> ran = new ArrayList<>();

    @Test
    void shouldNeverRunEarlyAndAtMostATickLate() {
        for (int ms = 0; ms < 23; ms++) {
            long deadline = 1_000L + ms;
            Deadlines one = new Deadlines();
            List<String> done = new ArrayList<>();
            one.schedule(deadline, () -> done.add("ran"));

            one.expire(deadline - 1);
            assertThat(done).isEmpty();
            assertThat(one.nextMs()).isBetween(deadline, deadline + Deadlines.TICK_MS - 1);
            one.expire(deadline + Deadlines.TICK_MS - 1);
            assertThat(done).containsExactly("ran");
        }
    }

    @Test
    void shouldRunWhatIsDueInOrderOfTime() {
        deadlines.schedule(30, () -> ran.add("c"));
        deadlines.schedule(10, () -> ran.add("a"));
        deadlines.schedule(20, () -> ran.add("b"));
        deadlines.schedule(90, () -> ran.add("later"));

        deadlines.expire(50);

        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(deadlines.size()).isEqualTo(1);
        assertThat(deadlines.nextMs()).isEqualTo(90);
    }

    @Test
    void shouldLeaveNothingOfACancelledEntry() {
        Entry entry = deadlines.schedule(10, () -> ran.add("never"));

        deadlines.cancel(entry);
        deadlines.cancel(entry);
        deadlines.cancel(null);
        deadlines.expire(100);

        assertThat(ran).isEmpty();
        assertThat(deadlines.size()).isZero();
        assertThat(deadlines.nextMs()).isEqualTo(-1);
    }

    @Test
    void shouldNotRunWhatAnotherDueEntryCancels() {
        Entry[] second = new Entry[1];
        deadlines.schedule(10, () -> deadlines.cancel(second[0]));
        second[0] = deadlines.schedule(10, () -> ran.add("cancelled"));

        deadlines.expire(10);

        assertThat(ran).isEmpty();
    }

    @Test
    void shouldKeepTheOthersWhenOneThrows() {
        deadlines.schedule(10, () -> {
            throw new IllegalStateException("a bug");
        });
        deadlines.schedule(10, () -> ran.add("other"));

        assertThatThrownBy(() -> deadlines.expire(10)).isInstanceOf(IllegalStateException.class);
        deadlines.expire(10);

        assertThat(ran).containsExactly("other");
    }
}
