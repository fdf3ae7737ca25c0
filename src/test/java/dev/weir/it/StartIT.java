package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the command line promises: sources of settings, clear refusals, what is bound, what HTTP tells. */
class StartIT {
    private Path home = Path.of("");

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    @Test
    void shouldTakeSettingsFromAllSourcesAndNameTheNearestOfAnUnknownOne() throws Exception {
        // given
        Path file = Files.writeString(home.resolve("weir.properties"), "num.partitions=3\nlog.dirz=elsewhere\n");
        int kafkaPort = Loopback.freePort();
        int httpPort = Loopback.freePort();

        // when
        try (BrokerProcess broker = BrokerProcess.launchWith(
                        home,
                        Map.of("WEIR_LOG_DIRS", home.resolve("from-environment").toString()),
                        kafkaPort,
                        httpPort,
                        "--config",
                        file.toString(),
                        "--set",
                        "listeners=PLAINTEXT://localhost:" + kafkaPort,
                        "--set",
                        "http.port=" + httpPort)
                .awaitReady()) {

            // then
            assertThat(broker.log())
                    .contains(
                            "setting log.dirz (from " + file + ") is not known", "the nearest known setting is log.dir")
                    .containsPattern("Ready: Kafka protocol on localhost:" + kafkaPort + ", HTTP on localhost:"
                            + httpPort + ", \\d+ ms after");
            assertThat(home.resolve("from-environment/meta.properties")).exists();
            try (var producer = Clients.producer(broker.bootstrap())) {
                assertThat(producer.partitionsFor("of-the-file")).hasSize(3);
            }
        }
    }

    static Stream<Arguments> badStarts() {
        return Stream.of(
                Arguments.of("a bad value", List.of("num.partitions=many"), "num.partitions"),
                Arguments.of(
                        "a value out of bounds", List.of("socket.request.max.bytes=0"), "socket.request.max.bytes"),
                Arguments.of("no listener", List.of("listeners=localhost"), "listeners"),
                Arguments.of("no assignment", List.of("num.partitions"), "num.partitions"),
                Arguments.of("no directory", List.of("log.dir=/proc/nowhere"), "/proc/nowhere"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badStarts")
    void shouldRefuseToStartWithOneLine(String name, List<String> settings, String named) {
        // when
        List<String> arguments = new ArrayList<>(of(
                "listeners=PLAINTEXT://localhost:" + Loopback.freePort(),
                "http.port=" + Loopback.freePort(),
                "log.dir=" + home.resolve("data")));
        arguments.addAll(of(settings.toArray(String[]::new)));
        BrokerProcess.Outcome outcome = BrokerProcess.run(home, Map.of(), arguments.toArray(String[]::new));

        // then
        assertOneLine(outcome, named);
    }

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        // given
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            String port = "" + taken.getLocalPort();
            String free = "" + Loopback.freePort();

            // when
            BrokerProcess.Outcome kafka =
                    run("listeners=PLAINTEXT://localhost:" + port, "http.port=" + Loopback.freePort());
            BrokerProcess.Outcome http =
                    run("listeners=PLAINTEXT://localhost:" + Loopback.freePort(), "http.port=" + port);

            BrokerProcess.Outcome both = run("listeners=PLAINTEXT://localhost:" + free, "http.port=" + free);

            // then
            assertOneLine(kafka, "localhost:" + port);
            assertOneLine(http, "localhost:" + port);
            assertOneLine(both, "localhost:" + free);
            assertThat(List.of(kafka, http, both))
                    .allSatisfy(outcome -> assertThat(outcome.output()).doesNotContain("Serving HTTP"));
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsNotItsOwn() {
        // given
        String[] ports = {"listeners=PLAINTEXT://localhost:" + Loopback.freePort(), "http.port=" + Loopback.freePort()};
        try (BrokerProcess broker = BrokerProcess.start(home)) {

            // when
            BrokerProcess.Outcome held = run(ports[0], ports[1]);
            int stopped = broker.terminate();
            BrokerProcess.Outcome otherNode = run(ports[0], ports[1], "node.id=2");
            BrokerProcess.Outcome otherCluster = run(ports[0], ports[1], "cluster.id=" + Uuid.randomUuid());

            // then
            assertThat(stopped).isZero();
            assertOneLine(held, "held by another broker");
            assertOneLine(otherNode, "belongs to node.id 1");
            assertOneLine(otherCluster, "belongs to cluster");
            broker.restart();
            assertThat(broker.terminate()).isZero();
        }
    }

    @Test
    void shouldSayHowManyPartitionsItCannotOpen() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                admin.createTopics(List.of(new NewTopic("half", 2, (short) 1)))
                        .all()
                        .get();
            }
            assertThat(broker.terminate()).isZero();
            Files.writeString(broker.data().resolve("half-1").resolve("partition.metadata"), "not Kafka's");

            // when
            broker.restart();

            // then
            assertThat(broker.log()).contains("Opened 1 of 2 partitions; 1 are offline");
            assertThat(broker.get("/health/started").body()).contains("\"partitionsOpened\":1", "\"partitions\":2");
        }
    }

