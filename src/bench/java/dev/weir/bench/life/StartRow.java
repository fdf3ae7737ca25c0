package dev.weir.bench.life;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.List;

/** A start with an empty data directory; Kafka's formatting of it does not count. */
record StartRow() implements Row {
    private static final Goal GOAL = Goal.ratioAtMost(0.2).and(Goal.below(1, "s"));

    @Override
    public String name() {
        return "start-cold";
    }

    @Override
    public String about() {
        return "empty data directory, from the spawn of the process to its first answers to ApiVersions and Metadata";
    }

    @Override
    public void run(Session session) throws Exception {
        session.endPair();
        int rounds = session.options().rounds();
        for (JvmFlags flags : JvmFlags.values()) {
            Figure figure = Figure.of("first answer, " + flags.title(), "s", GOAL);
            for (int round = 0; round < rounds; round++) {
                for (BrokerUnderTest kind : session.kinds()) {
                    try (OwnBroker broker = OwnBroker.spawn(session, kind, flags)) {
                        String what = "round " + (round + 1) + "/" + rounds;
                        double seconds = broker.secondsTo(FirstAnswer.ANY);
                        session.record(this, kind.name(), what, List.of(figure.is(seconds)));
                    }
                }
            }
        }
    }
}
