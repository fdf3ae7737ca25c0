package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RareLineTest {
    private final RareLine line = new RareLine(1_000);

    @Test
    void shouldTakeTheFirstOfLinesThatAreTheSameAndThenOneInALongWhile() {
        assertThat(line.takes("taken", 5)).isTrue();
        assertThat(line.takes("taken", 6)).isFalse();
        assertThat(line.takes("taken", 1_004)).isFalse();
        assertThat(line.takes("taken", 1_005)).isTrue();
        assertThat(line.takes("taken", 1_006)).isFalse();
    }

    @Test
    void shouldTakeALineThatSaysSomethingElse() {
        line.takes("taken", 5);

        assertThat(line.takes("no such host", 6)).isTrue();
        assertThat(line.takes("taken", 7)).isTrue();
    }

    @Test
    void shouldTakeTheSameLineAgainWhenItsCauseHadEnded() {
        line.takes("taken", 5);

        line.ended();

        assertThat(line.takes("taken", 6)).isTrue();
    }
}
