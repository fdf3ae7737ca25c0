package dev.weir.bench.broker;

import java.util.List;

/** Which flags the brokers' JVMs get. */
public enum JvmFlags {
    /** The same for both: a heap of 1 GiB under G1. */
    SAME("same flags", List.of("-Xms1G", "-Xmx1G", "-XX:+UseG1GC"), List.of("-Xms1G", "-Xmx1G", "-XX:+UseG1GC")),

    /** What each is started with by default: Kafka's start script, and {@code make run} of Weir with its archive of classes. */
    OWN(
            "own flags",
            List.of(
                    "-Xmx1G",
                    "-Xms1G",
                    "-server",
                    "-XX:+UseG1GC",
                    "-XX:MaxGCPauseMillis=20",
                    "-XX:InitiatingHeapOccupancyPercent=35",
                    "-XX:+ExplicitGCInvokesConcurrent",
                    "-XX:MaxInlineLevel=15",
                    "-Djava.awt.headless=true"),
            List.of("-XX:-UsePerfData"));

    private final String title;
    private final List<String> kafka;
    private final List<String> weir;

    JvmFlags(String title, List<String> kafka, List<String> weir) {
        this.title = title;
        this.kafka = kafka;
        this.weir = weir;
    }

    public String title() {
        return title;
    }

    /** The flags of {@link #SAME}, as the page names them. */
    public static List<String> forBoth() {
        return SAME.kafka;
    }

    List<String> kafka() {
        return kafka;
    }

    List<String> weir() {
        return weir;
    }
}
