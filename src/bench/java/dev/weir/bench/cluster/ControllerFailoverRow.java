package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The active controller is gone: how long until a topic can be created again. */
record ControllerFailoverRow(Fault fault, int times, Goal goal) implements Row {

    @Override
    public String name() {
        return "controller-" + fault.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public String about() {
        return fault.title + " of the active controller of three, until the next CreateTopics succeeds";
    }

    @Override
    public void run(Session session) throws Exception {
        Figure figure = Figure.of("next CreateTopics", "s", goal);
        int rounds = (int) session.scaled(times);
        for (BrokerUnderTest kind : session.kinds()) {
            try (ThreeBrokers cluster = ThreeBrokers.start(session, kind, Map.of())) {
                // The first is not counted: code that has never run is slow.
                for (int round = 0; round <= rounds; round++) {
                    double seconds = once(cluster, "after-" + round);
                    if (round > 0) {
                        session.record(this, kind.name(), "round " + round + "/" + rounds, List.of(figure.is(seconds)));
                    }
                }
            }
        }
    }

    private double once(ThreeBrokers cluster, String topic) throws Exception {
        try (Admin admin = cluster.admin()) {
            create(admin, topic + "-warm");
            int controller = ThreeBrokers.controller(admin);
            long start = System.nanoTime();
            fault.strike(cluster, controller);
            create(admin, topic);
            double seconds = (System.nanoTime() - start) / 1e9;
            fault.heal(cluster, controller);
            return seconds;
        }
    }

    private static void create(Admin admin, String topic) throws Exception {
        ThreeBrokers.await("topic", () -> {
            try {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get(60, TimeUnit.SECONDS);
                return true;
            } catch (java.util.concurrent.ExecutionException e) {
                // An answer may have been lost after the topic was made.
                return e.getCause() instanceof org.apache.kafka.common.errors.TopicExistsException;
            }
        });
    }
}
