package dev.weir.bench.run;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.Home;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.broker.RunningBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Both brokers, running with the same settings; at most one is on its feet at a time. The other is held by SIGSTOP, so
 * that neither its timers nor its compilers disturb the one that is measured.
 */
public final class Pair implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final Map<String, String> settings;
    private final List<RunningBroker> brokers = new ArrayList<>();
    private boolean warm;

    private Pair(Map<String, String> settings) {
        this.settings = settings;
    }

    static Pair start(List<BrokerUnderTest> kinds, Map<String, String> settings, Path dir)
            throws IOException, InterruptedException {
        Pair pair = new Pair(settings);
        try {
            for (BrokerUnderTest kind : kinds) {
                Home home = Home.create(dir.resolve(kind.name().replace(' ', '-')));
                kind.prepare(home, settings);
                RunningBroker broker = RunningBroker.spawn(kind, home, JvmFlags.SAME);
                pair.brokers.add(broker);
                broker.await(FirstAnswer.ANY);
                broker.hold();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            pair.close();
            throw e;
        }
        return pair;
    }

    boolean has(Map<String, String> wanted) {
        return settings.equals(wanted) && brokers.stream().allMatch(RunningBroker::isAlive);
    }

    /** Both brokers, in the order of this round: they take turns at being first. */
    public List<RunningBroker> inOrder(int round) {
        return round % 2 == 0 ? List.copyOf(brokers) : List.of(brokers.get(1), brokers.get(0));
    }

    /** Holds the other broker and lets this one run. */
    public void activate(RunningBroker active) throws IOException, InterruptedException {
        for (RunningBroker broker : brokers) {
            if (broker != active) {
                broker.hold();
            }
        }
        active.release();
        Thread.sleep(SETTLE.toMillis());
    }

    /** Whether a row has run on this pair before. */
    public boolean isWarm() {
        return warm;
    }

    public void becomesWarm() {
        warm = true;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (RunningBroker broker : brokers) {
            broker.close();
        }
    }
}
