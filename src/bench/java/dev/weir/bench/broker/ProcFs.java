package dev.weir.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads a process's use of processor and memory from {@code /proc}. */
public final class ProcFs {
    /** Ticks a second in {@code /proc}: a constant of the kernel's interface to user space. */
    private static final double TICKS_PER_SECOND = 100.0;

    /** Places of utime and stime in {@code stat}, counted after the command's closing bracket. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    /** The kernel cuts thread names to 15 characters. */
    private static final List<String> JIT_THREADS = List.of("C1 CompilerThre", "C2 CompilerThre");

    private ProcFs() {}

    public static CpuTimes cpu(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            return new CpuTimes(seconds(process.resolve("stat")), jitSeconds(process.resolve("task")));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }

    /** Bytes of memory resident now. */
    public static long residentBytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
                if (line.startsWith("Rss:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            throw new IOException("no Rss in smaps_rollup");
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }

    private static double jitSeconds(Path tasks) throws IOException {
        double seconds = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                if (JIT_THREADS.contains(
                        Files.readString(thread.resolve("comm")).strip())) {
                    seconds += seconds(thread.resolve("stat"));
                }
            }
        } catch (NoSuchFileException e) {
            // A thread ended while we looked; the compilers' own threads stay, so what was read so far is no answer.
            return jitSeconds(tasks);
        }
        return seconds;
    }

    private static double seconds(Path stat) throws IOException {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }
}
