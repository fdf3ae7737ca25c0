package dev.weir.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(20, 200);

    @Test
    void shouldDoubleUpToTheBound() {
        assertThat(IntStream.range(0, 6).map(i -> backoff.failed(0))).containsExactly(20, 40, 80, 160, 200, 200);
    }

    @Test
    void shouldBeShorterByUpToHalfAtRandom() {
        assertThat(backoff.failed(0.5)).isEqualTo(15);
        assertThat(backoff.failed(0.999999)).isEqualTo(20);
    }

    @Test
    void shouldBeginAgainAfterASuccess() {
        backoff.failed(0);
        backoff.failed(0);

        backoff.succeeded();

        assertThat(backoff.failed(0)).isEqualTo(20);
    }

    @Test
    void shouldNotOverflow() {
        assertThat(IntStream.range(0, 100).map(i -> backoff.failed(0)).max()).hasValue(200);
    }
}