    @Test
    void shouldTakeFreePortsAndTellThem() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home, "listeners=PLAINTEXT://localhost:0", "http.port=0")) {
            Matcher ready = Pattern.compile("Ready: Kafka protocol on (localhost:\\d+), HTTP on localhost:(\\d+),")
                    .matcher(broker.log());
            assertThat(ready.find()).as(broker.log()).isTrue();
            int httpPort = Integer.parseInt(ready.group(2));

            // when
            try (Admin admin = Clients.admin(ready.group(1))) {
                Node node = admin.describeCluster().controller().get();

                // then
                assertThat(node.host() + ":" + node.port()).isEqualTo(ready.group(1));
                assertThat(node.port()).isNotZero();
            }
            assertThat(broker.log().indexOf("Serving HTTP on localhost:" + httpPort))
                    .as("told before the logs are opened")
                    .isBetween(0, broker.log().indexOf("Opened 0 of 0 partitions"));
            assertThat(Loopback.isOpen(httpPort)).isTrue();
        }
    }

    @Test
    void shouldSayThatItServesNoHttp() {
        try (BrokerProcess broker = BrokerProcess.start(home, "http.port=-1")) {
            assertThat(broker.log())
                    .contains("Ready: Kafka protocol on localhost:" + broker.kafkaPort() + ", no HTTP,")
                    .doesNotContain("Serving HTTP");
        }
    }

    @Test
    void shouldExplainItself() throws IOException {
        // when
        BrokerProcess.Outcome help = BrokerProcess.run(home, Map.of(), "--help");
        BrokerProcess.Outcome version = BrokerProcess.run(home, Map.of(), "--version");
        BrokerProcess.Outcome docs = BrokerProcess.run(home, Map.of(), "config-docs");
        BrokerProcess.Outcome nonsense = BrokerProcess.run(home, Map.of(), "--no-such-option");

        // then
        assertThat(help.exitCode()).isZero();
        assertThat(help.output()).contains("--config", "--set", "config-docs", "WEIR_LOG_DIRS");
        assertThat(version.exitCode()).isZero();
        assertThat(version.output()).matches("(?s)(?i)weir \\d+\\.\\d+.*");
        assertThat(docs.exitCode()).isZero();
        assertThat(docs.output()).isEqualToIgnoringNewLines(Files.readString(Path.of("docs/configuration.md")));
        assertThat(nonsense.exitCode()).isEqualTo(2);
        assertThat(nonsense.output()).contains("--no-such-option", "--help").hasLineCount(1);
    }

    @Test
    void shouldStopInOrderWhenToldToBeforeItIsReady() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.launch(home)) {
            Await.until(() -> Loopback.isOpen(broker.httpPort()));

            // when
            int code = broker.terminate();

            // then
            assertThat(code).as(broker.log()).isZero();
            assertThat(broker.log()).contains("Stopping").doesNotContain("ERROR");
        }

        // and nothing of it is in the way of the next
        try (BrokerProcess next = BrokerProcess.start(home)) {
            assertThat(next.isAlive()).isTrue();
        }
    }

    @Test
    void shouldRehearseAndLeaveNothingBehind() throws IOException {
        // given
        Map<String, String> ownTemporaryFolder = Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + home);

        // when
        BrokerProcess.Outcome rehearsal = BrokerProcess.run(home, ownTemporaryFolder, "rehearse");

        // then
        assertThat(rehearsal.output()).contains("Ready", "Stopped");
        assertThat(rehearsal.exitCode()).isZero();
        assertThat(home).isDirectoryNotContaining("glob:**weir-rehearsal*");
    }

    @Test
    void shouldTellItsHealthAndBindOnlyLoopback() throws Exception {
        // given
        try (BrokerProcess broker = BrokerProcess.start(home)) {
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                admin.describeCluster().nodes().get();
            }

            // when
            List<Integer> statuses = Stream.of("/health/live", "/health/ready", "/health/started", "/metrics", "/else")
                    .map(path -> broker.get(path).statusCode())
                    .toList();
            String health = broker.get("/health/ready").body();
            Await.until(() -> broker.metric("jvm_memory_used_bytes") > 0);
            String metrics = broker.get("/metrics").body();

            // then
            assertThat(statuses).containsExactly(200, 200, 200, 200, 404);
            assertThat(health).contains("\"status\":\"UP\"", "\"phase\":\"READY\"");
            assertThat(metrics).contains("weir_network_connections", "api=\"Metadata\"");
            assertUnreachableFromOutside(broker);
        }
    }

    private static void assertUnreachableFromOutside(BrokerProcess broker) throws SocketException {
        List<InetAddress> outside = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        Assumptions.assumeFalse(outside.isEmpty(), "skipped: this machine has only loopback");
        assertThat(outside).noneMatch(address -> accepts(address, broker.kafkaPort()));
        assertThat(outside).noneMatch(address -> accepts(address, broker.httpPort()));
    }

    private static boolean accepts(InetAddress address, int port) {
        try (Socket socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private BrokerProcess.Outcome run(String... settings) {
        List<String> arguments = new ArrayList<>(of("log.dir=" + home.resolve("data")));
        arguments.addAll(of(settings));
        return BrokerProcess.run(home, Map.of(), arguments.toArray(String[]::new));
    }

    private static List<String> of(String... settings) {
        return Stream.of(settings).flatMap(s -> Stream.of("--set", s)).toList();
    }

    private static void assertOneLine(BrokerProcess.Outcome outcome, String named) {
        List<String> lines = outcome.output()
                .lines()
                .filter(line -> !line.contains(" INFO "))
                .toList();
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(1);
        assertThat(lines).as(outcome.output()).hasSize(1);
        assertThat(lines.get(0)).startsWith("weir: ").contains(named);
        assertThat(outcome.output()).doesNotContain("Stopping", "Stopped");
    }
}
