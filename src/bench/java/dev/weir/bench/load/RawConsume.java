package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.RawConsumer;
import dev.weir.bench.report.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Connections that each replay pre-built Fetch frames over a backlog, again and again until the round ends. */
record RawConsume(int consumers, long backlogBytes) implements Load {
    private static final Throughput FIGURES = new Throughput(0.4);

    @Override
    public void prepare(RunningBroker broker) throws Exception {
        Backlog.fill(broker, backlogBytes);
    }

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        List<RawConsumer> all = new ArrayList<>();
        try {
            for (int i = 0; i < consumers; i++) {
                all.add(new RawConsumer(broker.address(), Backlog.TOPIC, Topics.PARTITIONS, true, bounds.limit()));
            }
            Meter meter = Meter.start(broker);
            BooleanSupplier going = bounds.within(
                    () -> all.stream().mapToLong(RawConsumer::bytes).sum());
            Workers.run(
                    bounds.limit(),
                    all.stream().map(consumer -> consume(consumer, going)).toList());
            long records = all.stream().mapToLong(RawConsumer::records).sum();
            return FIGURES.of(
                    records, all.stream().mapToLong(RawConsumer::bytes).sum(), meter.stop());
        } finally {
            all.forEach(RawConsumer::close);
        }
    }

    @Override
    public void cleanUp(RunningBroker broker) throws Exception {
        Backlog.remove(broker);
    }

    private static Callable<Boolean> consume(RawConsumer consumer, BooleanSupplier going) {
        return () -> {
            consumer.run(going);
            return true;
        };
    }
}
