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
        quotas.admit(one, false);
        quotas.admit(one, false);

        assertThat(quotas.admit(one, false)).isEqualTo(Admission.TOO_MANY_FROM_ADDRESS);
        assertThat(quotas.admit(two, false)).isEqualTo(Admission.ADMITTED);
        quotas.closed(one, false);
        assertThat(quotas.admit(one, false)).isEqualTo(Admission.ADMITTED);
        assertThat(quotas.open()).isEqualTo(3);
    }

    @Test
    void shouldBoundAllConnections() {
        ConnectionQuotas quotas = new ConnectionQuotas(2, 2);
        quotas.admit(one, false);
        quotas.admit(two, false);

        assertThat(quotas.admit(one, false)).isEqualTo(Admission.TOO_MANY);
        quotas.closed(two, false);
        assertThat(quotas.admit(one, false)).isEqualTo(Admission.ADMITTED);
        assertThat(quotas.open()).isEqualTo(2);
    }

    @Test
    void shouldKeepPlacesForPeersThatClientsCannotTake() {
        ConnectionQuotas quotas = new ConnectionQuotas(1, 10);
        quotas.admit(one, false);

        assertThat(quotas.admit(one, true)).isEqualTo(Admission.ADMITTED);
        assertThat(quotas.admit(two, true)).isEqualTo(Admission.TOO_MANY);
        assertThat(quotas.open()).isEqualTo(2);
        quotas.closed(one, true);
        assertThat(quotas.admit(two, true)).isEqualTo(Admission.ADMITTED);
        assertThat(quotas.admit(two, false)).isEqualTo(Admission.TOO_MANY);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
