package dev.weir.bench.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A broker's process, from its start to its end. The session's thread owns it; the process is killed when the benchmark
 * ends, however it ends.
 */
public final class RunningBroker implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);

    private final BrokerUnderTest kind;
    private final Home home;
    private final Process process;
    private final long spawnedNanos;
    private boolean held;

    private RunningBroker(BrokerUnderTest kind, Home home, Process process, long spawnedNanos) {
        this.kind = kind;
        this.home = home;
        this.process = process;
        this.spawnedNanos = spawnedNanos;
    }

    /** Starts a broker in a home that {@link BrokerUnderTest#prepare} has readied; it need not answer yet. */
    public static RunningBroker spawn(BrokerUnderTest kind, Home home, JvmFlags flags) throws IOException {
        List<String> command = kind.command(home, flags);
        long spawned = System.nanoTime();
        return new RunningBroker(kind, home, Processes.start(command, home.log()), spawned);
    }

    /** Waits for an answer, and tells how long after the spawn of the process it came. */
    public Duration await(FirstAnswer expected) throws IOException {
        try {
            expected.await(home.address(), process::isAlive, START_LIMIT);
        } catch (IOException e) {
            throw new IOException(kind.name() + ": " + e.getMessage() + lastLines(home), e);
        }
        return Duration.ofNanos(System.nanoTime() - spawnedNanos);
    }

    public String name() {
        return kind.name();
    }

    public Home home() {
        return home;
    }

    public String bootstrap() {
        return home.bootstrap();
    }

    public InetSocketAddress address() {
        return home.address();
    }

    public CpuTimes cpu() {
        return ProcFs.cpu(process.pid());
    }

    public long residentBytes() {
        return ProcFs.residentBytes(process.pid());
    }

    /** Holds the process where it is, so that it takes nothing from the other broker. */
    public void hold() throws IOException, InterruptedException {
        if (!held) {
            Processes.signal(process, "STOP");
            held = true;
        }
    }

    public void release() throws IOException, InterruptedException {
        if (held) {
            Processes.signal(process, "CONT");
            held = false;
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process as an operator would, and tells how long that took; kills it if it takes too long. */
    public Duration stop() throws IOException, InterruptedException {
        release();
        long asked = System.nanoTime();
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new IOException(kind.name() + " did not stop within " + STOP_LIMIT.toSeconds() + " s");
        }
        return Duration.ofNanos(System.nanoTime() - asked);
    }

    /** Ends the process at once, as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Kills the process and removes its home, keeping what it printed. */
    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        if (Files.exists(home.log())) {
            Files.copy(
                    home.log(),
                    home.dir().resolveSibling(home.dir().getFileName() + ".log"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        home.delete();
    }

    private static String lastLines(Home home) throws IOException {
        List<String> lines = Files.exists(home.log()) ? Files.readAllLines(home.log()) : List.of();
        return "; it printed:\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }
}
