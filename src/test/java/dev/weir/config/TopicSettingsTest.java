package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {
    private static final BrokerConfig DEFAULTS = BrokerConfig.defaults();
    private static final long HOUR = 3_600_000;

    @Test
    void shouldGiveLogsTheDefaultsOfKafka() {
        // when
        LogConfig log = TopicSettings.toLogConfig(DEFAULTS, Map.of());

        // then
        assertThat(log)
                .isEqualTo(new LogConfig(
                        1 << 30,
                        168 * HOUR,
                        0,
                        10 << 20,
                        4096,
                        168 * HOUR,
                        -1,
                        60_000,
                        24 * HOUR,
                        0,
                        Long.MAX_VALUE,
                        0.5,
                        false,
                        true,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        1_048_588,
                        "producer",
                        -1,
                        9,
                        3,
                        TimestampType.CREATE_TIME,
                        Long.MAX_VALUE,
                        HOUR,
                        1,
                        false,
                        false));
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.hours=1, 3600000",
        "log.retention.hours=-1, -1",
        "log.retention.hours=1;log.retention.minutes=1, 60000",
        "log.retention.hours=1;log.retention.minutes=1;log.retention.ms=1, 1"
    })
    void shouldTakeRetentionFromTheMostSpecificBrokerSetting(String given, long retentionMs) {
        // given
        BrokerConfig broker = BrokerConfig.of(settings(given));

        // when
        LogConfig log = TopicSettings.toLogConfig(broker, Map.of());

        // then
        assertThat(log.retentionMs()).isEqualTo(retentionMs);
    }

    @Test
    void shouldPreferTheTopicThenTheAlteredThenTheGivenValue() {
        // given
        BrokerConfig broker = BrokerConfig.of(
                        Map.of("log.segment.bytes", "2000000", "log.roll.hours", "1", "log.index.interval.bytes", "1"))
                .withDynamic(Map.of("log.segment.bytes", "3000000", "log.roll.ms", "5"), Map.of());

        // when
        LogConfig log = TopicSettings.toLogConfig(broker, Map.of("segment.bytes", "4000000"));

        // then
        assertThat(log.segmentBytes()).isEqualTo(4_000_000);
        assertThat(log.segmentMs()).isEqualTo(5);
        assertThat(log.indexIntervalBytes()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"compact, true, false", "delete, false, true", "'compact,delete', true, true", "'', false, false"})
    void shouldReadTheCleanupPolicy(String policy, boolean compact, boolean delete) {
        // when
        LogConfig log = TopicSettings.toLogConfig(DEFAULTS, Map.of("cleanup.policy", policy));

        // then
        assertThat(log.compact()).isEqualTo(compact);
        assertThat(log.delete()).isEqualTo(delete);
    }

    @Test
    void shouldPassOverAStoredValueThatIsNotValid() {
        // when
        LogConfig log = TopicSettings.toLogConfig(DEFAULTS, Map.of("segment.bytes", "small", "gone.setting", "1"));

        // then
        assertThat(log).isEqualTo(TopicSettings.toLogConfig(DEFAULTS, Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retention.ms=100;cleanup.policy=compact|",
                "retention.mss=100|Unknown topic config name: retention.mss",
                "retention.ms=soon|retention.ms=soon is not valid: it must be a whole number of 64 bits, at least -1",
                "compression.gzip.level=0|compression.gzip.level=0 is not valid: it must be a whole number of 32 bits, -1 or from 1 to 9",
                "min.compaction.lag.ms=9;max.compaction.lag.ms=8|min.compaction.lag.ms=9 is not valid: it must not be more than max.compaction.lag.ms=8"
            })
    void shouldCheckATopicsSettings(String given, String problem) {
        // when / then
        assertThat(TopicSettings.problem(DEFAULTS, settings(given))).isEqualTo(Optional.ofNullable(problem));
    }

    private static Map<String, String> settings(String text) {
        return Arrays.stream(text.split(";"))
                .map(entry -> entry.split("="))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }
}
