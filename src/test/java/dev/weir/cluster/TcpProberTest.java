package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProberTest {
    private final TcpProber prober = new TcpProber(5_000);

    @AfterEach
    void close() {
        prober.close();
    }

    @Test
    void shouldTellWhetherSomebodyListens() throws IOException {
        Endpoint endpoint;
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            endpoint = new Endpoint("127.0.0.1", server.getLocalPort());
            assertThat(prober.probe(endpoint)).isEqualTo(ProbeOutcome.ACCEPTED);
        }
        assertThat(prober.probe(endpoint)).isEqualTo(ProbeOutcome.REFUSED);
    }

    @Test
    void shouldProveNothingByANameThatCannotBeLookedUp() {
        assertThat(prober.probe(new Endpoint("no-such-host.invalid", 1))).isEqualTo(ProbeOutcome.NOT_TRIED);
    }
}
