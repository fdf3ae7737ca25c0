package dev.weir.bench.load;

import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import java.util.List;

/** The figures of every row that moves data as fast as it goes. */
final class Throughput {
    private static final double GB = 1e9;
    private static final Figure MEGABYTES = Figure.of("throughput", "MB/s", Goal.ratioAtLeast(1.0));
    private static final Figure RECORDS = Figure.of("records", "1/s");
    private static final Figure JIT = Figure.of("JIT CPU", "s/GB");

    private final Figure cpu;

    /** @param cpuGoal the part of Kafka's CPU per GB that Weir may use */
    Throughput(double cpuGoal) {
        cpu = Figure.of("broker CPU", "s/GB", Goal.ratioAtMost(cpuGoal));
    }

    List<Measured> of(long records, long bytes, Meter.Usage usage) {
        if (bytes == 0) {
            throw new IllegalStateException("nothing came through");
        }
        return List.of(
                MEGABYTES.is(bytes / 1e6 / usage.seconds()),
                RECORDS.is(records / usage.seconds()),
                cpu.is(usage.cpu().workSeconds() / (bytes / GB)),
                JIT.is(usage.cpu().jitSeconds() / (bytes / GB)));
    }
}
