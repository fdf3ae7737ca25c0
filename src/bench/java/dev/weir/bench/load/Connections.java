package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.ManyConnections;
import dev.weir.bench.raw.Payloads;
import dev.weir.bench.raw.ProduceFrame;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** Many connections that each produce a 100-byte record a few times a second. */
record Connections(int connections) implements Load {
    private static final String TOPIC = "connections";
    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final Figure P50 = Figure.of("p50", "ms");
    private static final Figure P99 = Figure.of("p99", "ms", Goal.ratioAtMost(0.5));
    private static final Figure CPU = Figure.of("broker CPU", "ms per 1,000", Goal.ratioAtMost(0.5));

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC);
                ManyConnections clients = new ManyConnections(broker.address(), frames(topic.name()))) {
            int requests = (int) Math.max(1, bounds.time().toMillis() / INTERVAL.toMillis());
            Meter meter = Meter.start(broker);
            Histogram latencies = clients.run(requests, INTERVAL, bounds.limit());
            Meter.Usage usage = meter.stop();
            return List.of(
                    P50.is(latencies.getValueAtPercentile(50) / 1e6),
                    P99.is(latencies.getValueAtPercentile(99) / 1e6),
                    CPU.is(usage.cpu().workSeconds() * 1e6 / latencies.getTotalCount()));
        }
    }

    /** One for each connection, spread over the partitions. */
    private List<ProduceFrame> frames(String topic) {
        Payloads payloads = new Payloads(100);
        List<ProduceFrame> frames = IntStream.range(0, Topics.PARTITIONS)
                .mapToObj(partition -> ProduceFrame.single(topic, partition, (short) 1, payloads))
                .toList();
        return IntStream.range(0, connections)
                .mapToObj(i -> frames.get(i % frames.size()))
                .toList();
    }
}
