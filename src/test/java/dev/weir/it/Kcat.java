package dev.weir.it;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** kcat, a client on librdkafka. A test that asks for it where it is not installed is skipped. */
final class Kcat {
    private static final long PATIENCE_SECONDS = 60;

    private Kcat() {}

    /** Runs kcat to its end with this input; returns its standard output. */
    static byte[] run(byte[] input, String... arguments) {
        Assumptions.assumeTrue(isInstalled(), "skipped: kcat is not installed");
        List<String> command = new ArrayList<>(List.of("kcat"));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile("kcat", ".out");
            Path err = Files.createTempFile("kcat", ".err");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input);
                }
                boolean ended = process.waitFor(PATIENCE_SECONDS, SECONDS);
                process.destroyForcibly();
                if (!ended || process.exitValue() != 0) {
                    throw new AssertionError(
                            command + (ended ? " failed: " : " does not end: ") + Files.readString(err));
                }
                return Files.readAllBytes(out);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs kcat without input. */
    static String run(String... arguments) {
        return new String(run(new byte[0], arguments), StandardCharsets.UTF_8);
    }

    /** The command of a member of a group, which tells of its partitions. */
    static List<String> member(String bootstrap, String group, String topic, int sessionMs) {
        Assumptions.assumeTrue(isInstalled(), "skipped: kcat is not installed");
        return List.of(
                "kcat",
                "-b",
                bootstrap,
                "-G",
                group,
                "-X",
                "partition.assignment.strategy=range",
                "-X",
                "session.timeout.ms=" + sessionMs,
                "-X",
                "heartbeat.interval.ms=300",
                "-X",
                "auto.offset.reset=earliest",
                "-f",
                "",
                topic);
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kcat")));
    }
}
