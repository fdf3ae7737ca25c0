package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.network.RequestMemory.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private final RequestMemory memory = new RequestMemory(100);
    private final List<String> retried = new ArrayList<>();

    @Test
    void shouldGiveWhileAnythingIsLeft() {
        take(99);
        take(500);

        assertThat(memory.reserve(1, () -> {})).isNull();
        assertThat(memory.used()).isEqualTo(599);
    }

    @Test
    void shouldCallEverybodyWhoWaitsOnceWhenThereIsMemoryAgain() {
        Reservation large = take(50);
        Reservation larger = take(100);
        memory.reserve(1, () -> retried.add("a"));
        memory.reserve(1, () -> retried.add("b"));

        large.release();
        assertThat(retried).isEmpty();
        larger.release();
        larger.release();

        assertThat(retried).containsExactly("a", "b");
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldForgetWhoCancels() {
        Runnable waiter = () -> retried.add("gone");
        Reservation all = take(100);
        memory.reserve(1, waiter);

        memory.cancel(waiter);
        all.release();

        assertThat(retried).isEmpty();
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldLetFramesGrowWhileAnythingIsLeft() {
        Reservation one = take(10);
        Reservation other = take(10);

        assertThat(one.more(40, () -> {})).isTrue();
        assertThat(other.more(60, () -> {})).isTrue();

        assertThat(memory.used()).isEqualTo(120);
        one.release();
        other.release();
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldLetOneFrameAtATimeGrowAboveTheBound() {
        Reservation one = take(50);
        Reservation other = take(50);

        assertThat(one.more(100, () -> {})).isTrue();
        assertThat(one.more(200, () -> {})).isTrue();
        assertThat(other.more(100, () -> retried.add("other"))).isFalse();
        assertThat(memory.reserve(1, () -> retried.add("new"))).isNull();
        assertThat(memory.used()).isEqualTo(400);
        one.release();

        assertThat(retried).containsExactly("other", "new");
        assertThat(other.more(100, () -> {})).isTrue();
    }

    @Test
    void shouldLetTheNextFrameGrowWhenTheOneAboveTheBoundIsGoneThoughNothingIsLeft() {
        Reservation one = take(50);
        Reservation other = take(200);
        one.more(10, () -> {});
        other.more(10, () -> retried.add("other"));

        one.release();

        assertThat(retried).containsExactly("other");
        assertThat(other.more(10, () -> {})).isTrue();
    }

    private Reservation take(long bytes) {
        return Objects.requireNonNull(memory.reserve(bytes, () -> {}));
    }
}
