package dev.weir.bench.load;

import dev.weir.bench.broker.KafkaBroker;
import dev.weir.bench.broker.Processes;
import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kafka's own {@code kafka-producer-perf-test}, as a process of its own: what a user sees who tries it. Its JVM starts
 * cold each time, so it hides much of the broker; both brokers are hidden alike.
 *
 * @param kafka gives the tool
 */
record PerfTools(KafkaBroker kafka) implements Load {
    private static final String TOPIC = "perf-tools";
    private static final int RECORD_BYTES = 1024;
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) records sent, ([0-9.]+) records/sec \\(([0-9.]+) MB/sec\\).*? ([0-9.]+) ms 99th");
    private static final Figure THROUGHPUT = Figure.of("throughput", "MB/s", Goal.ratioAtLeast(1.0));
    private static final Figure P99 = Figure.of("p99 of the tool", "ms");
    private static final Figure CPU = Figure.of("broker CPU", "s/GB", Goal.ratioAtMost(0.5));

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        Path output = Files.createTempFile(broker.home().dir(), "perf", ".log");
        long records = Math.max(1_000, bounds.bytes() / RECORD_BYTES);
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC)) {
            Meter meter = Meter.start(broker);
            Processes.runToEnd(command(broker, topic.name(), records), output, bounds.limit());
            Meter.Usage usage = meter.stop();
            Matcher summary = lastSummary(output);
            double bytes = (double) records * RECORD_BYTES;
            return List.of(
                    THROUGHPUT.is(Double.parseDouble(summary.group(2)) * RECORD_BYTES / 1e6),
                    CPU.is(usage.cpu().workSeconds() / (bytes / 1e9)),
                    P99.is(Double.parseDouble(summary.group(4))));
        } finally {
            Files.delete(output);
        }
    }

    private List<String> command(RunningBroker broker, String topic, long records) {
        return kafka.tool(
                "org.apache.kafka.tools.ProducerPerformance",
                List.of(
                        "--topic",
                        topic,
                        "--num-records",
                        Long.toString(records),
                        "--record-size",
                        Integer.toString(RECORD_BYTES),
                        "--throughput",
                        "-1",
                        "--producer-props",
                        "bootstrap.servers=" + broker.bootstrap(),
                        "acks=1",
                        "batch.size=" + Shape.BATCH_BYTES,
                        "linger.ms=100"));
    }

    private static Matcher lastSummary(Path output) throws IOException {
        String text = Files.readString(output);
        return SUMMARY.matcher(text)
                .results()
                .reduce((first, second) -> second)
                .map(found -> {
                    Matcher last = SUMMARY.matcher(text);
                    last.find(found.start());
                    return last;
                })
                .orElseThrow(() -> new IOException("the tool printed no summary: " + text));
    }
}
