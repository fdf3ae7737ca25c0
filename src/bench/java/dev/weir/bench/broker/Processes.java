package dev.weir.bench.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The child processes of a run: each is bounded in time or ended by its owner, and none outlives the benchmark. */
public final class Processes {
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "end-children"));
    }

    private Processes() {}

    /** Starts a process whose output is appended to {@code log}; the caller ends it. */
    static Process start(List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        ALIVE.add(process);
        process.onExit().thenAccept(ALIVE::remove);
        return process;
    }

    /** Runs a process until it ends by itself; a failure or more time than {@code limit} is an exception. */
    public static void runToEnd(List<String> command, Path log, Duration limit)
            throws IOException, InterruptedException {
        Process process = start(command, log);
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new IOException("no end after " + limit.toSeconds() + " s: " + brief(command));
        }
        if (process.exitValue() != 0) {
            throw new IOException("exit code " + process.exitValue() + " from " + brief(command) + ", see " + log);
        }
    }

    /** Sends a signal that {@link Process} has no method for. */
    static void signal(Process process, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException(new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }

    private static String brief(List<String> command) {
        return command.stream()
                .filter(word -> word.startsWith("kafka.") || word.startsWith("org.apache.kafka."))
                .findFirst()
                .orElse(command.get(0));
    }
}
