package dev.weir.bench.load;

import dev.weir.bench.broker.CpuTimes;
import dev.weir.bench.broker.RunningBroker;

/** Takes a broker's processor time over an interval. */
final class Meter {
    private final RunningBroker broker;
    private final CpuTimes before;
    private final long start;

    private Meter(RunningBroker broker) {
        this.broker = broker;
        this.before = broker.cpu();
        this.start = System.nanoTime();
    }

    static Meter start(RunningBroker broker) {
        return new Meter(broker);
    }

    Usage stop() {
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Usage(seconds, broker.cpu().since(before));
    }

    /**
     * @param seconds of wall time
     * @param cpu what the broker used in them
     */
    record Usage(double seconds, CpuTimes cpu) {}
}
