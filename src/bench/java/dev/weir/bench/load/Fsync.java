package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.Payloads;
import dev.weir.bench.raw.ProduceFrame;
import dev.weir.bench.raw.RawProducer;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * Connections that each send requests of one 1 KiB record, five in flight as the Java producer has them, to a broker that
 * syncs before it acknowledges. The producers spread over the partitions.
 */
record Fsync(int producers) implements Load {
    static final String SETTING = "log.flush.interval.messages";
    private static final String TOPIC = "fsync";
    private static final Figure RECORDS = Figure.of("records", "1/s", Goal.ratioAtLeast(5));
    private static final Figure CPU = Figure.of("broker CPU", "ms per 1,000");

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        Payloads payloads = new Payloads(1024);
        List<RawProducer> all = new ArrayList<>();
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC)) {
            for (int i = 0; i < producers; i++) {
                ProduceFrame frame = ProduceFrame.single(topic.name(), i % Topics.PARTITIONS, (short) -1, payloads);
                all.add(new RawProducer(broker.address(), List.of(frame), RawProduce.DEPTH, false, bounds.limit()));
            }
            Meter meter = Meter.start(broker);
            BooleanSupplier going = bounds.within(() -> 0);
            Workers.run(
                    bounds.limit(),
                    all.stream().map(producer -> produce(producer, going)).toList());
            Meter.Usage usage = meter.stop();
            long records = all.stream().mapToLong(RawProducer::records).sum();
            return List.of(
                    RECORDS.is(records / usage.seconds()), CPU.is(usage.cpu().workSeconds() * 1e6 / records));
        } finally {
            all.forEach(RawProducer::close);
        }
    }

    private static Callable<Boolean> produce(RawProducer producer, BooleanSupplier going) {
        return () -> {
            producer.run(going);
            return true;
        };
    }
}
