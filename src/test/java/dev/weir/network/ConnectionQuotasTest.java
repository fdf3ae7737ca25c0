package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.network.ConnectionQuotas.Admission;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionQuotasTest {
    private final InetAddress one = address(1);
    private final InetAddress two = address(2);

    @Test
    void shouldBoundTheConnectionsOfAnAddress() {
        ConnectionQuotas quotas = new ConnectionQuotas(10, 2);
        quotas.admit(one);
        quotas.admit(one);

        assertThat(quotas.admit(one)).isEqualTo(Admission.TOO_MANY_FROM_ADDRESS);
        assertThat(quotas.admit(two)).isEqualTo(Admission.ADMITTED);
        quotas.closed(one);
        assertThat(quotas.admit(one)).isEqualTo(Admission.ADMITTED);
        assertThat(quotas.open()).isEqualTo(3);
    }

    @Test
    void shouldBoundAllConnections() {
        ConnectionQuotas quotas = new ConnectionQuotas(2, 2);
        quotas.admit(one);
        quotas.admit(two);

        assertThat(quotas.admit(one)).isEqualTo(Admission.TOO_MANY);
        quotas.closed(two);
        assertThat(quotas.admit(one)).isEqualTo(Admission.ADMITTED);
        assertThat(quotas.open()).isEqualTo(2);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
