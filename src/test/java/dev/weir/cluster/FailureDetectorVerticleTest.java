package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailureDetectorVerticleTest {
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final ClusterClient client = new ClusterClient(bus);

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** A probe cannot be broken off. */
    @Test
    void shouldStopQuietlyWhileAProbeIsUnderWay() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler former = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, cause) -> uncaught.add(cause));
        List<Socket> sockets = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fill(full, sockets);
            String deployed = deploy();
            Life silent = new Life(2, new Uuid(1, 2));
            client.watch(List.of(new WatchedBroker(silent, new Endpoint("127.0.0.1", full.getLocalPort()))));
            client.connectionClosed(silent);
            Awaitility.await().until(() -> probing().findAny().isPresent());

            vertx.undeploy(deployed).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);

            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .until(() -> probing().findAny().isEmpty());
            assertThat(uncaught).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(former);
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Stream<Thread> probing() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("weir-probe"));
    }

    /** From here on the system answers nobody who connects. */
    private static void fill(ServerSocket server, List<Socket> sockets) throws IOException {
        while (true) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), 300);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    private String deploy() throws Exception {
        return vertx.deployVerticle(
                        new FailureDetectorVerticle(bus, 1),
                        new DeploymentOptions()
                                .setThreadingModel(ThreadingModel.WORKER)
                                .setWorkerPoolName("detection")
                                .setWorkerPoolSize(1))
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void shouldReportTheBrokerThatIsGoneAndNotTheOneThatListens() throws Exception {
        CompletableFuture<BrokerDied> reported = new CompletableFuture<>();
        bus.subscribe(ClusterUpdates.DEATHS, reported::complete);
        deploy();
        Life alive = new Life(2, new Uuid(1, 2));
        Life dead = new Life(3, new Uuid(1, 3));
        ServerSocket gone = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        try (ServerSocket listens = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            client.watch(List.of(
                    new WatchedBroker(alive, new Endpoint("127.0.0.1", listens.getLocalPort())),
                    new WatchedBroker(dead, new Endpoint("127.0.0.1", gone.getLocalPort()))));
            gone.close();

            client.connectionClosed(alive);
            client.connectionClosed(dead);

            assertThat(reported.get(60, TimeUnit.SECONDS))
                    .isEqualTo(new BrokerDied(dead, BrokerDied.Evidence.CONNECTION_CLOSED_AND_REFUSED));
        }
    }
}
