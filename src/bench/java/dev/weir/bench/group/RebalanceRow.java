package dev.weir.bench.group;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.load.Topics;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Pair;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.List;
import java.util.Map;

/**
 * A group of Kafka consumers with the consumer protocol: how long until all of them share a topic evenly, when they come
 * together, when one leaves and when one comes.
 */
record RebalanceRow(int members, int partitions) implements Row {
    private static final Goal GOAL = Goal.below(2, "s").and(Goal.ratioAtMost(1));
    private static final Figure TOGETHER = Figure.of("all join", "s", GOAL);
    private static final Figure LEAVES = Figure.of("one leaves", "s", GOAL);
    private static final Figure COMES = Figure.of("one comes", "s", GOAL);
    private static final String TOPIC = "rebalanced";

    @Override
    public String name() {
        return "rebalance-" + members;
    }

    @Override
    public String about() {
        return members + " Kafka consumers (`group.protocol=consumer`) on " + partitions
                + " partitions, until each has its share";
    }

    @Override
    public void run(Session session) throws Exception {
        Pair pair = session.pair(Map.of());
        int count = (int) Math.max(members, session.scaled((long) partitions));
        for (RunningBroker broker : pair.inOrder(0)) {
            pair.activate(broker);
            Topics.create(broker, List.of(TOPIC), count);
            // The group log is created, and the code is warm.
            round(broker, "warm-up", count);
        }
        int rounds = session.options().rounds();
        for (int round = 0; round < rounds; round++) {
            for (RunningBroker broker : pair.inOrder(round)) {
                pair.activate(broker);
                try (ConsumerGroup group = new ConsumerGroup(broker.bootstrap(), "round-" + round, TOPIC, count)) {
                    double all = group.join(members);
                    double leaves = group.leave();
                    double comes = group.join(1);
                    session.record(
                            this,
                            broker.name(),
                            "round " + (round + 1) + "/" + rounds,
                            List.of(TOGETHER.is(all), LEAVES.is(leaves), COMES.is(comes)));
                }
            }
        }
    }

    private void round(RunningBroker broker, String groupId, int count) throws Exception {
        try (ConsumerGroup group = new ConsumerGroup(broker.bootstrap(), groupId, TOPIC, count)) {
            group.join(members);
        }
    }
}
