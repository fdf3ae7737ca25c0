package dev.weir.bench.life;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.load.Loads;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.List;

/** What a fresh broker holds after data has gone through it, in and out. */
record LoadedMemoryRow() implements Row {
    private static final long BYTES = 5_000_000_000L;

    @Override
    public String name() {
        return "memory-loaded";
    }

    @Override
    public String about() {
        return "resident memory of a fresh broker after 5 GB were produced and consumed (replayed frames, 1 KiB records)";
    }

    @Override
    public void run(Session session) throws Exception {
        session.endPair();
        for (JvmFlags flags : JvmFlags.values()) {
            Figure memory = Figure.of("resident memory, " + flags.title(), "MB", Goal.ratioAtMost(0.5));
            for (BrokerUnderTest kind : session.kinds()) {
                try (OwnBroker broker = OwnBroker.spawn(session, kind, flags)) {
                    broker.secondsTo(FirstAnswer.ANY);
                    Loads.produceAndConsume(broker.get(), session.scaled(BYTES));
                    double megabytes = broker.get().residentBytes() / 1e6;
                    session.record(this, kind.name(), flags.title(), List.of(memory.is(megabytes)));
                }
            }
        }
    }
}
