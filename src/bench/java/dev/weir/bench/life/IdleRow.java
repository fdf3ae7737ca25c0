package dev.weir.bench.life;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.CpuTimes;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.time.Duration;
import java.util.List;

/** A broker with nothing to do: what it holds and what it burns. */
record IdleRow() implements Row {
    private static final Duration SETTLE = Duration.ofSeconds(8);
    private static final Duration WATCH = Duration.ofSeconds(20);
    private static final Goal MEMORY = Goal.ratioAtMost(0.4);
    private static final Goal CPU = Goal.below(0.5, "% of a core");

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String about() {
        return "no topics, no clients: resident memory after 8 s, and the processor time of the next 20 s";
    }

    @Override
    public void run(Session session) throws Exception {
        session.endPair();
        for (JvmFlags flags : JvmFlags.values()) {
            Figure memory = Figure.of("resident memory, " + flags.title(), "MB", MEMORY);
            Figure cpu = Figure.of("CPU, " + flags.title(), "% of a core", CPU);
            for (BrokerUnderTest kind : session.kinds()) {
                try (OwnBroker broker = OwnBroker.spawn(session, kind, flags)) {
                    broker.secondsTo(FirstAnswer.ANY);
                    Thread.sleep(session.scaled(SETTLE).toMillis());
                    double megabytes = broker.get().residentBytes() / 1e6;
                    CpuTimes before = broker.get().cpu();
                    Duration watched = session.scaled(WATCH);
                    Thread.sleep(watched.toMillis());
                    double used = broker.get().cpu().since(before).totalSeconds();
                    session.record(
                            this,
                            kind.name(),
                            flags.title(),
                            List.of(memory.is(megabytes), cpu.is(100_000 * used / watched.toMillis())));
                }
            }
        }
    }
}
