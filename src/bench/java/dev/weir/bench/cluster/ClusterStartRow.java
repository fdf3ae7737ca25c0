package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.CpuTimes;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Three empty brokers from their spawn to a cluster, and what they then hold and burn with nothing to do. */
record ClusterStartRow() implements Row {
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration WATCH = Duration.ofSeconds(20);
    private static final Figure START =
            Figure.of("all registered", "s", Goal.below(2.5, "s").and(Goal.ratioAtMost(0.5)));
    private static final Figure MEMORY = Figure.of("resident memory, the largest", "MB", Goal.ratioAtMost(0.5));
    private static final Figure CPU = Figure.of("idle CPU, the most", "% of a core", Goal.below(1, "% of a core"));

    @Override
    public String name() {
        return "cluster-start";
    }

    @Override
    public String about() {
        return "three empty brokers, from their spawn until all are registered; then 20 s with nothing to do";
    }

    @Override
    public void run(Session session) throws Exception {
        int rounds = session.options().rounds();
        for (int round = 0; round < rounds; round++) {
            for (BrokerUnderTest kind : session.kinds()) {
                try (ThreeBrokers cluster = ThreeBrokers.start(session, kind, Map.of())) {
                    double seconds = cluster.secondsSinceSpawn();
                    Thread.sleep(session.scaled(SETTLE).toMillis());
                    List<CpuTimes> before = cluster.cpu();
                    Duration watched = session.scaled(WATCH);
                    Thread.sleep(watched.toMillis());
                    session.record(
                            this,
                            kind.name(),
                            "round " + (round + 1) + "/" + rounds,
                            idle(cluster, before, watched, seconds));
                }
            }
        }
    }

    private static List<Measured> idle(
            ThreeBrokers cluster, List<CpuTimes> before, Duration watched, double startSeconds) {
        double most = 0;
        double largest = 0;
        for (int id = 1; id <= ThreeBrokers.SIZE; id++) {
            double used = cluster.broker(id).cpu().since(before.get(id - 1)).totalSeconds();
            most = Math.max(most, 100_000 * used / watched.toMillis());
            largest = Math.max(largest, cluster.broker(id).residentBytes() / 1e6);
        }
        return List.of(START.is(startSeconds), MEMORY.is(largest), CPU.is(most));
    }
}
