package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.peer.PeerPurpose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients may take all connections of a listener; brokers come in all the same. */
class PeerPlacesTest {
    private static final int MAX_CONNECTIONS = 2;

    private final List<Socket> clients = new ArrayList<>();
    private PeerNode node;
    private PeerNode peer;

    @BeforeEach
    void start() throws Exception {
        node = new PeerNode(2, "cluster", 1 << 20, MAX_CONNECTIONS);
        peer = new PeerNode(1, "cluster", 1 << 20);
        node.quorum.leader(2, node.port, true);
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            connect();
        }
        Awaitility.await().until(() -> node.connections() == MAX_CONNECTIONS);
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        node.close();
        peer.close();
    }

    @Test
    void shouldServeABrokerThoughClientsHaveAllConnections() throws Exception {
        assertThat(askOfBroker()).isNotNull();
    }

    @Test
    void shouldServeABrokerThoughManyConnectWithoutAWord() throws Exception {
        for (int i = 0; i < 5 * ConnectionQuotas.ON_PROBATION; i++) {
            connect();
        }

        assertThat(askOfBroker()).isNotNull();
        assertThat(node.connections()).isLessThanOrEqualTo(MAX_CONNECTIONS + ConnectionQuotas.ON_PROBATION + 1);
    }

    @Test
    void shouldCloseAnotherClientAtItsFirstRequest() throws Exception {
        Socket client = connect();
        send(client, ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
        assertThat(client.getInputStream().read()).isNotNegative();

        send(client, ApiKeys.METADATA, (short) 9, new MetadataRequestData());

        awaitEnd(client);
    }

    @Test
    void shouldCloseAnotherClientThatSaysNothing() throws Exception {
        awaitEnd(connect());

        // The client may see the end before the node has counted it.
        Awaitility.await().until(() -> node.connections() == MAX_CONNECTIONS);
    }

    private ApiMessage askOfBroker() throws Exception {
        return PeerNode.await(
                peer.peers.send(node.endpoint(), PeerPurpose.CONTROL, new DescribeQuorumRequestData(), 15_000));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port);
        socket.setSoTimeout(20_000);
        clients.add(socket);
        return socket;
    }

    private static void send(Socket client, ApiKeys api, short version, ApiMessage request) throws IOException {
        var frame = ConnectionTest.frame(api, version, 1, request);
        client.getOutputStream()
                .write(ByteBuffer.allocate(4).putInt(frame.readableBytes()).array());
        frame.readBytes(client.getOutputStream(), frame.readableBytes());
    }

    private static void awaitEnd(Socket client) throws IOException {
        byte[] some = new byte[1_000];
        while (client.getInputStream().read(some) >= 0) {}
    }
}
