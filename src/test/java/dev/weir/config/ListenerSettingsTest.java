package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerSettingsTest {
    private static final Map<String, String> THREE = Map.of(
            "listeners",
            "PLAINTEXT://a:1,INSIDE://a:2,CONTROLLER://a:3",
            "listener.security.protocol.map",
            "INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT,OUT:PLAINTEXT");

    @Test
    void shouldServeEverythingOnTheOnlyListener() {
        ListenerSettings settings = settings(Map.of());

        assertThat(settings.interBroker()).isEqualTo("PLAINTEXT");
        assertThat(settings.controllerListener()).isEqualTo("PLAINTEXT");
        assertThat(settings.isForBrokers("PLAINTEXT")).isTrue();
        assertThat(settings.isForControllers("PLAINTEXT")).isTrue();
        assertThat(settings.isForPeersOnly("PLAINTEXT")).isFalse();
        assertThat(settings.ofController()).isEqualTo(settings.ofBroker());
    }

    @Test
    void shouldKeepControllersBrokersAndClientsApart() {
        ListenerSettings settings =
                settings(Map.of("inter.broker.listener.name", "inside", "controller.listener.names", "controller"));

        assertThat(settings.interBroker()).isEqualTo("INSIDE");
        assertThat(settings.controllerListener()).isEqualTo("CONTROLLER");
        assertThat(names(settings.ofBroker())).containsExactly("PLAINTEXT", "INSIDE");
        assertThat(names(settings.ofController())).containsExactly("CONTROLLER");
        assertThat(settings.isForControllers("INSIDE")).isFalse();
        assertThat(settings.isForBrokers("CONTROLLER")).isFalse();
        assertThat(List.of("PLAINTEXT", "INSIDE", "CONTROLLER"))
                .filteredOn(settings::isForPeersOnly)
                .containsExactly("INSIDE", "CONTROLLER");
    }

    @Test
    void shouldTakeTheFirstListenerOfBrokersIfNoneIsNamedPlaintext() {
        BrokerConfig config = BrokerConfig.of(Map.of(
                "listeners",
                "CONTROLLER://a:3,INSIDE://a:2",
                "controller.listener.names",
                "CONTROLLER",
                "listener.security.protocol.map",
                "INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT"));

        assertThat(config.listeners().interBroker()).isEqualTo("INSIDE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inter.broker.listener.name|OUT|inter.broker.listener.name=OUT is not valid: it must be one of the listeners, PLAINTEXT, INSIDE, CONTROLLER",
                "inter.broker.listener.name|a b|inter.broker.listener.name=a b is not valid: it must be the name of a listener",
                "controller.listener.names|OUT|controller.listener.names names OUT, which listeners doesn't have; name one of PLAINTEXT, INSIDE, CONTROLLER or add it to listeners",
                "controller.listener.names|PLAINTEXT,INSIDE,CONTROLLER|controller.listener.names names every listener; clients need one that is not for controllers",
                "controller.listener.names|a b|controller.listener.names=a b is not valid: it must be a list of names of listeners",
                "listener.security.protocol.map|INSIDE:SSL,CONTROLLER:PLAINTEXT|listener INSIDE wants SSL, but only PLAINTEXT can be served",
            })
    void shouldSayWhatIsWrong(String name, String value, String message) {
        Map<String, String> given = new HashMap<>(THREE);
        given.put(name, value);

        assertThatThrownBy(() -> BrokerConfig.of(given))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void shouldRefuseAnInterBrokerListenerThatIsForControllers() {
        assertThatThrownBy(() -> settings(
                        Map.of("inter.broker.listener.name", "CONTROLLER", "controller.listener.names", "CONTROLLER")))
                .hasMessage("inter.broker.listener.name=CONTROLLER is also in controller.listener.names; name another"
                        + " listener, or leave controller.listener.names unset to use one for both");
    }

    private static ListenerSettings settings(Map<String, String> more) {
        Map<String, String> given = new HashMap<>(more.isEmpty() ? Map.of() : THREE);
        given.putAll(more);
        return BrokerConfig.of(given).listeners();
    }

    private static List<String> names(List<Listener> listeners) {
        return listeners.stream().map(Listener::name).toList();
    }
}
