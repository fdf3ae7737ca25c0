package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** A broker that leads many partitions is killed and comes back. */
record ManyLeadersRow(int partitions) implements Row {
    private static final int LEADER = 3;
    private static final String TOPIC = "many";
    private static final Figure FAILOVER =
            Figure.of("all led again", "s", Goal.below(2, "s").and(Goal.ratioAtMost(0.5)));
    private static final Figure RETURN = Figure.of("back in every ISR", "s", Goal.ratioAtMost(0.3));

    @Override
    public String name() {
        return "cluster-partitions-" + partitions;
    }

    @Override
    public String about() {
        return "kill -9 of a broker that leads " + partitions + " partitions until the latest offset of each can be"
                + " asked for, and from its new start until it is back in every ISR";
    }

    @Override
    public void run(Session session) throws Exception {
        int rounds = session.options().rounds();
        int count = (int) session.scaled(partitions);
        for (int round = 0; round < rounds; round++) {
            for (BrokerUnderTest kind : session.kinds()) {
                try (ThreeBrokers cluster = ThreeBrokers.start(session, kind, Map.of());
                        Admin admin = cluster.admin()) {
                    ReplicatedTopic.createLedBy(admin, TOPIC, count, LEADER);
                    long killed = System.nanoTime();
                    cluster.broker(LEADER).kill();
                    ThreeBrokers.await("leaders", () -> served(admin, count));
                    double failover = (System.nanoTime() - killed) / 1e9;
                    long spawned = System.nanoTime();
                    cluster.respawn(LEADER);
                    ReplicatedTopic.awaitInSync(admin, TOPIC);
                    double back = (System.nanoTime() - spawned) / 1e9;
                    session.record(
                            this,
                            kind.name(),
                            "round " + (round + 1) + "/" + rounds,
                            List.of(FAILOVER.is(failover), RETURN.is(back)));
                }
            }
        }
    }

    private static boolean served(Admin admin, int count) throws Exception {
        boolean moved = ReplicatedTopic.partitions(admin, TOPIC).stream()
                .allMatch(one -> one.leader() != null
                        && !one.leader().isEmpty()
                        && one.leader().id() != LEADER);
        if (!moved) {
            return false;
        }
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int i = 0; i < count; i++) {
            all.put(new TopicPartition(TOPIC, i), OffsetSpec.latest());
        }
        admin.listOffsets(all).all().get(60, TimeUnit.SECONDS);
        return true;
    }
}
