package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.BrokerConfig;
import dev.weir.config.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    private final Listener listener =
            BrokerConfig.defaults().listeners().listeners().get(0);

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(listener.host()))) {
            List<Listener> wanted = List.of(listener.withPort(taken.getLocalPort()));

            assertThatThrownBy(() -> FreePorts.check(wanted, null))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining(
                            "cannot serve the Kafka protocol on " + listener.host() + ":" + taken.getLocalPort());
        }
    }

    @Test
    void shouldRefuseAPortThatHttpWantsToo() throws StartFailure {
        int port = FreePorts.free(listener.host());
        List<Listener> wanted = List.of(listener.withPort(port));

        assertThatThrownBy(() -> FreePorts.check(wanted, new InetSocketAddress(listener.host(), port)))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("http.port is the same");
        assertThatCode(() -> FreePorts.check(wanted, null)).doesNotThrowAnyException();
        assertThatCode(() -> FreePorts.check(wanted, new InetSocketAddress(listener.host(), 0)))
                .doesNotThrowAnyException();
    }
}
