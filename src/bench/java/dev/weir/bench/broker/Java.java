package dev.weir.bench.broker;

import java.nio.file.Path;

/** The JVM that every process of a run uses: the one that runs the benchmark. */
public final class Java {
    private Java() {}

    public static String command() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
