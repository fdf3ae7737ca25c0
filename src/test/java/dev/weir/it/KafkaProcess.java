package dev.weir.it;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;

/** Apache Kafka itself, one node that is broker and controller, as the peer whose files are read. */
final class KafkaProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path home;
    private final int port = Loopback.freePort();
    private final Process process;

    private KafkaProcess(Path home, String... settings) throws IOException {
        this.home = home;
        Path file = Files.writeString(
                home.resolve("server.properties"), settings(Loopback.freePort()) + String.join("\n", settings));
        KafkaTool.Result formatted = KafkaTool.run(
                "kafka.tools.StorageTool", "format", "-t", Uuid.randomUuid().toString(), "-c", file.toString());
        assertThat(formatted.status()).as(formatted.all()).isZero();
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx400m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        KafkaTool.classPath(),
                        "kafka.Kafka",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("kafka.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Formats a directory and starts Kafka over it; returns once it serves. */
    static KafkaProcess start(Path home, String... settings) throws IOException {
        KafkaProcess kafka = new KafkaProcess(home, settings);
        Awaitility.await("Kafka serves").atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (RawClient client = new RawClient(kafka.port)) {
                return client.socket().isConnected();
            }
        });
        return kafka;
    }

    String bootstrap() {
        return "localhost:" + port;
    }

    Path data() {
        return home.resolve("kafka");
    }

    /** Stops Kafka in order. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        assertThat(process.waitFor(PATIENCE.toSeconds(), SECONDS))
                .as(Files.readString(home.resolve("kafka.log")))
                .isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String settings(int controllerPort) {
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@localhost:" + controllerPort,
                "controller.listener.names=CONTROLLER",
                "listeners=PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
                "advertised.listeners=PLAINTEXT://localhost:" + port,
                "log.dirs=" + data(),
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=1",
                "");
    }
}
