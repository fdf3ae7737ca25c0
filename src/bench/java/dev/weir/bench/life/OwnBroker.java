package dev.weir.bench.life;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.FirstAnswer;
import dev.weir.bench.broker.Home;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.run.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** A broker that a row has for itself, in a fresh home; nothing else runs beside it. */
public final class OwnBroker implements AutoCloseable {
    private final BrokerUnderTest kind;
    private final Home home;
    private RunningBroker running;

    private OwnBroker(BrokerUnderTest kind, Home home, RunningBroker running) {
        this.kind = kind;
        this.home = home;
        this.running = running;
    }

    /** Spawns it; it need not answer yet. */
    public static OwnBroker spawn(Session session, BrokerUnderTest kind, JvmFlags flags)
            throws IOException, InterruptedException {
        Home home = Home.create(session.dir().resolve(kind.name().replace(' ', '-') + "-own"));
        kind.prepare(home, Map.of());
        return new OwnBroker(kind, home, RunningBroker.spawn(kind, home, flags));
    }

    public RunningBroker get() {
        return running;
    }

    /** From spawn to an answer, in seconds. */
    public double secondsTo(FirstAnswer answer) throws IOException {
        return seconds(running.await(answer));
    }

    /** Stops it as an operator would, and tells how many seconds that took. */
    public double stop() throws IOException, InterruptedException {
        return seconds(running.stop());
    }

    /** Spawns it again in the same home, after {@link #stop}. */
    public void respawn(JvmFlags flags) throws IOException {
        running = RunningBroker.spawn(kind, home, flags);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        running.close();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
