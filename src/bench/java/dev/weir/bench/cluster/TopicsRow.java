package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;

/** Topics created through a cluster of three: one after another, and many at a time. */
record TopicsRow() implements Row {
    private static final int SEQUENTIAL = 200;
    private static final int PARALLEL = 1_000;
    private static final int IN_FLIGHT = 16;
    private static final Figure LATENCY = Figure.of("one at a time, p50", "ms", Goal.ratioAtMost(1.0));
    private static final Figure RATE = Figure.of("16 at a time", "topics/s", Goal.ratioAtLeast(1.0));

    @Override
    public String name() {
        return "cluster-topics";
    }

    @Override
    public String about() {
        return "topics with one partition, one each request: the metadata log's commit as a client sees it";
    }

    @Override
    public void run(Session session) throws Exception {
        int rounds = session.options().rounds();
        for (BrokerUnderTest kind : session.kinds()) {
            try (ThreeBrokers cluster = ThreeBrokers.start(session, kind, Map.of());
                    Admin admin = cluster.admin()) {
                sequential(admin, "warm", (int) session.scaled(SEQUENTIAL));
                for (int round = 0; round < rounds; round++) {
                    double ms = sequential(admin, "one-" + round, (int) session.scaled(SEQUENTIAL));
                    double rate = parallel(admin, "many-" + round, (int) session.scaled(PARALLEL));
                    session.record(
                            this,
                            kind.name(),
                            "round " + (round + 1) + "/" + rounds,
                            List.of(LATENCY.is(ms), RATE.is(rate)));
                }
            }
        }
    }

    private static double sequential(Admin admin, String prefix, int count) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            create(admin, prefix + "-" + i).all().get(60, TimeUnit.SECONDS);
            millis.add((System.nanoTime() - start) / 1e6);
        }
        millis.sort(null);
        return millis.get(millis.size() / 2);
    }

    private static double parallel(Admin admin, String prefix, int count) throws Exception {
        ArrayDeque<CreateTopicsResult> waiting = new ArrayDeque<>();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (waiting.size() == IN_FLIGHT) {
                waiting.remove().all().get(60, TimeUnit.SECONDS);
            }
            waiting.add(create(admin, prefix + "-" + i));
        }
        while (!waiting.isEmpty()) {
            waiting.remove().all().get(60, TimeUnit.SECONDS);
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static CreateTopicsResult create(Admin admin, String topic) {
        return admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
    }
}
