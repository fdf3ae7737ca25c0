package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.RawProducer;
import java.time.Duration;

/** A topic that is filled before it is consumed: 1 KiB records in full batches. */
final class Backlog {
    static final String TOPIC = "backlog";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Backlog() {}

    static void fill(RunningBroker broker, long bytes) throws Exception {
        Topics.create(broker, TOPIC);
        try (RawProducer producer =
                new RawProducer(broker.address(), Shape.PLAIN.frames(TOPIC), RawProduce.DEPTH, false, LIMIT)) {
            producer.run(() -> producer.payloadBytes() < bytes);
        }
    }

    static void remove(RunningBroker broker) throws Exception {
        Topics.delete(broker, TOPIC);
    }
}
