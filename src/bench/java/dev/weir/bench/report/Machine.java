package dev.weir.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells what the run ran on, from {@code /proc} and the JVM's own properties. */
public final class Machine {
    private Machine() {}

    public static String describe() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB memory, Linux %s",
                field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                memoryKiB() / 1024.0 / 1024.0,
                System.getProperty("os.version"));
    }

    public static String jvm() {
        return System.getProperty("java.vm.name") + " " + Runtime.version();
    }

    /** Processes that wanted to run in the last minute, on average: what else was going on. */
    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static double memoryKiB() {
        String total = field(Path.of("/proc/meminfo"), "MemTotal", "0 kB");
        return Double.parseDouble(total.split(" ")[0]);
    }

    private static String field(Path file, String name, String otherwise) {
        try {
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                    return line.substring(colon + 1).strip();
                }
            }
        } catch (IOException e) {
            return otherwise;
        }
        return otherwise;
    }
}
