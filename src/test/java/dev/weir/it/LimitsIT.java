package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bounds on connections that an operator sets. */
class LimitsIT {
    private Path home = Path.of("");

    private final List<RawClient> clients = new ArrayList<>();

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    @AfterEach
    void close() {
        clients.forEach(RawClient::close);
    }

    @Test
    void shouldRefuseMoreConnectionsThanAllowed() {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home, "max.connections=10")) {
            for (int i = 0; i < 10; i++) {
                assertServed(open(broker));
            }

            // when
            RawClient one = open(broker);

            // then
            assertThat(one.isClosedByPeer()).isTrue();
            assertThat(broker.metric("weir_network_connections_refused_total")).isEqualTo(1);
            clients.get(0).close();
            Await.until(() -> broker.metric("weir_network_connections") == 9);
            assertServed(open(broker));
        }
    }

    @Test
    void shouldRefuseMoreConnectionsOfOneAddressThanAllowedAndCloseIdleOnes() {
        // given
        try (BrokerProcess broker =
                BrokerProcess.start(home, "max.connections.per.ip=3", "connections.max.idle.ms=2000")) {
            for (int i = 0; i < 3; i++) {
                assertServed(open(broker));
            }

            // when
            RawClient one = open(broker);

            // then
            assertThat(one.isClosedByPeer()).isTrue();
            clients.subList(0, 3)
                    .forEach(idle -> assertThat(idle.isClosedByPeer()).isTrue());
            assertThat(broker.metric("weir_network_connections")).isZero();
            assertThat(broker.metric("weir_network_connections_idle_closed_total"))
                    .isEqualTo(3);
            assertServed(open(broker));
        }
    }

    @Test
    void shouldRefuseMoreConnectionsThanWasSetBeforeItsLastStart() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                ConfigResource thisBroker = new ConfigResource(ConfigResource.Type.BROKER, "1");
                AlterConfigOp limit =
                        new AlterConfigOp(new ConfigEntry("max.connections", "10"), AlterConfigOp.OpType.SET);
                admin.incrementalAlterConfigs(Map.of(thisBroker, List.of(limit)))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }

            // when
            broker.terminate();
            broker.restart();

            // then
            for (int i = 0; i < 10; i++) {
                assertServed(open(broker));
            }
            assertThat(open(broker).isClosedByPeer()).isTrue();
        }
    }

    @Test
    void shouldAnswerWhatIsInFlightAndCloseAtSigterm() {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            RawClient idle = open(broker);
            assertServed(idle);

            // when
            int code = broker.terminate();

            // then
            assertThat(code).isZero();
            assertThat(idle.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void shouldStopWithoutATraceWhileClientsConnect() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            AtomicBoolean connect = new AtomicBoolean(true);
            List<Thread> connecting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int port = i % 2 == 0 ? broker.kafkaPort() : broker.httpPort();
                Thread thread = new Thread(() -> connectWhile(connect, port));
                thread.start();
                connecting.add(thread);
            }

            // when
            int code = broker.terminate();
            connect.set(false);
            for (Thread thread : connecting) {
                thread.join();
            }

            // then
            assertThat(code).isZero();
            assertThat(broker.latestLog()).contains("Stopped").doesNotContain("Exception", "\tat ");
        }
    }

    private static void connectWhile(AtomicBoolean connect, int port) {
        while (connect.get()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // the broker is gone
            }
        }
    }

    private RawClient open(BrokerProcess broker) {
        RawClient client = new RawClient(broker.kafkaPort());
        clients.add(client);
        return client;
    }

    private static void assertServed(RawClient client) {
        assertThat(client.call(ApiKeys.METADATA, (short) 9, new MetadataRequestData())
                        .errorCounts())
                .isEmpty();
    }
}
