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
    void shouldLetOneFrameGrowAboveTheBoundAndTheNextWhenItIsGone() {
        int first = RequestMemory.FIRST_BYTES;
        memory.reserve(first, () -> {});
        assertThat(memory.reserveRest(1000, () -> {})).isTrue();

        assertThat(memory.reserveRest(1000, () -> retried.add("rest"))).isFalse();
        assertThat(memory.reserve(1, () -> retried.add("first"))).isFalse();
        assertThat(memory.used()).isEqualTo(first + 1000);
        memory.release(first + 1000);

        assertThat(retried).containsExactly("rest", "first");
    }

    @Test
    void shouldNotLetFramesThatHaveTheirBeginningsWaitForEachOther() {
        int first = RequestMemory.FIRST_BYTES;
        RequestMemory two = new RequestMemory(2 * first);
        two.reserve(first, () -> {});
        two.reserve(first, () -> {});

        assertThat(two.reserveRest(first, () -> {})).isTrue();
        assertThat(two.reserveRest(first, () -> retried.add("other"))).isFalse();
        two.release(2 * first);

        assertThat(retried).containsExactly("other");
        assertThat(two.reserveRest(first, () -> {})).isTrue();
    }
}
