package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private final RequestMemory memory = new RequestMemory(100);
    private final List<String> retried = new ArrayList<>();

    @Test
    void shouldGiveWhileAnythingIsLeft() {
        assertThat(memory.reserve(99, () -> {})).isTrue();
        assertThat(memory.reserve(500, () -> {})).isTrue();
        assertThat(memory.reserve(1, () -> {})).isFalse();
        assertThat(memory.used()).isEqualTo(599);
    }

    @Test
    void shouldCallEverybodyWhoWaitsOnceWhenThereIsMemoryAgain() {
        memory.reserve(150, () -> {});
        memory.reserve(1, () -> retried.add("a"));
        memory.reserve(1, () -> retried.add("b"));

        memory.release(50);
        assertThat(retried).isEmpty();
        memory.release(1);
        memory.release(1);

        assertThat(retried).containsExactly("a", "b");
    }

    @Test
    void shouldForgetWhoCancels() {
        Runnable waiter = () -> retried.add("gone");
        memory.reserve(100, () -> {});
        memory.reserve(1, waiter);

        memory.cancel(waiter);
        memory.release(100);

        assertThat(retried).isEmpty();
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldCountWhatGrowsAboveTheBound() {
        memory.overdraw(300);

        assertThat(memory.used()).isEqualTo(300);
        assertThat(memory.reserve(1, () -> {})).isFalse();
    }
}
