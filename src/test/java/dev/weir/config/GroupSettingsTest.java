package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupSettingsTest {
    @Test
    void shouldTakeTheBrokersValuesUnlessTheGroupHasItsOwn() {
        // given
        BrokerConfig broker = BrokerConfig.of(Map.of("group.consumer.session.timeout.ms", "50000"));

        // when
        GroupConfig group = GroupSettings.toGroupConfig(broker, Map.of("consumer.heartbeat.interval.ms", "6000"));

        // then
        assertThat(group).isEqualTo(new GroupConfig(50_000, 6_000, 100));
    }

    @Test
    void shouldMoveAValueIntoTheBrokersBounds() {
        // when
        GroupConfig group = GroupSettings.toGroupConfig(
                BrokerConfig.defaults(),
                Map.of(
                        "consumer.session.timeout.ms", "1",
                        "consumer.heartbeat.interval.ms", "99999",
                        "consumer.assignment.interval.ms", "15001"));

        // then
        assertThat(group).isEqualTo(new GroupConfig(45_000, 15_000, 15_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "consumer.session.timeout.ms|50000|",
                "consumer.session.timeout.ms|60001|consumer.session.timeout.ms=60001 is not valid: this broker allows from 45000 to 60000",
                "consumer.heartbeat.interval.ms|1|consumer.heartbeat.interval.ms=1 is not valid: this broker allows from 5000 to 15000",
                "consumer.heartbeat.interval.ms|often|consumer.heartbeat.interval.ms=often is not valid: it must be a whole number of 32 bits, at least 1",
                "consumer.heartbeat|1|Unknown group config name: consumer.heartbeat"
            })
    void shouldCheckAGroupsSettings(String name, String value, String problem) {
        assertThat(GroupSettings.problem(BrokerConfig.defaults(), Map.of(name, value)))
                .isEqualTo(Optional.ofNullable(problem));
    }
}
