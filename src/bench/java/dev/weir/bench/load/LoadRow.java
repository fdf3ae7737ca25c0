package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.run.Pair;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.time.Duration;
import java.util.Map;

/**
 * A row that puts a load on both brokers by turns, after a warm-up.
 *
 * @param settings broker settings that the row needs beside the common ones
 * @param bounds of a round, at full scale
 */
public record LoadRow(String name, String about, Map<String, String> settings, Bounds bounds, Load load)
        implements Row {

    static LoadRow of(String name, String about, Duration time, long bytes, Load load) {
        return new LoadRow(name, about, Map.of(), new Bounds(time, bytes), load);
    }

    @Override
    public void run(Session session) throws Exception {
        Pair pair = session.pair(settings);
        WarmUp warmUp = new WarmUp(session, this, !pair.isWarm());
        for (RunningBroker broker : pair.inOrder(0)) {
            pair.activate(broker);
            load.prepare(broker);
            warmUp.run(broker);
        }
        pair.becomesWarm();
        Bounds scaled = new Bounds(session.scaled(bounds.time()), session.scaled(bounds.bytes()));
        int rounds = session.options().rounds();
        for (int round = 0; round < rounds; round++) {
            for (RunningBroker broker : pair.inOrder(round)) {
                pair.activate(broker);
                String what = "round " + (round + 1) + "/" + rounds;
                session.record(this, broker.name(), what, load.round(broker, scaled));
            }
        }
        for (RunningBroker broker : pair.inOrder(0)) {
            pair.activate(broker);
            load.cleanUp(broker);
        }
    }
}
