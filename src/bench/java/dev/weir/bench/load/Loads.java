package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.RawConsumer;
import java.time.Duration;

/** Loads without figures, for rows that look at what a load leaves behind. */
public final class Loads {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Loads() {}

    /** Puts so many bytes through a broker, in and out, as 1 KiB records in full batches. */
    public static void produceAndConsume(RunningBroker broker, long bytes) throws Exception {
        Backlog.fill(broker, bytes);
        try (RawConsumer consumer = new RawConsumer(broker.address(), Backlog.TOPIC, Topics.PARTITIONS, true, LIMIT)) {
            consumer.run(() -> consumer.bytes() < bytes);
        }
    }
}
