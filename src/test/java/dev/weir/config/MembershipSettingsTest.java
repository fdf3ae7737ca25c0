package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembershipSettingsTest {
    @Test
    void shouldServeThisMachineByDefault() {
        assertThat(BrokerConfig.defaults().membership())
                .isEqualTo(new MembershipSettings(true, "localhost", 5701, List.of(), null));
    }

    @Test
    void shouldTakeWhatIsGiven() {
        MembershipSettings settings = BrokerConfig.of(Map.of(
                        "cluster.membership", "none",
                        "cluster.membership.host", "10.0.0.1",
                        "cluster.membership.port", "7000",
                        "cluster.membership.members", "a, b.example:7001,[::1]:9",
                        "cluster.membership.kubernetes.service", "weir.default.svc.cluster.local"))
                .membership();

        assertThat(settings)
                .isEqualTo(new MembershipSettings(
                        false,
                        "10.0.0.1",
                        7000,
                        List.of("a", "b.example:7001", "[::1]:9"),
                        "weir.default.svc.cluster.local"));
    }

    @ParameterizedTest
    @CsvSource({
        "cluster.membership, zookeeper",
        "cluster.membership.host, 0.0.0.0",
        "cluster.membership.host, '[::]'",
        "cluster.membership.port, 0",
        "cluster.membership.port, 65536",
        "cluster.membership.members, a:0",
        "cluster.membership.members, a:70000",
        "cluster.membership.members, a b",
        "cluster.membership.members, http://a:1",
        "cluster.membership.kubernetes.service, a/b",
    })
    void shouldRefuseAValueOutsideTheBounds(String name, String value) {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of(name, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }
}
