package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.cluster.MemberNews.MembersChanged;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterVerticleTest {
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final ClusterClient client = new ClusterClient(bus);
    private final Peer self = MembershipCoreTest.peer(1, 1);
    private final MembershipOptions options =
            new MembershipOptions(self, "weir", "127.0.0.1", 1, List.of(), Optional.empty());

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void shouldJoinAgainUntilItWorks() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        deploy((members, listener) -> {
            if (tries.incrementAndGet() < 2) {
                throw new IllegalStateException("the port is taken");
            }
            listener.accept(new MembersChanged(List.of(PeerAttributes.of(self))));
            return new Part();
        });

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> view().has(self.life()));
        assertThat(tries).hasValue(2);
    }

    @Test
    void shouldStartAndStopWhileAJoinHangs() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        try {
            String id = deploy((members, listener) -> {
                while (hangs.getCount() > 0) {
                    try {
                        hangs.await();
                    } catch (InterruptedException e) {
                        // as a library that takes no interrupts
                    }
                }
                return new Part();
            });

            assertThat(view()).isEqualTo(MembershipView.NONE);
            vertx.undeploy(id).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } finally {
            hangs.countDown();
        }
    }

    private String deploy(Membership library) throws Exception {
        return vertx.deployVerticle(new ClusterVerticle(bus, options, () -> library))
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private MembershipView view() throws Exception {
        return client.view().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private record Part() implements Membership.Joined {
        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public void lookFor(List<Endpoint> members) {}

        @Override
        public void end() {}
    }
}
