package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkSettingsTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "3, 3", "4, 5", "5, 5", "6, 7", "8, 11", "9, 11", "16, 17", "24, 25", "64, 65"})
    void shouldTakeANumberOfEventLoopsThatTheConnectionsOfAClientDoNotDivide(int processors, int loops) {
        assertThat(NetworkSettings.eventLoops(processors)).isEqualTo(loops);
    }
}
