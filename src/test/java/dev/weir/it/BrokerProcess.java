package dev.weir.it;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A broker from the built jar, as a process of its own: data in {@code home/data}, everything it prints in {@code
 * home/broker.log}, ports of loopback that stay the same over restarts. Whatever still runs when the tests end is killed.
 */
final class BrokerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path home;
    private final List<String> prefix;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final int kafkaPort;
    private final int httpPort;
    private Process process;
    private long logStart;

    private BrokerProcess(
            Path home,
            List<String> prefix,
            Map<String, String> environment,
            int kafkaPort,
            int httpPort,
            List<String> arguments) {
        this.home = home;
        this.prefix = prefix;
        this.environment = environment;
        this.kafkaPort = kafkaPort;
        this.httpPort = httpPort;
        this.arguments = arguments;
        this.process = launch();
    }

    /** Starts a broker and waits until it serves. */
    static BrokerProcess start(Path home, String... settings) {
        return launch(home, settings).awaitReady();
    }

    /** Starts a broker and does not wait. */
    static BrokerProcess launch(Path home, String... settings) {
        return launch(home, List.of(), settings);
    }

    /** Starts a broker that may have this many files open, connections included, and waits until it serves. */
    static BrokerProcess startWithOpenFiles(Path home, int most, String... settings) {
        return launch(home, List.of("prlimit", "--nofile=" + most + ":" + most), settings)
                .awaitReady();
    }

    private static BrokerProcess launch(Path home, List<String> prefix, String... settings) {
        int kafkaPort = Loopback.freePort();
        int httpPort = Loopback.freePort();
        List<String> all = new ArrayList<>(List.of(
                "listeners=PLAINTEXT://localhost:" + kafkaPort,
                "http.port=" + httpPort,
                "log.dir=" + home.resolve("data")));
        all.addAll(List.of(settings));
        List<String> arguments = new ArrayList<>();
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return new BrokerProcess(home, prefix, Map.of(), kafkaPort, httpPort, arguments);
    }

    /** Starts the jar with these arguments only, which must name the two ports, and does not wait. */
    static BrokerProcess launchWith(
            Path home, Map<String, String> environment, int kafkaPort, int httpPort, String... arguments) {
        return new BrokerProcess(home, List.of(), environment, kafkaPort, httpPort, List.of(arguments));
    }

    /** Runs the jar with these arguments only, to its end, and returns what came out. */
    static Outcome run(Path home, Map<String, String> environment, String... arguments) {
        List<String> command = command();
        command.addAll(List.of(arguments));
        try {
            File output = Files.createTempFile(home, "output", ".txt").toFile();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output);
            builder.environment().putAll(environment);
            Process run = builder.start();
            if (!run.waitFor(PATIENCE.toSeconds(), SECONDS)) {
                run.destroyForcibly();
                throw new AssertionError("still running: " + command + "\n" + Files.readString(output.toPath()));
            }
            return new Outcome(run.exitValue(), Files.readString(output.toPath()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for the line that says ready. */
    BrokerProcess awaitReady() {
        Awaitility.await("the broker says that it is ready")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("the broker ended with " + process.exitValue() + ":\n" + log());
                    }
                    return latestLog().contains("Ready: Kafka protocol on");
                });
        return this;
    }

    /** Ends the process with SIGTERM and returns its exit code. */
    int terminate() {
        process.destroy();
        return awaitEnd();
    }

    /** Ends the process with SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Waits until the process has ended by itself and returns its exit code. */
    int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), SECONDS)) {
                throw new AssertionError("the broker does not end:\n" + latestLog());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Starts the same jar again over the same data, on the same ports, and waits until it serves. */
    BrokerProcess restart() {
        relaunch();
        return awaitReady();
    }

    /** As {@link #restart}, but does not wait. */
    void relaunch() {
        process = launch();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    int kafkaPort() {
        return kafkaPort;
    }

    int httpPort() {
        return httpPort;
    }

    String bootstrap() {
        return "localhost:" + kafkaPort;
    }

    /** Where the partitions are. */
    Path data() {
        return home.resolve("data");
    }

    /** All that every start has printed. */
    String log() {
        return textFrom(0);
    }

    /** What the latest start has printed. */
    String latestLog() {
        return textFrom(logStart);
    }

    /** The answer to a GET on the HTTP port. */
    HttpResponse<String> get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The sum of a metric over its labels; 0 where it is not there. */
    double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Memory of the process that is in RAM now, in bytes. */
    long residentBytes() {
        try (var lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private Process launch() {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(command());
        command.addAll(arguments);
        Path output = home.resolve("broker.log");
        try {
            logStart = Files.exists(output) ? Files.size(output) : 0;
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().putAll(environment);
            Process started = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String jar = System.getProperty("weir.jar", "target/weir.jar");
        return new ArrayList<>(List.of(
                java.toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-jar",
                Path.of(jar).toAbsolutePath().toString()));
    }

    private String textFrom(long start) {
        try {
            byte[] all = Files.readAllBytes(home.resolve("broker.log"));
            return new String(all, (int) start, all.length - (int) start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }

    /**
     * How a process ended.
     *
     * @param output what it printed on both outputs
     */
    record Outcome(int exitCode, String output) {}
}
