package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.network.ConnectionQuotas.Place;
import dev.weir.network.NetworkOptions.Use;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionQuotasTest {
    private final InetAddress one = address(1);
    private final InetAddress two = address(2);

    @Test
    void shouldBoundTheConnectionsOfAnAddress() {
        ConnectionQuotas quotas = new ConnectionQuotas(10, 2);
        Place first = quotas.admit(one, Use.CLIENTS);
        quotas.admit(one, Use.CLIENTS);

        Place third = quotas.admit(one, Use.CLIENTS);
        assertThat(third.isOut()).isTrue();
        assertThat(third.over()).isEqualTo("max.connections.per.ip");
        assertThat(quotas.admit(two, Use.CLIENTS).isOut()).isFalse();
        first.closed();
        assertThat(quotas.admit(one, Use.CLIENTS).isOut()).isFalse();
        assertThat(quotas.open()).isEqualTo(3);
    }

    @Test
    void shouldBoundAllConnections() {
        ConnectionQuotas quotas = new ConnectionQuotas(2, 2);
        quotas.admit(one, Use.CLIENTS);
        Place second = quotas.admit(two, Use.CLIENTS);

        Place third = quotas.admit(one, Use.CLIENTS);
        assertThat(third.isOut()).isTrue();
        assertThat(third.over()).isEqualTo("max.connections");
        second.closed();
        second.closed();
        assertThat(quotas.admit(one, Use.CLIENTS).isOut()).isFalse();
        assertThat(quotas.open()).isEqualTo(2);
    }

    @Test
    void shouldKeepPlacesOnABrokersListenerThatClientsCannotTake() {
        ConnectionQuotas quotas = new ConnectionQuotas(1, 10);
        quotas.admit(one, Use.CLIENTS);

        Place broker = quotas.admit(one, Use.BROKERS);
        assertThat(broker.isOut()).isFalse();
        assertThat(quotas.admit(two, Use.BROKERS).isOut()).isTrue();
        assertThat(quotas.open()).isEqualTo(2);
        broker.closed();
        assertThat(quotas.admit(two, Use.BROKERS).isOut()).isFalse();
        assertThat(quotas.admit(two, Use.CLIENTS).isOut()).isTrue();
    }

    @Test
    void shouldLetABrokerInAboveTheLimitsOfAListenerForBoth() {
        for (ConnectionQuotas quotas : List.of(new ConnectionQuotas(1, 10), new ConnectionQuotas(10, 1))) {
            quotas.admit(one, Use.BOTH);

            Place above = quotas.admit(one, Use.BOTH);
            assertThat(above.isOnProbation()).isTrue();
            above.ofBroker();

            assertThat(above.isOnProbation()).isFalse();
            assertThat(above.isOfBroker()).isTrue();
            assertThat(quotas.open()).isEqualTo(2);
        }
    }

    @Test
    void shouldGiveTheNewestOnProbationThePlaceOfTheOldest() {
        ConnectionQuotas quotas = new ConnectionQuotas(0, 10);
        List<Integer> pushedOut = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < ConnectionQuotas.ON_PROBATION + 2; i++) {
            int number = i;
            Place place = quotas.admit(one, Use.BOTH);
            place.onPushedOut(() -> pushedOut.add(number));
            places.add(place);
        }

        assertThat(pushedOut).containsExactly(0, 1);
        assertThat(places.get(0).isOut()).isTrue();
        assertThat(places.get(2).isOnProbation()).isTrue();
        places.get(0).closed();
        places.get(2).closed();
        assertThat(quotas.open()).isEqualTo(ConnectionQuotas.ON_PROBATION - 1);
    }

    @Test
    void shouldNotCountABrokerAmongTheClients() {
        ConnectionQuotas quotas = new ConnectionQuotas(1, 1);
        Place broker = quotas.admit(one, Use.BOTH);

        broker.ofBroker();
        broker.ofBroker();

        assertThat(quotas.admit(one, Use.BOTH).isOnProbation()).isFalse();
        assertThat(quotas.admit(one, Use.BOTH).isOnProbation()).isTrue();
        assertThat(quotas.open()).isEqualTo(3);
        broker.closed();
        assertThat(quotas.open()).isEqualTo(2);
    }

    @Test
    void shouldBoundTheConnectionsThatSayTheyAreBrokers() {
        ConnectionQuotas quotas = new ConnectionQuotas(Integer.MAX_VALUE, Integer.MAX_VALUE);
        for (int i = 0; i < ConnectionQuotas.OF_BROKERS; i++) {
            quotas.admit(one, Use.BOTH).ofBroker();
        }

        Place more = quotas.admit(one, Use.BOTH);
        more.ofBroker();

        assertThat(more.isOfBroker()).isFalse();
        assertThat(more.isOut()).isFalse();
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
