package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HousekeepingBackoffTest {
    private final HousekeepingBackoff backoff = new HousekeepingBackoff();

    @Test
    void shouldLookEverySecondWhileSomethingWaits() {
        assertThat(backoff.wake()).as("before the first look").isFalse();

        assertThat(backoff.next(true)).isEqualTo(HousekeepingBackoff.BUSY_MS);

        assertThat(backoff.wake()).isFalse();
    }

    @Test
    void shouldShortenALongWaitOnce() {
        assertThat(backoff.next(false)).isEqualTo(HousekeepingBackoff.QUIET_MS);

        assertThat(backoff.wake()).isTrue();
        assertThat(backoff.wake()).isFalse();
        assertThat(backoff.next(false)).isEqualTo(HousekeepingBackoff.QUIET_MS);
        assertThat(backoff.wake()).isTrue();
    }

    @Test
    void shouldNotLookAfterTheEnd() {
        backoff.next(false);

        backoff.end();

        assertThat(backoff.wake()).isFalse();
        assertThat(backoff.next(true)).isNegative();
    }
}
