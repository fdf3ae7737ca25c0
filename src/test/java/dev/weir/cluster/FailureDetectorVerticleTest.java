package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
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

    @Test
    void shouldReportTheBrokerThatIsGoneAndNotTheOneThatListens() throws Exception {
        CompletableFuture<BrokerDied> reported = new CompletableFuture<>();
        bus.subscribe(ClusterUpdates.DEATHS, reported::complete);
        vertx.deployVerticle(
                        new FailureDetectorVerticle(bus, 1),
                        new DeploymentOptions()
                                .setThreadingModel(ThreadingModel.WORKER)
                                .setWorkerPoolName("detection")
                                .setWorkerPoolSize(1))
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
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
