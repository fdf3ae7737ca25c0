package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A move waits as its rate says, and no longer than the rate holds. */
class MoveThrottleTest {
    private long rate = 2_000;
    private final MoveThrottle throttle = new MoveThrottle(() -> rate, 2);

    @Test
    void shouldHoldAShardToItsShareOfTheRate() {
        long nowMs = 1_000;
        throttle.waitMs(nowMs);
        throttle.spend(250, nowMs);
        long waited = 0;
        while (throttle.waitMs(nowMs) > 0) {
            waited += throttle.waitMs(nowMs);
            nowMs += throttle.waitMs(nowMs);
        }

        assertThat(waited).isEqualTo(250);
    }

    @Test
    void shouldWaitInShortPiecesAndSeeAnAlteredRate() {
        throttle.spend(1_000_000, 1_000);
        assertThat(throttle.waitMs(1_000)).isEqualTo(MoveThrottle.MOST_MS);
        assertThat(throttle.waitMs(60_000)).isEqualTo(MoveThrottle.MOST_MS);

        rate = 4_000;

        assertThat(throttle.waitMs(60_000)).isZero();
        throttle.spend(200, 60_000);
        assertThat(throttle.waitMs(60_000)).isEqualTo(100);
    }
}
