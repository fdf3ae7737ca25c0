package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.Committer;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * Connections that replay OffsetCommit frames, five in flight, in the name of groups without members.
 *
 * @param groups how many groups, spread over the connections
 * @param partitions in each request
 */
record Commits(int groups, int partitions, int connections) implements Load {
    private static final String TOPIC = "committed";
    private static final Figure OFFSETS = Figure.of("offsets", "1/s", Goal.ratioAtLeast(1.0));
    private static final Figure REQUESTS = Figure.of("requests", "1/s");
    private static final Figure CPU = Figure.of("broker CPU", "s per million offsets", Goal.ratioAtMost(1.0));

    @Override
    public void prepare(RunningBroker broker) throws Exception {
        Topics.create(broker, List.of(topic()), partitions);
    }

    private String topic() {
        return TOPIC + "-" + groups + "-" + partitions;
    }

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        List<Committer> committers = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                List<String> own = new ArrayList<>();
                for (int g = i; g < groups; g += connections) {
                    own.add("committing-" + g);
                }
                if (!own.isEmpty()) {
                    committers.add(new Committer(broker.address(), own, topic(), partitions, bounds.limit()));
                }
            }
            Meter meter = Meter.start(broker);
            BooleanSupplier going = bounds.within(() -> 0);
            List<Callable<Long>> tasks = new ArrayList<>();
            committers.forEach(committer -> tasks.add(() -> committer.run(going)));
            long requests = Workers.run(bounds.limit(), tasks).stream()
                    .mapToLong(Long::longValue)
                    .sum();
            Meter.Usage usage = meter.stop();
            double offsets = (double) requests * partitions;
            return List.of(
                    OFFSETS.is(offsets / usage.seconds()),
                    REQUESTS.is(requests / usage.seconds()),
                    CPU.is(usage.cpu().workSeconds() / (offsets / 1e6)));
        } finally {
            committers.forEach(Committer::close);
        }
    }

    @Override
    public void cleanUp(RunningBroker broker) throws Exception {
        Topics.delete(broker, topic());
    }
}
