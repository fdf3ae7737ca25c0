package dev.weir.bench.life;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.load.Topics;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.time.Duration;
import java.util.List;

/**
 * A broker with many partitions: how long it takes to get them, what they cost it, and how it stops and starts with
 * them.
 *
 * @param partitions how many, at full scale
 * @param restart what Weir aims at in the restart
 */
record PartitionsRow(int partitions, Goal restart) implements Row {
    private static final int PER_TOPIC = 500;
    private static final Duration SETTLE = Duration.ofSeconds(4);
    private static final int RESTARTS = 2;
    private static final Figure CREATE = Figure.of("creation", "s");
    private static final Figure MEMORY = Figure.of("resident memory", "MB", Goal.ratioAtMost(0.5));
    private static final Figure STOP = Figure.of("clean stop", "s");

    @Override
    public String name() {
        return "partitions-" + partitions;
    }

    @Override
    public String about() {
        return partitions + " empty partitions in topics of " + PER_TOPIC
                + ": creation, memory, clean stop, restart to the first answer and to all leaders known";
    }

    @Override
    public void run(Session session) throws Exception {
        session.endPair();
        int topics = (int) Math.max(1, session.scaled((long) partitions) / PER_TOPIC);
        for (BrokerUnderTest kind : session.kinds()) {
            try (OwnBroker broker = OwnBroker.spawn(session, kind, JvmFlags.SAME)) {
                broker.secondsTo(FirstAnswer.ANY);
                fill(session, kind, broker, topics);
                for (JvmFlags flags : JvmFlags.values()) {
                    for (int i = 0; i < RESTARTS; i++) {
                        restart(session, kind, broker, flags, topics);
                    }
                }
            }
        }
    }

    private void fill(Session session, BrokerUnderTest kind, OwnBroker broker, int topics) throws Exception {
        long start = System.nanoTime();
        Topics.create(broker.get(), Topics.names("many", topics), PER_TOPIC);
        double seconds = (System.nanoTime() - start) / 1e9;
        Thread.sleep(session.scaled(SETTLE).toMillis());
        double megabytes = broker.get().residentBytes() / 1e6;
        session.record(this, kind.name(), "filled", List.of(CREATE.is(seconds), MEMORY.is(megabytes)));
    }

    private void restart(Session session, BrokerUnderTest kind, OwnBroker broker, JvmFlags flags, int topics)
            throws Exception {
        double stopped = broker.stop();
        broker.respawn(flags);
        double first = broker.secondsTo(FirstAnswer.ANY);
        double leaders = broker.secondsTo(new FirstAnswer(topics * PER_TOPIC));
        Figure answer = Figure.of("restart to first answer, " + flags.title(), "s", restart);
        Figure known = Figure.of("restart to all leaders known, " + flags.title(), "s");
        session.record(this, kind.name(), "restarted", List.of(STOP.is(stopped), answer.is(first), known.is(leaders)));
    }
}
