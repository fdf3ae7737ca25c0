package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HousekeepingPaceTest {
    private final HousekeepingPace pace = new HousekeepingPace();

    @Test
    void shouldLookEverySecondWhileSomethingWaits() {
        assertThat(pace.stir()).as("before the first look").isFalse();

        assertThat(pace.next(true)).isEqualTo(HousekeepingPace.BUSY_MS);

        assertThat(pace.stir()).isFalse();
    }

    @Test
    void shouldShortenALongWaitOnce() {
        assertThat(pace.next(false)).isEqualTo(HousekeepingPace.QUIET_MS);

        assertThat(pace.stir()).isTrue();
        assertThat(pace.stir()).isFalse();
        assertThat(pace.next(false)).isEqualTo(HousekeepingPace.QUIET_MS);
        assertThat(pace.stir()).isTrue();
    }

    @Test
    void shouldNotLookAfterTheEnd() {
        pace.next(false);

        pace.end();

        assertThat(pace.stir()).isFalse();
        assertThat(pace.next(true)).isNegative();
    }
}
