package dev.weir.bench.group;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.load.Topics;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Pair;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/** Many members come to one group at once: how long until every partition is owned and everybody has a share. */
record JoinRow(int members, int partitions) implements Row {
    private static final Figure SHARED = Figure.of("until all have a share", "s", Goal.ratioAtMost(1));
    private static final Figure HEARTBEATS = Figure.of("heartbeats", "");
    private static final String TOPIC = "crowded";
    private static final int CONNECTIONS = 8;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Override
    public String name() {
        return "join-" + members;
    }

    @Override
    public String about() {
        return members + " members (`group.protocol=consumer`), which do nothing but send heartbeats, join a group on "
                + partitions + " partitions at once";
    }

    @Override
    public void run(Session session) throws Exception {
        Pair pair = session.pair(Map.of());
        int crowd = (int) Math.max(2, session.scaled((long) members));
        for (RunningBroker broker : pair.inOrder(0)) {
            pair.activate(broker);
            Topics.create(broker, List.of(TOPIC), partitions);
            join(broker, "warm-up", Math.min(crowd, 20));
        }
        int rounds = session.options().rounds();
        for (int round = 0; round < rounds; round++) {
            for (RunningBroker broker : pair.inOrder(round)) {
                pair.activate(broker);
                Crowd joined = join(broker, "crowd-" + round, crowd);
                session.record(
                        this,
                        broker.name(),
                        "round " + (round + 1) + "/" + rounds,
                        List.of(SHARED.is(joined.seconds()), HEARTBEATS.is(joined.heartbeats())));
            }
        }
    }

    private record Crowd(double seconds, int heartbeats) {}

    private Crowd join(RunningBroker broker, String groupId, int crowd) throws Exception {
        List<Asker> askers = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                askers.add(new Asker(broker, LIMIT));
            }
            askers.get(0).awaitCoordinator(groupId);
            List<LightMember> all = IntStream.range(0, crowd)
                    .mapToObj(i -> new LightMember(
                            askers.get(i % CONNECTIONS),
                            groupId,
                            Uuid.randomUuid().toString(),
                            TOPIC))
                    .toList();
            long start = System.nanoTime();
            while (!isShared(all)) {
                LightMember.beatWhoeverIsDue(all);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            int heartbeats = all.stream().mapToInt(LightMember::heartbeats).sum();
            for (LightMember member : all) {
                member.leave();
            }
            return new Crowd(seconds, heartbeats);
        } finally {
            askers.forEach(Asker::close);
        }
    }

    private boolean isShared(List<LightMember> all) {
        int least = partitions / all.size();
        return all.stream().mapToInt(LightMember::owned).sum() == partitions
                && all.stream().allMatch(m -> m.owned() >= least && m.owned() <= least + 1);
    }
}
