package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.weir.bus.LocalBus;
import dev.weir.cluster.PeerChange.PeerLost;
import dev.weir.cluster.PeerChange.PeerSeen;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Real Hazelcast members on loopback: two in this process, and one in a process of its own that can be killed. */
class HazelcastIT {
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final Set<Peer> seen = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Peer> lost = new ConcurrentLinkedQueue<>();
    private final List<Vertx> others = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        processes.forEach(Process::destroyForcibly);
        others.add(vertx);
        for (Vertx each : others) {
            each.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldSeeMembersComeAndAKilledOneGo() throws Exception {
        List<Integer> ports = freePorts(3);
        Peer first = MemberProcess.peer(1);
        Peer second = MemberProcess.peer(2);
        Peer third = MemberProcess.peer(3);
        deploy(vertx, bus, MemberProcess.options(first, ports, 0));
        Vertx other = anotherVertx();
        deploy(other, new LocalBus(other), MemberProcess.options(second, ports, 1));
        Process process = MemberProcess.start(3, ports, 2);
        processes.add(process);
        until(() -> seen.containsAll(List.of(first, second, third)));

        process.destroyForcibly();

        until(() -> lost.contains(third));
        assertThat(view().peers()).containsExactly(first, second);
        assertThat(lost).doesNotContain(first, second);
    }

    @Test
    void shouldTryAgainUntilItsPortIsFree() throws Exception {
        List<Integer> ports = freePorts(1);
        Peer self = MemberProcess.peer(1);
        try (ServerSocket taken = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
            deploy(vertx, bus, MemberProcess.options(self, ports, 0));

            assertThat(taken.isBound()).isTrue();
            assertThat(view()).isEqualTo(MembershipView.NONE);
        }

        until(() -> view().has(self.life()));
    }

    @Test
    void shouldWarnOnceOfAPortThatStaysTaken() throws Exception {
        List<Integer> ports = freePorts(1);
        List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event);
            }
        };
        appender.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        Logger monitor = (Logger) LoggerFactory.getLogger(MembershipMonitor.class);
        monitor.setLevel(Level.DEBUG);
        try (ServerSocket taken = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
            deploy(vertx, bus, MemberProcess.options(MemberProcess.peer(1), ports, 0));

            until(() -> lines.stream()
                            .filter(line -> line.getFormattedMessage().contains("cannot be joined"))
                            .count()
                    >= 3);
            assertThat(taken.isBound()).isTrue();
        } finally {
            monitor.setLevel(null);
            root.detachAppender(appender);
        }

        assertThat(lines)
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .contains("cannot be joined at 127.0.0.1:" + ports.get(0), "already in use");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "HZC\uffff\uffff\uffff", "\u0016\u0003\u0001garbage"})
    void shouldGoOnAfterGarbage(String garbage) throws Exception {
        List<Integer> ports = freePorts(2);
        Peer self = MemberProcess.peer(1);
        deploy(vertx, bus, MemberProcess.options(self, ports, 0));
        until(() -> view().has(self.life()));

        for (int i = 0; i < 20; i++) {
            send(ports.get(0), garbage.getBytes(StandardCharsets.ISO_8859_1));
        }

        Peer second = MemberProcess.peer(2);
        Vertx other = anotherVertx();
        deploy(other, new LocalBus(other), MemberProcess.options(second, ports, 1));
        until(() -> view().has(second.life()));
        assertThat(lost).isEmpty();
    }

    @Test
    void shouldNotReadAnObjectThatIsSentToItsPort() throws Exception {
        List<Integer> ports = freePorts(1);
        Peer self = MemberProcess.peer(1);
        deploy(vertx, bus, MemberProcess.options(self, ports, 0));
        until(() -> view().has(self.life()));

        send(ports.get(0), MemberPackets.event(new Payload()));

        assertThat(Payload.READ).isFalse();
        assertThat(view().has(self.life())).isTrue();
    }

    @Test
    void shouldBindOneInterfaceOnly() throws Exception {
        List<Integer> ports = freePorts(1);
        deploy(vertx, bus, MemberProcess.options(MemberProcess.peer(1), ports, 0));
        until(() -> view().running());

        try (ServerSocket sameOnAnother =
                new ServerSocket(ports.get(0), 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 2}))) {
            assertThat(sameOnAnother.isBound()).isTrue();
        }
    }

    @Test
    void shouldStopWithoutWaitingForAJoinThatHangs() throws Exception {
        // A member of the list that accepts connections and never answers.
        try (ServerSocket hung = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            int port = freePorts(1).get(0);
            MembershipOptions options = new MembershipOptions(
                    MemberProcess.peer(1),
                    "weir-it",
                    "127.0.0.1",
                    port,
                    List.of(new Endpoint("127.0.0.1", hung.getLocalPort())),
                    Optional.empty());
            String id = vertx.deployVerticle(ClusterVerticle.withHazelcast(bus, options))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);

            vertx.undeploy(id).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    private void deploy(Vertx on, LocalBus with, MembershipOptions options) throws Exception {
        if (on == vertx) {
            with.subscribe(ClusterUpdates.MEMBERSHIP, update -> update.changes().forEach(change -> {
                if (change instanceof PeerSeen) {
                    seen.add(change.peer());
                } else if (change instanceof PeerLost) {
                    lost.add(change.peer());
                }
            }));
        }
        on.deployVerticle(ClusterVerticle.withHazelcast(with, options))
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private Vertx anotherVertx() {
        Vertx other = Vertx.vertx();
        others.add(other);
        return other;
    }

    private MembershipView view() throws Exception {
        return new ClusterClient(bus)
                .view()
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(condition);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** Sends the bytes, and reads until the member closes or has nothing to say for a while. */
    private static void send(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(300);
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // what a member says to a stranger is of no interest
            }
        } catch (SocketTimeoutException e) {
            // it keeps the connection
        } catch (java.net.SocketException e) {
            // it reset the connection
        }
    }

    /** Tells that it has been read. */
    static final class Payload implements Serializable {
        private static final long serialVersionUID = 1L;
        static final AtomicBoolean READ = new AtomicBoolean();

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            READ.set(true);
        }
    }
}
