package dev.weir.bench.load;

import dev.weir.bench.broker.CpuTimes;
import dev.weir.bench.broker.ProcFs;
import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.run.Session;
import java.time.Duration;

/**
 * Repeats a row's load in short windows until the compilers are quiet, the broker's and the client's alike, or the time
 * for it is up.
 */
final class WarmUp {
    private static final Duration WINDOW = Duration.ofSeconds(2);

    /** A fresh pair has everything to compile; later rows compile only what is new in them. */
    private static final Duration FIRST_LIMIT = Duration.ofSeconds(60);

    private static final Duration LIMIT = Duration.ofSeconds(8);

    private static final Duration LEAST_LIMIT = Duration.ofSeconds(4);
    private static final int LEAST_WINDOWS = 2;

    /** The part of all processor time, broker's and client's, that the compilers may still take. */
    private static final double QUIET = 0.08;

    private static final long BYTES = 512L << 20;

    private final Session session;
    private final LoadRow row;
    private final Duration limit;

    WarmUp(Session session, LoadRow row, boolean first) {
        this.session = session;
        this.row = row;
        Duration scaled = session.scaled(first ? FIRST_LIMIT : LIMIT);
        this.limit = scaled.compareTo(LEAST_LIMIT) < 0 ? LEAST_LIMIT : scaled;
    }

    void run(RunningBroker broker) throws Exception {
        Bounds window = new Bounds(session.scaled(WINDOW), session.scaled(BYTES));
        long start = System.nanoTime();
        double share;
        int windows = 0;
        do {
            share = compilersShare(broker, window);
            windows++;
        } while (windows < LEAST_WINDOWS || (share > QUIET && System.nanoTime() - start < limit.toNanos()));
        session.progress()
                .say(
                        "%-32s %-12s %-10s %d windows, compilers at %.0f %% of the CPU time%s",
                        row.name(),
                        "warm-up",
                        broker.name(),
                        windows,
                        share * 100,
                        share > QUIET ? " (not quiet, but the time for it is up)" : "");
    }

    private double compilersShare(RunningBroker broker, Bounds window) throws Exception {
        long self = ProcessHandle.current().pid();
        CpuTimes brokerBefore = broker.cpu();
        CpuTimes clientBefore = ProcFs.cpu(self);
        row.load().round(broker, window);
        CpuTimes brokerUsed = broker.cpu().since(brokerBefore);
        CpuTimes clientUsed = ProcFs.cpu(self).since(clientBefore);
        double jit = brokerUsed.jitSeconds() + clientUsed.jitSeconds();
        return jit / (brokerUsed.totalSeconds() + clientUsed.totalSeconds());
    }
}
