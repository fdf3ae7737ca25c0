package dev.weir.bench.cluster;

import dev.weir.bench.broker.RunningBroker;
import java.io.IOException;

/** What befalls a broker, and what brings it back. */
enum Fault {
    KILL("kill -9"),
    HOLD("SIGSTOP"),
    RESTART("a planned restart");

    final String title;

    Fault(String title) {
        this.title = title;
    }

    void strike(ThreeBrokers cluster, int id) throws IOException, InterruptedException {
        RunningBroker broker = cluster.broker(id);
        switch (this) {
            case KILL -> broker.kill();
            case HOLD -> broker.hold();
            case RESTART -> broker.stop();
        }
    }

    /** Brings the broker back and waits until it is registered again. */
    void heal(ThreeBrokers cluster, int id) throws Exception {
        if (this == HOLD) {
            cluster.broker(id).release();
        } else {
            cluster.respawn(id);
        }
        cluster.awaitAll();
    }
}
